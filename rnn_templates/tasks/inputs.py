"""Reading of raw inputs and targets in all forms that a task takes."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.word_tokenizer import to_bytes


def as_dataset(x, y=None, sample_weight=None):
    """Returns a `tf.data.Dataset` of raw texts, with their targets and weights if given.

    Args:
        x: list, array or Series of str or bytes, or a `tf.data.Dataset`, which is returned as it is.
        y: None, or one target per text.
        sample_weight: None, or one number per text.

    Returns:
        A dataset of scalar strings, or of tuples (text, target[, weight]).

    Raises:
        TypeError: if `x` is neither a dataset nor a collection of texts.
        ValueError: if the numbers of texts and targets differ, or there are no texts.

    Example:
        >>> from rnn_templates.tasks.inputs import as_dataset
        >>> as_dataset(["good", "bad"], [1, 0]).element_spec[0]
        TensorSpec(shape=(), dtype=tf.string, name=None)
    """
    if isinstance(x, tf.data.Dataset):
        return x
    texts = read_texts(x)
    parts = [np.array(texts, dtype=object)]
    for name, values in (("targets", y), ("weights", sample_weight)):
        if values is None:
            continue
        values = np.asarray(values)
        if len(values) != len(texts):
            raise ValueError(f"There are {len(texts)} texts and {len(values)} {name}; each text needs one.")
        parts.append(values.astype(object) if values.dtype.kind in "US" else values)
    return tf.data.Dataset.from_tensor_slices(tuple(parts) if len(parts) > 1 else parts[0])


def read_texts(x):
    """Returns texts as a list of bytes.

    Args:
        x: list, array, tensor or Series of str or bytes.

    Raises:
        TypeError: if `x` is not a collection of texts; names the first item that is no text.
        ValueError: if there are no texts, or a text is missing; names its row.

    Example:
        >>> from rnn_templates.tasks.inputs import read_texts
        >>> read_texts(np.array(["good", "bad"]))
        [b'good', b'bad']
    """
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"`x` must be a list of texts or a tf.data.Dataset of them; received {type(x).__name__}. "
            "Pass a single text as [text]."
        )
    x = x.numpy() if isinstance(x, tf.Tensor) else x
    texts = x.tolist() if hasattr(x, "tolist") else list(x)
    if not texts:
        raise ValueError("There are no texts: the list is empty.")
    for position, text in enumerate(texts):
        if is_missing(text):
            raise ValueError(
                f"Row {position}{_index_label(x, position)} of the texts is missing ({text!r}). Remove such rows "
                'with `dropna`, or fill them with "".'
            )
        if not isinstance(text, (str, bytes)):
            received = f"{type(text).__name__} {text!r:.60}"
            raise TypeError(f"Item {position} of the texts must be a string; received {received}.")
    return [to_bytes(text) for text in texts]


def is_missing(value):
    """Returns whether a value is None, NaN, or pandas' NA or NaT.

    Example:
        >>> from rnn_templates.tasks.inputs import is_missing
        >>> is_missing(float("nan")), is_missing("")
        (True, False)
    """
    is_nan = isinstance(value, float) and value != value
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def _index_label(x, position):
    """The label of a row in the index of a Series, if it is not the position."""
    label = x.index[position] if hasattr(x, "iloc") else position
    label = label.item() if hasattr(label, "item") else label
    return "" if label == position else f" (index {label!r})"


def read_column(x):
    """Returns the only column of a table; other containers as they are.

    Args:
        x: DataFrame of one column, such as `df[["text"]]`, or any other container.

    Returns:
        A Series of the column, with its index, or `x`.

    Raises:
        ValueError: if the table has several columns.

    Example:
        >>> from rnn_templates.tasks.inputs import read_column
        >>> read_column(["good"])
        ['good']
    """
    columns = list(getattr(x, "columns", ()))
    if len(columns) > 1:
        names = ", ".join(map(str, columns))
        raise ValueError(f"Select the column of the examples, as in df['text']; received a table with {names}.")
    return x[columns[0]] if columns else x


def read_targets(y):
    """Returns targets: the only column of a table, a table of several columns as an array, or `y` itself.

    Example:
        >>> from rnn_templates.tasks.inputs import read_targets
        >>> read_targets([1, 0])
        [1, 0]
    """
    return np.asarray(y) if len(getattr(y, "columns", ())) > 1 else read_column(y)


def split_validation(x, y, sample_weight, fraction):
    """Returns the training and the validation examples: the last part is the validation, as in Keras.

    Args:
        x, y, sample_weight: lists, arrays or Series, or None for the last two.
        fraction: float in (0, 1); part of the examples that is the validation.

    Returns:
        `training, validation`: twice a tuple `(x, y, sample_weight)`.

    Raises:
        ValueError: if `fraction` is out of range, a part would be empty, or `x` is a dataset.

    Example:
        >>> from rnn_templates.tasks.inputs import split_validation
        >>> split_validation(["a", "b", "c", "d"], [1, 2, 3, 4], None, 0.25)[1]
        (['d'], [4], None)
    """
    if isinstance(x, tf.data.Dataset):
        raise ValueError(
            "fit: `validation_split` needs lists or arrays; received a dataset. Pass `validation_data`, made with "
            "`take` and `skip`."
        )
    if not 0 < fraction < 1:
        raise ValueError(f"fit: `validation_split` must be between 0 and 1; received {fraction!r}.")
    count = len(x)
    start = int(np.floor(count * (1 - fraction)))
    if start in (0, count):
        raise ValueError(f"fit: `validation_split` {fraction!r} of {count} examples leaves a part without examples.")

    def part(values, rows):
        if values is None:
            return None
        return values.iloc[rows] if hasattr(values, "iloc") else values[rows]

    slices = slice(None, start), slice(start, None)
    return tuple(tuple(part(values, rows) for values in (x, y, sample_weight)) for rows in slices)


def is_raw(x):
    """Returns whether `x` holds raw texts: a text, a list of texts or of lists of them, an array or Series of strings.

    Example:
        >>> from rnn_templates.tasks.inputs import is_raw
        >>> is_raw(["not bad"]), is_raw([["not", "bad"]]), is_raw(np.array([[2, 3]])), is_raw(np.array(["not bad"]))
        (True, True, False, True)
    """
    if isinstance(x, (str, bytes)):
        return True
    if isinstance(x, (list, tuple)):
        return bool(x) and is_raw(x[0])
    kind = getattr(getattr(x, "dtype", None), "kind", None)
    if kind in ("O", "U", "S", "T") or hasattr(x, "iloc"):
        values = np.asarray(x, object).ravel()
        return bool(values.size) and isinstance(values[0], (str, bytes))
    return False


def encode_few(texts, preprocessor):
    """Returns the ids of a few texts, encoded in Python: int32 arrays (time,).

    Example:
        >>> from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
        >>> from rnn_templates.tasks.inputs import encode_few
        >>> encode_few(["not bad"], TextPreprocessor(rt.Vocabulary(["not", "bad"])))[0].tolist()
        [2, 3]
    """
    return [np.array(preprocessor.encode(text), np.int32) for text in read_texts(texts)]
