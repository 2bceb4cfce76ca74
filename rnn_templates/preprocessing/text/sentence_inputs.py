"""Sentences as people have them: a text, or a list of tokens."""

import numpy as np

from rnn_templates.preprocessing.text.token_offsets import Token, tokenize_with_offsets
from rnn_templates.preprocessing.text.word_tokenizer import decode_text


def read_sentence_examples(x, y=None, sample_weight=None):
    """Returns sentences in lists, out of anything that holds them.

    Args:
        x: a list of sentences (str, bytes, or lists of those), or a `tf.data.Dataset`, not batched, of texts or of
            tokens (time,), alone or with tags (time,) and weights.
        y: None, or one list of tags a sentence.
        sample_weight: None, or one number a sentence.

    Returns:
        `sentences, tags, weights`: three lists; the last two may be None.

    Raises:
        TypeError: if there is something else, naming its place.
        ValueError: if there is no sentence, or numbers differ.

    Example:
        >>> read_sentence_examples(["In Oslo", ["In", "Rome"]])[0]
        ['In Oslo', ['In', 'Rome']]
    """
    if hasattr(x, "as_numpy_iterator"):
        x, y, sample_weight = _of_dataset(x)
    if isinstance(x, (str, bytes)) or x is None:
        raise TypeError(f"Give a list of sentences or a tf.data.Dataset of them, not {type(x).__name__}.")
    sentences = x.to_list() if hasattr(x, "to_list") else list(x)
    if not sentences:
        raise ValueError("There are no sentences: the list, or the dataset, is empty.")
    for number, sentence in enumerate(sentences):
        if isinstance(sentence, (str, bytes)):
            continue
        if not isinstance(sentence, (list, tuple, np.ndarray)):
            raise TypeError(f"Sentence {number} is {type(sentence).__name__} ({sentence!r:.60}), not a text or tokens.")
        sentence = sentences[number] = list(sentence)
        for place, token in enumerate(sentence):
            if not isinstance(token, (str, bytes)):
                raise TypeError(
                    f"Token {place} of sentence {number} is {type(token).__name__} ({token!r:.60}), not a string."
                )
    for name, values in (("lists of tags", y), ("weights", sample_weight)):
        if values is not None and len(values) != len(sentences):
            raise ValueError(f"There are {len(sentences)} sentences and {len(values)} {name}; each needs one.")
    return sentences, None if y is None else list(y), None if sample_weight is None else list(sample_weight)


def _of_dataset(dataset):
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    first = parts[0]
    batched = len(parts) > 1 and (parts[1].shape.rank or 0) > 1
    if getattr(first, "dtype", None) != "string" or first.shape.rank not in (0, 1) or len(parts) > 3 or batched:
        raise TypeError(f"The dataset holds {spec}; wanted texts, or tokens (time,), not batched, alone or with tags.")
    rows = list(dataset.as_numpy_iterator())
    if not isinstance(spec, tuple):
        return rows, None, None
    columns = [[row[i] for row in rows] for i in range(len(parts))]
    return (*columns, *[None] * (3 - len(columns)))


def get_tokens(sentence):
    """Returns the tokens of a sentence: those of a text by the splitting rule, or the given ones.

    Example:
        >>> get_tokens("In Oslo!")
        ['In', 'Oslo', '!']
    """
    return [token.text for token in tokenize_with_offsets(sentence)] if isinstance(sentence, (str, bytes)) else sentence


def tokens_with_offsets(sentence):
    """Returns `text, tokens`: the text of a sentence, and its tokens with their places in it, a list of `Token`.

    A list of tokens is joined with spaces.

    Example:
        >>> tokens_with_offsets(["In", "Oslo"])
        ('In Oslo', [Token(text='In', start=0, end=2), Token(text='Oslo', start=3, end=7)])
    """
    if isinstance(sentence, str):
        return sentence, tokenize_with_offsets(sentence)
    if isinstance(sentence, bytes):
        return sentence.decode("utf-8", "replace"), tokenize_with_offsets(sentence)
    tokens, start = [], 0
    for token in sentence:
        token = decode_text(token)
        tokens.append(Token(token, start, start + len(token)))
        start += len(token) + 1
    return " ".join(token.text for token in tokens), tokens
