"""Word vocabulary: tokens and their ids."""

import collections
from pathlib import Path

from rnn_templates.preprocessing.text.text_lists import check_collection
from rnn_templates.preprocessing.text.token_offsets import normalize_token
from rnn_templates.preprocessing.text.word_tokenizer import tokenize
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.progress import with_progress

PAD_TOKEN, UNK_TOKEN = "<pad>", "<unk>"
SHOWN_TOKENS = 8


class Vocabulary:
    """Maps tokens to ids: 0 padding, 1 out-of-vocabulary, then by decreasing frequency.

    Args:
        tokens: iterable of str; the tokens from id 2 on, or all tokens if it begins with `<pad>` and `<unk>`.

    Attributes:
        tokens: tuple of str; the token of every id.

    Raises:
        ValueError: if a token is repeated, is empty or contains a line break.

    Example:
        >>> vocabulary = Vocabulary.from_texts(["not bad", "not good"])
        >>> vocabulary["not"], vocabulary["terrible"]
        (2, 1)
    """

    def __init__(self, tokens=()):
        check_collection(tokens, "tokens", "tokens")
        tokens = tuple(tokens)
        self.tokens = tokens if tokens[:2] == (PAD_TOKEN, UNK_TOKEN) else (PAD_TOKEN, UNK_TOKEN, *tokens)
        self._ids = {token: id for id, token in enumerate(self.tokens)}
        if len(self._ids) < len(self.tokens):
            repeated = next(token for id, token in enumerate(self.tokens) if self._ids[token] != id)
            raise ValueError(f"Vocabulary: `tokens` must be different; received {repeated!r} twice.")
        invalid = next((token for token in self.tokens if not token or "\n" in token), None)
        if invalid is not None:
            raise ValueError(f"Vocabulary: `tokens` must not be empty or contain a line break; received {invalid!r}.")

    @classmethod
    def from_texts(cls, texts, *, vocabulary_size=None, min_count=1, progress=True):
        """Builds a vocabulary of the most frequent tokens of texts.

        Args:
            texts: iterable of str or bytes; or `tf.data.Dataset` of texts or of (text, target), batched or not.
            vocabulary_size: None or int >= 3; maximum number of tokens, including the two special ones; default all.
            min_count: int; tokens with fewer occurrences are left out.
            progress: bool; show a progress bar in a terminal.

        Returns:
            `Vocabulary`; tokens of equal frequency are in lexicographic order.

        Raises:
            ValueError: if there is no text, or `vocabulary_size` is less than 3.
            TypeError: if an item is not a text; names its position.

        Example:
            >>> Vocabulary.from_texts(["a b", "a c"], min_count=2).tokens
            ('<pad>', '<unk>', 'a')
        """
        counts, num_texts = count_tokens(texts, tokenize, progress)
        if not num_texts:
            raise ValueError("Vocabulary.from_texts: `texts` must not be empty.")
        return cls.from_counts(counts, vocabulary_size=vocabulary_size, min_count=min_count)

    @classmethod
    def from_tokens(cls, sentences, *, vocabulary_size=None, min_count=1, progress=True):
        """Builds a vocabulary of the most frequent normalized tokens of tokenized sentences.

        Args:
            sentences: iterable of lists of tokens; or `tf.data.Dataset` of tokens (time,) or of (tokens, tags).
            vocabulary_size, min_count, progress: as in `from_texts`.

        Returns:
            `Vocabulary` of tokens normalized by `normalize_token`.

        Raises:
            ValueError: if there is no token, or `vocabulary_size` is less than 3.
            TypeError: if a sentence is a text; names its position.

        Example:
            >>> Vocabulary.from_tokens([["In", "Oslo"], ["Oslo"]])["oslo"]
            2
        """
        check_collection(sentences, "sentences", "tokenized sentences")
        rows = sentences.as_numpy_iterator() if hasattr(sentences, "as_numpy_iterator") else sentences
        is_dataset = rows is not sentences
        counts = collections.Counter()
        for position, row in enumerate(with_progress(rows, "counting words", progress)):
            row = row[0] if is_dataset and isinstance(row, tuple) else row
            if isinstance(row, (str, bytes)):
                raise TypeError(f"`sentences[{position}]` must be a list of tokens; received a text ({row!r:.60}).")
            counts.update(map(normalize_token, row))
        counts = {word: count for word, count in counts.items() if word and "\n" not in word}  # storable, one per line
        if not counts:
            raise ValueError("Vocabulary.from_tokens: `sentences` must contain at least one token.")
        return cls.from_counts(counts, vocabulary_size=vocabulary_size, min_count=min_count)

    @classmethod
    def from_counts(cls, counts, *, vocabulary_size=None, min_count=1):
        """Builds a vocabulary from token counts.

        Args:
            counts: dict of token to number of occurrences, such as `collections.Counter`.
            vocabulary_size, min_count: as in `from_texts`.

        Returns:
            `Vocabulary`; tokens of equal frequency are in lexicographic order.

        Raises:
            ValueError: if `vocabulary_size` is less than 3.

        Example:
            >>> Vocabulary.from_counts({"a": 3, "b": 1}, min_count=2)["a"]
            2
        """
        if vocabulary_size is not None and vocabulary_size < 3:
            raise ValueError(f"Vocabulary: `vocabulary_size` must be at least 3; received {vocabulary_size}.")
        tokens = sorted((token for token, count in counts.items() if count >= min_count), key=lambda t: (-counts[t], t))
        return cls(tokens[: None if vocabulary_size is None else vocabulary_size - 2])

    def __repr__(self):
        return format_tokens(self, 2, "tokens")

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, token):
        """Returns the id of a token; 1 if out-of-vocabulary."""
        return self._ids.get(token, 1)

    def __contains__(self, token):
        return token in self._ids

    def ids(self, tokens):
        """Returns the ids of tokens.

        Args:
            tokens: iterable of str.

        Returns:
            list of int; 1 for out-of-vocabulary tokens.

        Example:
            >>> Vocabulary(["not", "bad"]).ids(["not", "that", "bad"])
            [2, 1, 3]
        """
        return [self._ids.get(token, 1) for token in tokens]

    def save(self, path):
        """Writes a text file with one token per line.

        The line number, from 0, is the id.

        Args:
            path: str or `Path`.

        Example:
            >>> Vocabulary(["bad"]).save("vocabulary.txt")
            >>> with open("vocabulary.txt") as file:
            ...     file.read()
            '<pad>\\n<unk>\\nbad\\n'
        """
        write_text(path, "".join(f"{token}\n" for token in self.tokens))

    @classmethod
    def load(cls, path):
        """Reads a file that `save` wrote.

        Args:
            path: str or `Path`.

        Returns:
            `Vocabulary`.

        Raises:
            ValueError: if the file is not a vocabulary; names file and line.

        Example:
            >>> Vocabulary(["bad"]).save("vocabulary.txt")
            >>> Vocabulary.load("vocabulary.txt").tokens
            ('<pad>', '<unk>', 'bad')
        """
        tokens, lines = [], {}
        for line, token in read_token_lines(path):
            if not token:
                raise ValueError(f"{path}:{line}: empty line; every line must contain one token.")
            if token in lines:
                raise ValueError(f"{path}:{line}: {token!r} repeats line {lines[token]}.")
            lines[token] = line
            tokens.append(token)
        if tokens[:2] != [PAD_TOKEN, UNK_TOKEN]:
            raise ValueError(f"{path}:1: the first two lines must be {PAD_TOKEN} and {UNK_TOKEN}.")
        return cls(tokens)


def format_tokens(vocabulary, first, items):
    """Returns the `repr` of a vocabulary: its class, its size and its first tokens.

    Args:
        vocabulary: object with `tokens`.
        first: int; id of the first token that is not reserved.
        items: str; plural of a token.

    Example:
        >>> Vocabulary(["not", "bad"])
        <Vocabulary of 4 tokens: 'not', 'bad'>
    """
    shown = ", ".join(map(repr, vocabulary.tokens[first : first + SHOWN_TOKENS]))
    more = ", ..." if len(vocabulary.tokens) > first + SHOWN_TOKENS else ""
    return f"<{type(vocabulary).__name__} of {len(vocabulary.tokens):,} {items}: {shown or 'none'}{more}>"


def count_tokens(texts, tokenizer, progress=True):
    """Counts the tokens of texts.

    Args:
        texts: iterable of str or bytes; or `tf.data.Dataset` of texts or of (text, ...), batched or not.
        tokenizer: function from a text to a list of tokens.
        progress: bool; show a progress bar in a terminal.

    Returns:
        A tuple `(counts, num_texts)`: `collections.Counter` and int.

    Raises:
        TypeError: if `texts` is a single text, or an item is not a text; names its position.

    Example:
        >>> count_tokens(["a b", "a"], str.split)
        (Counter({'a': 2, 'b': 1}), 2)
    """
    check_collection(texts, "texts")
    counts, num_texts = collections.Counter(), 0
    for text in with_progress(iter_texts(texts), "counting words", progress):
        if not isinstance(text, (str, bytes)):
            received = f"{type(text).__name__} ({text!r:.60})"
            raise TypeError(f"`texts[{num_texts}]` must be str or bytes; received {received}.")
        counts.update(tokenizer(text))
        num_texts += 1
    return counts, num_texts


def iter_texts(texts):
    """Yields the texts of a list or dataset one by one.

    Args:
        texts: iterable of texts; or `tf.data.Dataset` of texts or of (text, ...), batched or not.

    Yields:
        str or bytes; items that are not texts are passed through.

    Example:
        >>> list(iter_texts(tf.data.Dataset.from_tensor_slices((["a", "b"], [0, 1])).batch(2)))
        [b'a', b'b']
    """
    if hasattr(texts, "as_numpy_iterator"):
        for item in texts.as_numpy_iterator():
            item = item[0] if isinstance(item, tuple) else item
            yield from item if getattr(item, "ndim", 0) else [item]
    else:
        yield from texts


def read_token_lines(path):
    """Yields the lines of a vocabulary file, decoded.

    Args:
        path: str or `Path`.

    Yields:
        (line number from 1, token).

    Raises:
        ValueError: if a line is not UTF-8, or lines end with CR LF; names file and line.

    Example:
        >>> Vocabulary().save("vocabulary.txt")
        >>> list(read_token_lines("vocabulary.txt"))
        [(1, '<pad>'), (2, '<unk>')]
    """
    lines = Path(path).read_bytes().split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if lines and lines[0].endswith(b"\r"):
        raise ValueError(f"{path}:1: the line ends with CR LF; lines must end with LF. Restore the original file.")
    for number, line in enumerate(lines, start=1):
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}:{number}: not UTF-8 ({error.reason}).") from error
