"""Vocabularies inside `.keras` files, with a hash that is checked at loading."""

import hashlib
import weakref
from pathlib import Path

_IN_MEMORY = weakref.WeakValueDictionary()  # hash -> vocabulary of a layer whose configuration was taken


def hash_tokens(tokens):
    """Returns the SHA-256 of a list of tokens in their order, as hexadecimal digits.

    Args:
        tokens: iterable of str without line breaks.

    Example:
        >>> hash_tokens(["a", "b"])[:8]
        '911169dd'
    """
    return hashlib.sha256("".join(f"{token}\n" for token in tokens).encode("utf-8", "surrogatepass")).hexdigest()


class VocabularyAssets:
    """Saves the vocabulary of a layer as an asset of the `.keras` file; mixin of `keras.layers.Layer`.

    The configuration of the layer has the hash of the tokens. A vocabulary with another hash is an error: ids would
    stand for other tokens than those of the training. A layer that is made from a configuration, as by
    `keras.models.clone_model`, has the vocabulary of that hash if it is in memory; otherwise its use is an error until
    `load_assets`.

    Attributes:
        vocabulary: `Vocabulary` or `SubwordVocabulary`.
        vocabulary_hash: str, the hash of the vocabulary that `load_assets` has to read; None if it has been read, or
            for files of older versions, which have no hash.
    """

    vocabulary_hash = None
    is_missing = False

    def set_vocabulary(self, vocabulary, vocabulary_hash, empty):
        """Sets the vocabulary of a new layer.

        Args:
            vocabulary: the vocabulary, or None for the one in memory with this hash, else the empty one.
            vocabulary_hash: str or None; see `vocabulary_hash`.
            empty: the empty vocabulary.
        """
        self.vocabulary_hash = vocabulary_hash
        self.vocabulary = vocabulary or _IN_MEMORY.get(vocabulary_hash) or empty
        self.is_missing = self.vocabulary is empty and vocabulary_hash not in (None, hash_tokens(empty.tokens))

    def check_is_present(self):
        """Raises ValueError if the layer has been made from a configuration whose vocabulary is not in memory."""
        if self.is_missing:
            raise self._error()

    def save_assets(self, folder):
        self.vocabulary.save(Path(folder) / "vocabulary.txt")

    def load_assets(self, folder):
        if folder is None:  # also where Keras visits the layer again, by another path, after an error
            raise self._error()
        self.vocabulary, self._table = type(self.vocabulary).load(Path(folder) / "vocabulary.txt"), None
        if self.vocabulary_hash not in (None, hash_tokens(self.vocabulary.tokens)):
            raise self._error()
        self.is_missing = False
        self.vocabulary_hash = None  # of the vocabulary that is here

    def check_is_loaded(self):
        """Raises ValueError if `load_assets` has not read the vocabulary of the hash in the configuration."""
        if self.vocabulary_hash is not None:
            raise self._error()

    def _error(self):
        return ValueError(
            f"the vocabulary of {self.name!r} is missing, or is not the one that the model was saved with. Restore the "
            "original .keras file."
        )

    def get_config(self):
        vocabulary_hash = self.vocabulary_hash or hash_tokens(self.vocabulary.tokens)
        if not self.is_missing:
            _IN_MEMORY[vocabulary_hash] = self.vocabulary
        return {"name": self.name, "vocabulary_hash": vocabulary_hash}
