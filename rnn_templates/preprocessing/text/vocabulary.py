"""The words that a model knows."""

import collections
from pathlib import Path

from rnn_templates.preprocessing.text.token_offsets import normalize_token
from rnn_templates.preprocessing.text.word_tokenizer import tokenize
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.progress import with_progress

PAD_TOKEN, UNK_TOKEN = "<pad>", "<unk>"


class Vocabulary:
    """Tokens and their numbers: 0 is padding, 1 every unknown word, then the most frequent first.

    Args:
        tokens: the tokens from number 2 on, or all of them with the two special ones first.

    Raises:
        ValueError: if a token stands there twice, or is empty or holds a line break.

    Example:
        >>> vocabulary = Vocabulary.from_texts(["not bad", "not good"])
        >>> vocabulary["not"], vocabulary["never seen"]
        (2, 1)
    """

    def __init__(self, tokens=()):
        tokens = tuple(tokens)
        self.tokens = tokens if tokens[:2] == (PAD_TOKEN, UNK_TOKEN) else (PAD_TOKEN, UNK_TOKEN, *tokens)
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        if len(self._ids) < len(self.tokens):
            twice = next(token for number, token in enumerate(self.tokens) if self._ids[token] != number)
            raise ValueError(f"Vocabulary: the token {twice!r} stands there twice.")
        wrong = next((token for token in self.tokens if not token or "\n" in token), None)
        if wrong is not None:
            raise ValueError(f"Vocabulary: {wrong!r} cannot be a token, since the file has one a line.")

    @classmethod
    def from_texts(cls, texts, *, vocabulary_size=None, min_count=1, progress=True):
        """Counts the words of texts and keeps the frequent ones.

        Args:
            texts: an iterable of str or bytes, or a `tf.data.Dataset` of texts or of (text, target), batched or not.
            vocabulary_size: most entries to keep, the two special ones included, or None for all.
            min_count: words that are seen more rarely are left out.
            progress: whether to show a bar in a terminal.

        Returns:
            `Vocabulary`, the most frequent word first; equal ones in alphabetical order.

        Raises:
            ValueError: if there is no text, or no room for a word.
            TypeError: if an item is not a text, naming its position.

        Example:
            >>> len(Vocabulary.from_texts(["a b", "a c"], min_count=2))
            3
        """
        if isinstance(texts, (str, bytes)):
            raise TypeError("Vocabulary.build wants many texts; one text is [text].")
        counts, seen = collections.Counter(), 0
        for position, text in enumerate(with_progress(iter_texts(texts), "counting words", progress)):
            if not isinstance(text, (str, bytes)):
                raise TypeError(f"Item {position} of the texts is {type(text).__name__} ({text!r:.60}), not a text.")
            counts.update(tokenize(text))
            seen += 1
        if not seen:
            raise ValueError("Vocabulary.build: there are no texts to count words in.")
        return cls.from_counts(counts, vocabulary_size=vocabulary_size, min_count=min_count)

    @classmethod
    def from_tokens(cls, sentences, *, vocabulary_size=None, min_count=1, progress=True):
        """Counts the words of sentences whose tokens are given, in lower case, and keeps the frequent ones.

        Args:
            sentences: an iterable of lists of tokens, or a `tf.data.Dataset` of tokens (time,) or of (tokens, tags).
            vocabulary_size, min_count, progress: as for `build`.

        Raises:
            ValueError: if there is no word, or no room for one.
            TypeError: if a sentence is a text, naming its position.

        Example:
            >>> Vocabulary.from_tokens([["In", "Oslo"], ["Oslo"]])["oslo"]
            2
        """
        rows = sentences.as_numpy_iterator() if hasattr(sentences, "as_numpy_iterator") else sentences
        dataset = rows is not sentences
        counts = collections.Counter()
        for position, row in enumerate(with_progress(rows, "counting words", progress)):
            row = row[0] if dataset and isinstance(row, tuple) else row
            if isinstance(row, (str, bytes)):
                raise TypeError(f"Sentence {position} is a text ({row!r:.60}), not a list of tokens.")
            counts.update(map(normalize_token, row))
        counts = {word: count for word, count in counts.items() if word and "\n" not in word}  # as a file can hold
        if not counts:
            raise ValueError("Vocabulary.from_tokens: there are no words to count.")
        return cls.from_counts(counts, vocabulary_size=vocabulary_size, min_count=min_count)

    @classmethod
    def from_counts(cls, counts, *, vocabulary_size=None, min_count=1):
        """Makes a vocabulary of words that were counted before.

        Args:
            counts: dict from word to how often it was seen, such as a `collections.Counter`.
            vocabulary_size, min_count: as for `build`.

        Raises:
            ValueError: if there is no room for a word.

        Example:
            >>> Vocabulary.from_counts({"a": 3, "b": 1}, min_count=2)["a"]
            2
        """
        if vocabulary_size is not None and vocabulary_size < 3:
            raise ValueError(f"Vocabulary: `vocabulary_size` must be at least 3; received {vocabulary_size}.")
        kept = sorted((token for token, count in counts.items() if count >= min_count), key=lambda t: (-counts[t], t))
        return cls(kept[: None if vocabulary_size is None else vocabulary_size - 2])

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, token):
        """Returns the number of a token, 1 if it is unknown."""
        return self._ids.get(token, 1)

    def __contains__(self, token):
        return token in self._ids

    def ids(self, tokens):
        """Returns the numbers of tokens, a list of int."""
        return [self._ids.get(token, 1) for token in tokens]

    def save(self, path):
        """Writes one token a line, so that the number of a token is its line, counted from 0."""
        write_text(path, "".join(f"{token}\n" for token in self.tokens))

    @classmethod
    def load(cls, path):
        """Reads what `save` wrote.

        Raises:
            ValueError: naming file and line, if it is no vocabulary.
        """
        lines = Path(path).read_bytes().split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        if lines and lines[0].endswith(b"\r"):
            raise ValueError(f"{path}:1: the line ends with CR LF; restore the file, whose lines end with LF alone.")
        tokens, first = [], {}
        for number, line in enumerate(lines, start=1):
            try:
                token = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise ValueError(f"{path}:{number}: not UTF-8 ({error.reason}).") from error
            if not token:
                raise ValueError(f"{path}:{number}: an empty line; there is one token a line.")
            if token in first:
                raise ValueError(f"{path}:{number}: {token!r} stands on line {first[token]} already.")
            first[token] = number
            tokens.append(token)
        if tokens[:2] != [PAD_TOKEN, UNK_TOKEN]:
            raise ValueError(f"{path}:1: a vocabulary begins with the lines {PAD_TOKEN} and {UNK_TOKEN}.")
        return cls(tokens)


def iter_texts(texts):
    """One text after the other, out of anything that holds texts."""
    if hasattr(texts, "as_numpy_iterator"):
        for item in texts.as_numpy_iterator():
            item = item[0] if isinstance(item, tuple) else item
            yield from item if getattr(item, "ndim", 0) else [item]
    else:
        yield from texts
