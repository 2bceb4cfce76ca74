"""Lists of texts as arguments: decoded, with errors that name the item."""

from rnn_templates.preprocessing.text.word_tokenizer import decode_text


def check_collection(values, name, items="texts"):
    """Raises TypeError if an argument is a single text, or a table, which yields its column names.

    Args:
        values: argument that must be an iterable of `items`.
        name: str; name of the argument, for the message.
        items: str; plural of an item.

    Example:
        >>> check_collection({"text": ["a dog"]}, "texts")
        Traceback (most recent call last):
        TypeError: `texts` must be a list of texts; received a dict with the keys 'text'; pass texts["text"].
    """
    if isinstance(values, (str, bytes)):
        raise TypeError(f"`{name}` must be a list of {items}; received a single text ({values!r:.60}).")
    is_table = hasattr(values, "columns") and hasattr(values, "shape")  # of pandas or another package
    if is_table or isinstance(values, dict):
        kind, variable = ("a DataFrame with the columns", "df") if is_table else ("a dict with the keys", name)
        columns = [*map(str, values.columns if is_table else values)] or [""]
        column = next((column for column in ("text", "tokens") if column in columns), columns[0])
        shown = ", ".join(map(repr, columns[:5]))
        raise TypeError(f'`{name}` must be a list of {items}; received {kind} {shown}; pass {variable}["{column}"].')


def as_texts(values, name):
    """Returns texts as a list of str.

    Args:
        values: iterable of str or bytes in UTF-8.
        name: str; name of the argument, for the message of an error.

    Raises:
        TypeError: if `values` is a single text, or an item is no text.

    Example:
        >>> as_texts([b"a dog", "a cat"], "hypotheses")
        ['a dog', 'a cat']
    """
    check_collection(values, name)
    return [_as_text(value, f"{name}[{index}]") for index, value in enumerate(values)]


def as_text_lists(values, name):
    """Returns a list of lists of str; single texts become lists of one.

    Args:
        values: iterable; each item a text or an iterable of texts, as for `as_texts`.
        name: str; name of the argument, for the message of an error.

    Raises:
        TypeError: if `values` is a single text, or an item is neither a text nor a list of texts.

    Example:
        >>> as_text_lists(["a dog", ["a cat", "cats"]], "references")
        [['a dog'], ['a cat', 'cats']]
    """
    check_collection(values, name)
    lists = []
    for index, value in enumerate(values):
        texts = [value] if isinstance(value, (str, bytes)) else value
        if not hasattr(texts, "__iter__"):
            raise TypeError(f"`{name}[{index}]` must be a text or a list of texts; received {value!r:.60}.")
        lists.append(as_texts(texts, f"{name}[{index}]"))
    return lists


def _as_text(value, name):
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"`{name}` must be str or bytes; received {type(value).__name__} {value!r:.60}.")
    return decode_text(value)
