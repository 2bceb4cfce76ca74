"""Reads sentences given as texts or as lists of tokens."""

import numpy as np

from rnn_templates.preprocessing.text.token_offsets import Token, tokenize_with_offsets
from rnn_templates.preprocessing.text.word_tokenizer import decode_text


def read_sentence_examples(x, y=None, sample_weight=None):
    """Returns sentences, tags and weights as lists.

    Args:
        x: list of sentences, each str, bytes or a list of those; or an unbatched `tf.data.Dataset` of texts or of
            tokens (time,), alone or with tags (time,) and a weight.
        y: None, or list with the tags of each sentence.
        sample_weight: None, or list of one number per sentence.

    Returns:
        A tuple `(sentences, tags, weights)` of lists; the last two may be None.

    Raises:
        TypeError: if `x` or an item of it has another type; names its position.
        ValueError: if there is no sentence, or the lengths differ.

    Example:
        >>> read_sentence_examples(["In Oslo", ["In", "Rome"]])[0]
        ['In Oslo', ['In', 'Rome']]
    """
    if hasattr(x, "as_numpy_iterator"):
        x, y, sample_weight = _dataset_columns(x)
    if isinstance(x, (str, bytes)) or x is None:
        raise TypeError(f"`x` must be a list or a tf.data.Dataset of sentences; received {type(x).__name__}.")
    sentences = x.to_list() if hasattr(x, "to_list") else list(x)
    if not sentences:
        raise ValueError("`x` must contain at least one sentence; received an empty list or dataset.")
    for i, sentence in enumerate(sentences):
        if isinstance(sentence, (str, bytes)):
            continue
        if not isinstance(sentence, (list, tuple, np.ndarray)):
            received = f"{type(sentence).__name__} ({sentence!r:.60})"
            raise TypeError(f"`x[{i}]`, sentence {i}, must be a text or a list of tokens; received {received}.")
        sentence = sentences[i] = list(sentence)
        for j, token in enumerate(sentence):
            if not isinstance(token, (str, bytes)):
                received = f"{type(token).__name__} ({token!r:.60})"
                raise TypeError(f"`x[{i}][{j}]`, token {j} of sentence {i}, must be a string; received {received}.")
    for name, values in (("y", y), ("sample_weight", sample_weight)):
        if values is not None and len(values) != len(sentences):
            raise ValueError(f"`{name}` must have one item per sentence; received {len(values)} for {len(sentences)}.")
    return sentences, None if y is None else list(y), None if sample_weight is None else list(sample_weight)


def _dataset_columns(dataset):
    """Returns the columns of a dataset as `(sentences, tags, weights)`."""
    spec = dataset.element_spec
    columns = spec if isinstance(spec, tuple) else (spec,)
    first = columns[0]
    batched = len(columns) > 1 and (columns[1].shape.rank or 0) > 1
    if getattr(first, "dtype", None) != "string" or first.shape.rank not in (0, 1) or len(columns) > 3 or batched:
        raise TypeError(
            "`x` must be an unbatched dataset of texts or of tokens (time,), alone or with tags and a weight; "
            f"received {spec}."
        )
    rows = list(dataset.as_numpy_iterator())
    if not isinstance(spec, tuple):
        return rows, None, None
    values = [[row[i] for row in rows] for i in range(len(columns))]
    return (*values, *[None] * (3 - len(values)))


def get_tokens(sentence, rules=None):
    """Returns the tokens of a sentence.

    A text is tokenized, a list is returned unchanged.

    Args:
        sentence: str, bytes or list of tokens.
        rules: of `tokenize_with_offsets`.

    Returns:
        list of tokens with their original case.

    Example:
        >>> get_tokens("In Oslo!")
        ['In', 'Oslo', '!']
    """
    is_text = isinstance(sentence, (str, bytes))
    return [token.text for token in tokenize_with_offsets(sentence, rules)] if is_text else sentence


def tokens_with_offsets(sentence, rules=None):
    """Returns the text of a sentence and its tokens with offsets.

    Args:
        sentence: str, bytes or list of tokens, which are joined with spaces.
        rules: of `tokenize_with_offsets`.

    Returns:
        A tuple `(text, tokens)`: str and list of `Token`.

    Example:
        >>> tokens_with_offsets(["In", "Oslo"])
        ('In Oslo', [Token(text='In', start=0, end=2), Token(text='Oslo', start=3, end=7)])
    """
    if isinstance(sentence, str):
        return sentence, tokenize_with_offsets(sentence, rules)
    if isinstance(sentence, bytes):
        return decode_text(sentence), tokenize_with_offsets(sentence, rules)
    tokens, start = [], 0
    for token in map(decode_text, sentence):
        tokens.append(Token(token, start, start + len(token)))
        start += len(token) + 1
    return " ".join(token.text for token in tokens), tokens
