"""Subword vocabulary: longest-match tokenization with byte fallback, trained by byte-pair encoding.

1. Bytes are decoded as UTF-8; invalid bytes become U+FFFD.
2. A run of white space becomes one space; there is one space before the first word, and none after the last.
3. From left to right, the longest token that matches the UTF-8 bytes is taken; without a match, a single byte.

A token writes the space before a word as ▁, which can only be its first character. Every text without repeated white
space is reconstructed exactly. `docs/subword_tokenizer.md` specifies the rule for ports to other languages.

Source:
    Sennrich et al. 2016, https://arxiv.org/abs/1508.07909 (byte-pair encoding);
    Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226 (SentencePiece, ▁).
"""

import collections
import re
import unicodedata

from rnn_templates.preprocessing.text.text_lists import check_collection
from rnn_templates.preprocessing.text.unicode_tables import RANGES, SPACE
from rnn_templates.preprocessing.text.vocabulary import Vocabulary, count_tokens, format_tokens, read_token_lines
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

PAD_ID, START_ID, END_ID = range(3)
FIRST_BYTE_ID, FIRST_SUBWORD_ID = 3, 259
WORD_START = "▁"
MAX_TOKEN_BYTES = 32  # with the word start counted as one byte; bounds the time per byte of a long word
RESERVED_TOKENS = ("<PAD>", "<START>", "<END>", *(f"<0x{byte:02X}>" for byte in range(256)))
WHITE_SPACE = tuple((first, last) for first, last, kind in RANGES if kind == SPACE)  # ranges of code points
_SPACES = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in WHITE_SPACE) + "]+")


class SubwordVocabulary:
    """Maps subwords to ids.

    Ids are 0 `<PAD>`, 1 `<START>`, 2 `<END>`, 3 to 258 bytes, then subwords.

    Args:
        tokens: iterable of str; the subwords from id 259 on, or all tokens if it begins with the reserved ones.

    Attributes:
        tokens: tuple of str; the token of every id.
        token_bytes: tuple of bytes; the bytes that every id stands for, with a space for ▁; empty for ids 0 to 2.

    Raises:
        ValueError: if a token is repeated, empty, longer than 32 bytes, or contains white space or a non-initial ▁.

    Example:
        >>> subwords = SubwordVocabulary(["▁low", "er", "▁"])
        >>> subwords.encode("low slower")
        [259, 261, 118, 111, 114, 122, 260]
        >>> subwords.decode(subwords.encode("low slower"))
        'low slower'
    """

    def __init__(self, tokens=()):
        check_collection(tokens, "tokens", "subwords")
        tokens = tuple(tokens)
        self.tokens = tokens if tokens[:3] == RESERVED_TOKENS[:3] else (*RESERVED_TOKENS, *tokens)
        invalid = _find_invalid_token(self.tokens)
        if invalid:
            raise ValueError("SubwordVocabulary: `tokens[{}]`, {!r}, {}.".format(*invalid))
        self._ids = {token: id for id, token in enumerate(self.tokens)}
        single_bytes = (bytes([byte]) for byte in range(256))
        self.token_bytes = (b"", b"", b"", *single_bytes, *map(_token_bytes, self.tokens[FIRST_SUBWORD_ID:]))
        self._trie = {}
        for id in range(FIRST_BYTE_ID, len(self.tokens)):  # a subword of one byte replaces that byte
            node = self._trie
            for byte in self.token_bytes[id]:
                node = node.setdefault(byte, {})
            node[None] = id

    @classmethod
    def from_texts(cls, texts, *, vocabulary_size=5000, progress=True):
        """Trains a subword vocabulary by byte-pair encoding.

        Every character with at least three occurrences becomes a token, as far as `vocabulary_size` permits; other
        characters are encoded as bytes. Merges join letters; a digit or symbol stays alone, or with the ▁ before it.

        Args:
            texts: iterable of str or bytes; or `tf.data.Dataset` of texts or of (text, target), batched or not.
            vocabulary_size: int >= 260; maximum number of tokens, including the 259 reserved ones.
            progress: bool; show a progress bar in a terminal.

        Returns:
            `SubwordVocabulary`, independent of the order of the texts.

        Raises:
            ValueError: if there is no word, or `vocabulary_size` is less than 260.
            TypeError: if an item is not a text; names its position.

        Example:
            >>> "▁lower" in SubwordVocabulary.from_texts(["lower lower lower"], vocabulary_size=300)
            True
        """
        if vocabulary_size <= FIRST_SUBWORD_ID:
            raise ValueError(
                f"SubwordVocabulary: `vocabulary_size` must be at least {FIRST_SUBWORD_ID + 1}; "
                f"received {vocabulary_size}."
            )
        words, _ = count_tokens(texts, lambda text: normalize_whitespace(text).split(), progress)
        if not words:
            raise ValueError("SubwordVocabulary.from_texts: `texts` must contain at least one word.")
        return cls(_train_bpe(words, vocabulary_size - FIRST_SUBWORD_ID))

    def __repr__(self):
        return format_tokens(self, FIRST_SUBWORD_ID, "subwords")

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self._ids

    def encode(self, text, start=False, end=False):
        """Returns the ids of a text, in time linear in its length.

        Args:
            text: str, or bytes in UTF-8.
            start: bool; prepend `<START>`.
            end: bool; append `<END>`.

        Returns:
            list of int; the characters "<PAD>" in a text are encoded as such, never as a reserved token.

        Raises:
            TypeError: if `text` is neither str nor bytes.

        Example:
            >>> SubwordVocabulary(["▁low"]).encode("low", start=True, end=True)
            [1, 259, 2]
        """
        words = normalize_whitespace(text)
        data = f" {words}".encode() if words else b""
        ids = [START_ID] if start else []
        position = 0
        while position < len(data):
            node = self._trie
            for next_position, byte in enumerate(data[position : position + MAX_TOKEN_BYTES], start=position + 1):
                node = node.get(byte)
                if node is None:
                    break
                if None in node:
                    id, match_end = node[None], next_position
            ids.append(id)  # always set: every single byte is a token
            position = match_end
        return [*ids, END_ID] if end else ids

    def decode(self, ids):
        """Returns the text of ids up to the first `<END>`.

        `<PAD>` and `<START>` are skipped.

        Args:
            ids: iterable of int, such as a list or an array (time,).

        Returns:
            str without the leading space; invalid UTF-8 becomes U+FFFD.

        Raises:
            ValueError: if an id is not in the vocabulary.

        Example:
            >>> SubwordVocabulary(["▁low", "er"]).decode([1, 259, 260, 2, 0])
            'lower'
        """
        parts = []
        for id in map(int, ids):
            if id == END_ID:
                break
            if not 0 <= id < len(self):
                raise ValueError(f"SubwordVocabulary: `ids` must be in 0 to {len(self) - 1}; received {id}.")
            parts.append(self.token_bytes[id])
        return decode_text(b"".join(parts)).removeprefix(" ")

    save = Vocabulary.save

    @classmethod
    def load(cls, path):
        """Reads a file that `save` wrote.

        Args:
            path: str or `Path`.

        Returns:
            `SubwordVocabulary`.

        Raises:
            ValueError: if the file is not a subword vocabulary; names file and line.

        Example:
            >>> SubwordVocabulary(["▁low"]).save("vocabulary.txt")
            >>> SubwordVocabulary.load("vocabulary.txt").tokens[259:]
            ('▁low',)
        """
        tokens = [token for _, token in read_token_lines(path)]
        invalid = _find_invalid_token(tokens)
        if invalid:
            raise ValueError("{}:{}: {!r} {}.".format(path, invalid[0] + 1, *invalid[1:]))
        return cls(tokens)


def normalize_whitespace(text):
    """Collapses runs of white space to one space and strips the ends.

    Args:
        text: str, or bytes in UTF-8.

    Returns:
        str.

    Raises:
        TypeError: if `text` is neither str nor bytes.

    Example:
        >>> normalize_whitespace(b" two\\r\\n words ")
        'two words'
    """
    return _SPACES.sub(" ", decode_text(text)).strip(" ")


def _token_bytes(token):
    return (" " + token[1:] if token[0] == WORD_START else token).encode()


def _find_invalid_token(tokens):
    """Returns the first invalid token as (index, token, reason), or None."""
    indices = {}
    for index, token in enumerate((*tokens, *RESERVED_TOKENS[len(tokens) :])):
        if index < FIRST_SUBWORD_ID and (index >= len(tokens) or token != RESERVED_TOKENS[index]):
            return index, tokens[index] if index < len(tokens) else "", f"must be {RESERVED_TOKENS[index]}"
        if not token:
            return index, token, "is empty"
        if token in indices:
            return index, token, f"repeats token {indices[token]}"
        indices[token] = index
        if index < FIRST_SUBWORD_ID:
            continue
        if _SPACES.search(token):
            return index, token, "contains white space"
        if WORD_START in token[1:]:
            return index, token, f"contains {WORD_START} after its first character"
        if any("\ud800" <= character <= "\udfff" for character in token):
            return index, token, "contains a lone surrogate"
        if len(_token_bytes(token)) > MAX_TOKEN_BYTES:
            return index, token, f"is longer than {MAX_TOKEN_BYTES} bytes"
    return None


def _train_bpe(words, num_subwords):
    """Returns at most `num_subwords` tokens: characters, then merges."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    counts = collections.Counter()
    for word, count in words.items():
        for character in word.replace(WORD_START, ""):
            counts[character] += count
    frequent = sorted((c for c, count in counts.items() if count >= 3), key=lambda c: (-counts[c], c))
    characters = [WORD_START, *frequent[: num_subwords - 1]]

    letters = "".join(re.escape(c) for c in characters[1:] if unicodedata.category(c)[0] in "LM")
    others = "".join(re.escape(c) for c in characters[1:] if unicodedata.category(c)[0] not in "LM")
    patterns = [f" ?[{group}]{repeat}" for group, repeat in ((letters, "+"), (others, "")) if group]
    mergeable = re.compile("|".join([*patterns, " "]))
    segments = collections.Counter()
    for word, count in words.items():
        for segment in mergeable.findall(f" {word}"):  # excludes rare characters and a ▁ of the text
            segments[segment.replace(" ", WORD_START)] += count

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=num_subwords,
        min_frequency=2,
        show_progress=False,
        max_token_length=MAX_TOKEN_BYTES,
        initial_alphabet=characters,
    )
    tokenizer.train_from_iterator((f"{segment} " * count for segment, count in segments.items()), trainer)
    ids = tokenizer.get_vocab()
    merged = sorted((token for token in ids if len(token) > 1), key=ids.__getitem__)
    return [*characters, *(token for token in merged if len(_token_bytes(token)) <= MAX_TOKEN_BYTES)]
