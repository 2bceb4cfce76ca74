"""The rules of a treebank's tokens as TensorFlow ops."""

import tensorflow as tf

from rnn_templates.preprocessing.text.unicode_tables import SPACE, WORD
from rnn_templates.preprocessing.text.word_tokenizer import classify_code_points
from rnn_templates.runtime.word_tokenizer import MAX_JOINED


class TokenRules(tf.Module):
    """Joins and cuts tokens in a graph, equal to `rnn_templates.runtime.word_tokenizer.regroup`.

    Args:
        rules: dict with `joined`, `words`, `prefixes` and `suffixes`.

    Example:
        >>> from rnn_templates.preprocessing.text.word_tokenizer import find_token_characters
        >>> rules = TokenRules({"joined": ["dr."], "words": {}, "prefixes": [], "suffixes": []})
        >>> codes, folded, tokens = find_token_characters(tf.constant(["Dr. No"]))
        >>> rules.regroup(codes.flat_values, folded, tokens).to_list()
        [[[0, 1, 2], [4, 5]]]
    """

    def __init__(self, rules):
        super().__init__()
        entries = {"j" + key: 1 for key in rules["joined"]} | {"w" + key: cut for key, cut in rules["words"].items()}
        for kind, affixes in (("p", rules["prefixes"]), ("s", rules["suffixes"])):
            entries |= {kind + affix: 1 for affix in affixes}
        keys = tf.constant([key.encode() for key in entries], tf.string)
        values = tf.constant(list(entries.values()), tf.int32)
        self._table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), -1)
        self._lengths = {
            kind: sorted({len(affix) for affix in affixes})
            for kind, affixes in (("p", rules["prefixes"]), ("s", rules["suffixes"]))
        }

    def regroup(self, codes, folded, tokens):
        """Returns the tokens of the treebank.

        Args:
            codes: (characters,) int32, code points of all texts.
            folded: (characters,) int32, normalized code points.
            tokens: `tf.RaggedTensor` (batch, None, None) int32; for each token the indices of its characters.

        Returns:
            `tf.RaggedTensor` of the same form.
        """
        positions, units = tokens.flat_values, tokens.values
        kinds = classify_code_points(codes)[1]
        first = tf.gather(positions, units.row_starts())
        last = tf.gather(positions, units.row_limits() - 1)
        spaces = tf.cumsum(tf.cast(kinds == SPACE, tf.int32))
        rows = tf.cast(tokens.value_rowids(), tf.int32)
        is_same_row = rows[1:] == rows[:-1]
        follows = is_same_row & (tf.gather(spaces, first[1:]) == tf.gather(spaces, last[:-1]))
        follows = tf.concat([tf.zeros_like(rows[:1], tf.bool), follows], 0)  # the unit before, without a space between
        texts = self._strings(folded, positions, units)
        is_joined = self._joined(texts, tf.gather(kinds, first) == WORD, follows)

        character_rows = tf.gather(rows, tf.cast(units.value_rowids(), tf.int32))
        begins = tf.scatter_nd(
            tf.cast(units.row_starts(), tf.int32)[:, None], tf.cast(~is_joined, tf.int32), tf.shape(positions)
        )
        for _ in range(2):
            token = tf.cumsum(begins) - 1
            pieces = tf.RaggedTensor.from_value_rowids(positions, tf.cast(token, tf.int64))
            cuts = self._cuts(self._strings(folded, positions, pieces))
            starts = tf.cast(pieces.row_starts(), tf.int32)
            at = tf.boolean_mask(starts + cuts, cuts > 0)
            begins = tf.maximum(begins, tf.scatter_nd(at[:, None], tf.ones_like(at), tf.shape(positions)))
        pieces = tf.RaggedTensor.from_value_rowids(positions, tf.cast(tf.cumsum(begins) - 1, tf.int64))
        piece_rows = tf.gather(character_rows, tf.cast(pieces.row_starts(), tf.int32))
        return tf.RaggedTensor.from_value_rowids(pieces, tf.cast(piece_rows, tf.int64), tokens.nrows())

    @staticmethod
    def _strings(folded, positions, pieces):
        return tf.strings.unicode_encode(pieces.with_flat_values(tf.gather(folded, positions)), "UTF-8")

    def _joined(self, texts, is_word, follows):
        """Returns for each unit whether it belongs to the token of the unit before, a bool tensor (units,)."""
        exact = tf.where(tf.strings.regex_full_match(texts, "[0-9]+"), "0", texts)
        general = tf.where(is_word & (exact != "0"), "A", exact)
        result = tf.zeros_like(follows)
        keys, is_run = [exact, general], tf.ones_like(follows)
        for length in range(1, MAX_JOINED):
            is_run &= _shift(follows, length)
            keys = [
                tf.strings.join([key, _shift(part, length)]) for key, part in zip(keys, (exact, general), strict=True)
            ]
            found = is_run & ((self._table.lookup("j" + keys[0]) == 1) | (self._table.lookup("j" + keys[1]) == 1))
            for distance in range(1, length + 1):
                result |= _shift(found, -distance)
        return result

    def _cuts(self, tokens):
        """Returns the number of characters before the cut of each token (n,), 0 for none."""
        lengths = tf.strings.length(tokens, "UTF8_CHAR")
        cuts = tf.zeros_like(lengths)
        for kind in ("s", "p"):  # prefixes replace suffixes
            for size in self._lengths[kind]:
                begin = tf.zeros_like(lengths) if kind == "p" else tf.maximum(lengths - size, 0)
                affix = tf.strings.substr(tokens, begin, tf.fill(tf.shape(lengths), size), "UTF8_CHAR")
                found = (self._table.lookup(kind + affix) == 1) & (lengths > size)
                cuts = tf.where(found, size if kind == "p" else lengths - size, cuts)
        is_affix = (self._table.lookup("p" + tokens) == 1) | (self._table.lookup("s" + tokens) == 1)
        cuts = tf.where(is_affix, 0, cuts)
        of_words = self._table.lookup("w" + tokens)
        return tf.where(of_words >= 0, of_words, cuts)


def _shift(values, distance):
    """Returns values moved to the left, or to the right if negative, filled with False or "" at the end."""
    size = tf.shape(values)[0]
    kept = values[distance:] if distance > 0 else values[:distance]
    fill = tf.fill([size - tf.shape(kept)[0]], tf.constant(False if values.dtype == tf.bool else "", values.dtype))
    return tf.concat([kept, fill] if distance > 0 else [fill, kept], 0)
