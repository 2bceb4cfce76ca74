"""Vocabularies of language models: characters, or words between white space."""

import collections
import re

import numpy as np

from rnn_templates.preprocessing.text.text_lists import check_collection
from rnn_templates.preprocessing.text.vocabulary import Vocabulary, format_tokens, iter_texts, read_token_lines
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

PAD_ID, UNKNOWN_ID, END_ID = range(3)
RESERVED_TOKENS = ("<PAD>", "<UNK>", "<END>")
LINE_BREAK = "\x1e"  # stands for a line feed where words are split
_WORDS = re.compile(r"[^ \t\n\r\f\v]+")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\x85": "\\x85", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPED = re.compile(r"\\(\\|n|r|x85|u2028|u2029)")
_UNESCAPES = {escaped[1:]: symbol for symbol, escaped in _ESCAPES.items()}


class SymbolVocabulary:
    """Maps the symbols of texts to ids; base class of `CharacterVocabulary` and `WordVocabulary`.

    Ids are 0 `<PAD>`, 1 `<UNK>` (out-of-vocabulary), 2 `<END>` (end of a text, and the input before its first symbol),
    then symbols.

    Args:
        symbols: iterable of str; the symbols from id 3 on.

    Attributes:
        tokens: tuple of str; the token of every id, with escaped line breaks and backslashes.
        token_bytes: tuple of bytes; the bytes that every id stands for in a text; empty for ids 0 and 2.

    Raises:
        ValueError: if a symbol is repeated or empty.

    Example:
        >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
        >>> len(CharacterVocabulary("ab\\n"))
        6
    """

    unit: str  # name of the symbols

    def __init__(self, symbols=()):
        self.symbols = tuple(symbols)
        if "" in self.symbols or len(set(self.symbols)) < len(self.symbols):
            raise ValueError(f"{type(self).__name__}: `symbols` must be different and not empty.")
        self.tokens = (*RESERVED_TOKENS, *map(_escape, self.symbols))
        self.token_bytes = (b"", "\N{REPLACEMENT CHARACTER}".encode(), b"", *map(self.to_bytes, self.symbols))
        self._ids = {symbol: id for id, symbol in enumerate(self.symbols, start=len(RESERVED_TOKENS))}

    @classmethod
    def split(cls, text):
        """Returns the symbols of a str, a sequence of str."""
        raise NotImplementedError(f"{cls.__name__} must implement `split`.")

    @classmethod
    def to_bytes(cls, symbol):
        """Returns the bytes of a symbol in a text, with the white space before it."""
        return symbol.encode("utf-8", "replace")

    @classmethod
    def from_texts(cls, texts, *, vocabulary_size=None, min_count=1):
        """Counts the symbols of texts.

        Args:
            texts: iterable of str or bytes; or `tf.data.Dataset` of texts or of (text, ...), batched or not.
            vocabulary_size: int of at least 4 or None; maximum number of tokens with the three reserved ones; the most
                frequent symbols are kept; None for no limit.
            min_count: positive int; minimum number of occurrences of a symbol.

        Returns:
            The vocabulary, the most frequent symbol first; independent of the order of the texts.

        Raises:
            ValueError: if no symbol remains.

        Example:
            >>> from rnn_templates.preprocessing.text.symbol_vocabulary import WordVocabulary
            >>> WordVocabulary.from_texts(["a rose is a rose", "a"]).symbols
            ('a', 'rose', 'is')
        """
        check_collection(texts, "texts")
        counts = collections.Counter()
        for text in iter_texts(texts):
            counts.update(cls.split(decode_text(text)))
        frequent = sorted((one for one in counts if counts[one] >= min_count), key=lambda one: (-counts[one], one))
        if vocabulary_size is not None:
            frequent = frequent[: max(0, vocabulary_size - len(RESERVED_TOKENS))]
        if not frequent:
            raise ValueError(
                f"{cls.__name__}.from_texts: `texts` must have a {cls.unit} with at least {min_count} occurrences."
            )
        return cls(frequent)

    def __repr__(self):
        return format_tokens(self, len(RESERVED_TOKENS), f"{self.unit}s")

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, symbol):
        return symbol in self._ids

    def encode(self, text):
        """Returns the ids of a text, a list of int.

        Args:
            text: str, or bytes in UTF-8; invalid bytes become U+FFFD.

        Raises:
            TypeError: if `text` is neither str nor bytes.
        """
        return [self._ids.get(symbol, UNKNOWN_ID) for symbol in self.split(decode_text(text))]

    def decode(self, ids):
        """Returns the text of ids up to the first `<END>`.

        Args:
            ids: iterable of int.

        Raises:
            ValueError: if an id is not in the vocabulary.
        """
        parts = []
        for id in map(int, ids):
            if id == END_ID:
                break
            if not 0 <= id < len(self):
                raise ValueError(f"{type(self).__name__}: `ids` must be in 0 to {len(self) - 1}; received {id}.")
            parts.append(self.token_bytes[id])
        return b"".join(parts).decode("utf-8", "replace")

    save = Vocabulary.save

    @classmethod
    def load(cls, path):
        """Reads a file that `save` wrote.

        Args:
            path: str or `Path`.

        Raises:
            ValueError: if the file is not such a vocabulary; names file and line.
        """
        tokens = [token for _, token in read_token_lines(path)]
        if tuple(tokens[: len(RESERVED_TOKENS)]) != RESERVED_TOKENS:
            raise ValueError(f"{path}:1: the first lines must be {', '.join(RESERVED_TOKENS)}.")
        symbols = list(map(_unescape, tokens[len(RESERVED_TOKENS) :]))
        for line, symbol in enumerate(symbols, start=len(RESERVED_TOKENS) + 1):
            if error := cls._find_error(symbol):
                raise ValueError(f"{path}:{line}: {symbol!r} {error}.")
        return cls(symbols)

    @classmethod
    def _find_error(cls, symbol):
        """Why a str is no symbol, or None."""
        return None if symbol else "is empty"


class CharacterVocabulary(SymbolVocabulary):
    """Vocabulary of characters (code points).

    Example:
        >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
        >>> vocabulary = CharacterVocabulary.from_texts(["to be"])
        >>> vocabulary.encode("boat"), vocabulary.decode([4, 6])
        ([4, 6, 1, 7], 'bo')
    """

    unit = "character"

    @classmethod
    def split(cls, text):
        return text

    def __init__(self, symbols=()):
        super().__init__(symbols)
        longer = [symbol for symbol in self.symbols if self._find_error(symbol)]
        if longer:
            raise ValueError(f"CharacterVocabulary: `symbols` must be single characters; received {longer[0]!r}.")
        points = np.array([ord(symbol) for symbol in self.symbols] or [0], np.uint32)
        order = np.argsort(points)
        self._points, self._point_ids = points[order], order.astype(np.int64) + len(RESERVED_TOKENS)

    @classmethod
    def _find_error(cls, symbol):
        return None if len(symbol) == 1 else "is not a single character"

    def encode(self, text):
        points = np.frombuffer(decode_text(text).encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.minimum(np.searchsorted(self._points, points), len(self._points) - 1)
        found = (self._points[places] == points) & (len(self.symbols) > 0)
        return np.where(found, self._point_ids[places], UNKNOWN_ID).tolist()


class WordVocabulary(SymbolVocabulary):
    r"""Vocabulary of words between white space; a line feed is a word of its own.

    Example:
        >>> from rnn_templates.preprocessing.text.symbol_vocabulary import WordVocabulary
        >>> vocabulary = WordVocabulary(["no", "news", "\n"])
        >>> vocabulary.encode("no news\nfrom"), vocabulary.decode([3, 4, 5])
        ([3, 4, 5, 1], ' no news\n')
    """

    unit = "word"

    @classmethod
    def split(cls, text):
        words = _WORDS.findall(text.replace("\n", f" {LINE_BREAK} "))
        return ["\n" if word == LINE_BREAK else word for word in words]

    @classmethod
    def to_bytes(cls, symbol):
        return symbol.encode() if symbol == "\n" else f" {symbol}".encode("utf-8", "replace")


def _escape(symbol):
    return "".join(_ESCAPES.get(character, character) for character in symbol)


def _unescape(token):
    return _ESCAPED.sub(lambda found: _UNESCAPES[found[1]], token)
