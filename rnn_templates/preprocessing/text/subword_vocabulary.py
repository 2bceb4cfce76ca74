"""Texts as pieces of words: no word is unknown, and the pieces give the text back.

1. Bytes are read as UTF-8; what is not UTF-8 becomes U+FFFD.
2. A run of white space is one space; there is one before the first word, and none after the last.
3. From left to right, the longest piece that the bytes begin with is taken; where there is none, one byte.

A piece shows the space before a word as ▁, and has it nowhere but at its start. `docs/subwords.md` tells the rule to
those who port it to a device. The pieces are learned by byte-pair encoding (Sennrich et al. 2016,
https://arxiv.org/abs/1508.07909), and marked as in SentencePiece (Kudo and Richardson 2018,
https://arxiv.org/abs/1808.06226).
"""

import collections
import re
import unicodedata
from pathlib import Path

from rnn_templates.preprocessing.text.unicode_tables import RANGES, SPACE
from rnn_templates.preprocessing.text.vocabulary import Vocabulary, iter_texts
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.utils.progress import with_progress

PAD_ID, START_ID, END_ID = range(3)
FIRST_BYTE_ID, FIRST_SUBWORD_ID = 3, 259
WORD_START = "▁"
MAX_TOKEN_BYTES = 32  # bytes of a piece, its mark counted as one: what bounds the time of a long word
RESERVED_TOKENS = ("<PAD>", "<START>", "<END>", *(f"<0x{byte:02X}>" for byte in range(256)))
WHITE_SPACE = tuple((first, last) for first, last, kind in RANGES if kind == SPACE)  # ranges of code points
_SPACES = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in WHITE_SPACE) + "]+")


class SubwordVocabulary:
    """Pieces of words and their ids: 0 `<PAD>`, 1 `<START>`, 2 `<END>`, 3 to 258 the bytes, then the pieces.

    Args:
        tokens: the pieces, as str, from id 259 on; or all tokens with those that are always there first.

    Attributes:
        tokens: tuple of str, the token of every id.
        token_bytes: tuple of bytes, what every id stands for; empty for 0 to 2, and a space for ▁.

    Raises:
        ValueError: if a token stands there twice, holds white space or an inner ▁, is empty, or longer than 32 bytes.

    Example:
        >>> subwords = SubwordVocabulary(["▁low", "er", "▁"])
        >>> subwords.encode("low slower")
        [259, 261, 118, 111, 114, 122, 260]
        >>> subwords.decode(subwords.encode("low slower"))
        'low slower'
    """

    def __init__(self, tokens=()):
        tokens = tuple(tokens)
        self.tokens = tokens if tokens[:3] == RESERVED_TOKENS[:3] else (*RESERVED_TOKENS, *tokens)
        problem = _find_invalid_token(self.tokens)
        if problem:
            raise ValueError("SubwordVocabulary: token {}, {!r}, {}.".format(*problem))
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        single = (bytes([byte]) for byte in range(256))
        self.token_bytes = (b"", b"", b"", *single, *map(_spelling, self.tokens[FIRST_SUBWORD_ID:]))
        self._trie = {}
        for number, spelling in enumerate(
            self.token_bytes[FIRST_BYTE_ID:], start=FIRST_BYTE_ID
        ):  # a piece of one byte wins
            node = self._trie
            for byte in spelling:
                node = node.setdefault(byte, {})
            node[None] = number

    @classmethod
    def from_texts(cls, texts, *, vocabulary_size=5000, progress=True):
        """Learns pieces from texts by byte-pair encoding.

        Every character that is seen three times becomes a piece if there is room; the others are written in bytes.
        Letters join to longer pieces; a digit or a symbol stands alone, or with the ▁ before it.

        Args:
            texts: an iterable of str or bytes, or a `tf.data.Dataset` of texts or of (text, target), batched or not.
            vocabulary_size: most tokens to have, the 259 that are always there included.
            progress: whether to show a bar in a terminal.

        Returns:
            `SubwordVocabulary`, the same for the same texts in any order.

        Raises:
            ValueError: if there is no word, or no room for a piece.
            TypeError: if an item is not a text, naming its position.

        Example:
            >>> "▁lower" in SubwordVocabulary.from_texts(["lower lower lower"], vocabulary_size=300)
            True
        """
        if isinstance(texts, (str, bytes)):
            raise TypeError("SubwordVocabulary.build wants many texts; one text is [text].")
        if vocabulary_size <= FIRST_SUBWORD_ID:
            raise ValueError(f"SubwordVocabulary: `vocabulary_size` must be at least 260; received {vocabulary_size}.")
        words = collections.Counter()
        for position, text in enumerate(with_progress(iter_texts(texts), "counting words", progress)):
            if not isinstance(text, (str, bytes)):
                raise TypeError(f"Item {position} of the texts is {type(text).__name__} ({text!r:.60}), not a text.")
            words.update(normalize_whitespace(text).split())
        if not words:
            raise ValueError("SubwordVocabulary.build: there are no words in the texts to learn pieces from.")
        return cls(_train_bpe(words, vocabulary_size - FIRST_SUBWORD_ID))

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self._ids

    def encode(self, text, start=False, end=False):
        """Returns the ids of a text, in time that grows with its length alone.

        Args:
            text: str, or bytes that should be UTF-8.
            start, end: whether `<START>` comes before, `<END>` after them.

        Returns:
            A list of int; no text gives `<PAD>`, `<START>` or `<END>`, also if it has these letters.

        Raises:
            TypeError: if `text` is neither.
        """
        words = normalize_whitespace(text)
        data = f" {words}".encode() if words else b""
        ids = [START_ID] if start else []
        begin = 0
        while begin < len(data):
            node = self._trie
            for place, byte in enumerate(data[begin : begin + MAX_TOKEN_BYTES], start=begin + 1):
                node = node.get(byte)
                if node is None:
                    break
                if None in node:
                    number, after = node[None], place
            ids.append(number)  # there is one always, since every byte is a token
            begin = after
        return [*ids, END_ID] if end else ids

    def decode(self, ids):
        """Returns the text of ids up to the first `<END>`; `<PAD>` and `<START>` say nothing.

        Args:
            ids: integers, such as a list or an array (time,).

        Returns:
            str without the space before its first word; bytes that are not UTF-8 become U+FFFD.

        Raises:
            ValueError: if an id is not of this vocabulary.
        """
        spellings = []
        for number in map(int, ids):
            if number == END_ID:
                break
            if not 0 <= number < len(self):
                raise ValueError(f"SubwordVocabulary: there is no id {number}; they are 0 to {len(self) - 1}.")
            spellings.append(self.token_bytes[number])
        return b"".join(spellings).decode("utf-8", "replace").removeprefix(" ")

    save = Vocabulary.save

    @classmethod
    def load(cls, path):
        """Reads what `save` wrote.

        Raises:
            ValueError: naming file and line, if it does not hold subwords.
        """
        lines = Path(path).read_bytes().split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        if lines and lines[0].endswith(b"\r"):
            raise ValueError(f"{path}:1: the line ends with CR LF; restore the file, whose lines end with LF alone.")
        tokens = []
        for number, line in enumerate(lines, start=1):
            try:
                tokens.append(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                raise ValueError(f"{path}:{number}: not UTF-8 ({error.reason}).") from error
        problem = _find_invalid_token(tokens)
        if problem:
            raise ValueError("{}:{}: {!r} {}.".format(path, problem[0] + 1, *problem[1:]))
        return cls(tokens)


def normalize_whitespace(text):
    """Returns the words of a text with one space between them, which is what its pieces give back.

    Args:
        text: str, or bytes that should be UTF-8.

    Raises:
        TypeError: if `text` is neither.

    Example:
        >>> normalize_whitespace(b" two\\r\\n words ")
        'two words'
    """
    return _SPACES.sub(" ", decode_text(text)).strip(" ")


def _spelling(token):
    return (" " + token[1:] if token[0] == WORD_START else token).encode()


def _find_invalid_token(tokens):
    """The first token that cannot stand where it does, as (number, token, what is wrong), or None."""
    first = {}
    for number, token in enumerate((*tokens, *RESERVED_TOKENS[len(tokens) :])):
        if number < FIRST_SUBWORD_ID and (number >= len(tokens) or token != RESERVED_TOKENS[number]):
            return number, tokens[number] if number < len(tokens) else "", f"must be {RESERVED_TOKENS[number]}"
        if not token:
            return number, token, "is empty"
        if token in first:
            return number, token, f"is the token {first[token]} already"
        first[token] = number
        if number < FIRST_SUBWORD_ID:
            continue
        if _SPACES.search(token):
            return number, token, "holds white space, which no piece can"
        if WORD_START in token[1:]:
            return number, token, f"holds {WORD_START} inside, which begins a word"
        if any("\ud800" <= character <= "\udfff" for character in token):
            return number, token, "holds half of a surrogate pair, which is no character"
        if len(_spelling(token)) > MAX_TOKEN_BYTES:
            return number, token, f"is longer than {MAX_TOKEN_BYTES} bytes"
    return None


def _train_bpe(words, room):
    """The characters, most frequent first, then what byte-pair encoding joins them to; at most `room` pieces."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    counts = collections.Counter()
    for word, count in words.items():
        for character in word.replace(WORD_START, ""):
            counts[character] += count
    frequent = sorted((c for c, count in counts.items() if count >= 3), key=lambda c: (-counts[c], c))
    characters = [WORD_START, *frequent[: room - 1]]

    letters = "".join(re.escape(c) for c in characters[1:] if unicodedata.category(c)[0] in "LM")
    others = "".join(re.escape(c) for c in characters[1:] if unicodedata.category(c)[0] not in "LM")
    stretch = re.compile(
        "|".join([*(f" ?[{kind}]{more}" for kind, more in ((letters, "+"), (others, "")) if kind), " "])
    )
    stretches = collections.Counter()
    for word, count in words.items():
        for found in stretch.findall(f" {word}"):  # rare characters, and a ▁ of the text, are in none
            stretches[found.replace(" ", WORD_START)] += count

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=room,
        min_frequency=2,
        show_progress=False,
        max_token_length=MAX_TOKEN_BYTES,
        initial_alphabet=characters,
    )
    tokenizer.train_from_iterator((f"{text} " * count for text, count in stretches.items()), trainer)
    numbers = tokenizer.get_vocab()
    joined = sorted((token for token in numbers if len(token) > 1), key=numbers.__getitem__)
    return [*characters, *(token for token in joined if len(_spelling(token)) <= MAX_TOKEN_BYTES)]
