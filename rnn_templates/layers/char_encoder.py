"""Character-level word encoder over UTF-8 bytes."""

import keras
import tensorflow as tf
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.layers.rnn.bucketing import bucket_size
from rnn_templates.layers.rnn.recurrent import Recurrent

ARCHITECTURES = ("cnn", "rnn")
BYTE_VOCABULARY_SIZE = 257  # 0 is padding, b + 1 is byte b


@keras.saving.register_keras_serializable(package="rnn_templates")
class CharEncoder(keras.layers.Layer):
    """Character-level word encoder (byte CNN or RNN), also for out-of-vocabulary words.

        "cnn":  v = [max over positions of relu(W_k * e + b_k)]   for every kernel size k
        "rnn":  v = [last output forward ; last output backward]  of a bidirectional RNN

    Each distinct word of a batch is encoded once.

    Args:
        architecture: "cnn" or "rnn".
        units: int; size of a word vector, divisible by the number of kernel sizes ("cnn") or by 2 ("rnn").
        embedding_dim: int; size of a byte embedding.
        kernel_sizes: ints; widths of the convolutions of "cnn".
        cell: str or class; cell of the RNN of "rnn", see `sentiment_model`.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        byte_ids: (batch, time, word_bytes) int32; bytes + 1, right-padded with 0.

    Returns:
        (batch, time, units) float, with a mask that is false for words without bytes.

    Raises:
        ValueError: if `architecture` is neither, or `units` is not divisible.

    Source:
        Chiu and Nichols, Named entity recognition with bidirectional LSTM-CNNs, arXiv:1511.08308;
        Ling et al., Finding function in form, arXiv:1508.02096 ("rnn");
        Gillick et al., Multilingual language processing from bytes, arXiv:1512.00103.

    Example:
        >>> rt.CharEncoder("cnn", 8, kernel_sizes=(2, 3))(keras.ops.ones((2, 5, 7), "int32")).shape
        TensorShape([2, 5, 8])
    """

    def __init__(
        self, architecture="cnn", units=96, *, embedding_dim=32, kernel_sizes=(2, 3, 4, 5), cell="lstm", **kwargs
    ):
        super().__init__(**kwargs)
        if architecture not in ARCHITECTURES:
            raise ValueError(f"CharEncoder: `architecture` must be 'cnn' or 'rnn'; received {architecture!r}.")
        parts = len(kernel_sizes) if architecture == "cnn" else 2
        if units < parts or units % parts:
            raise ValueError(f"CharEncoder: `units` must be a positive multiple of {parts}; received {units!r}.")
        if isinstance(cell, dict):  # the configuration of a file: a user's class by its registered name
            cell = keras.saving.get_registered_object(cell["registered_name"])
        self.architecture, self.units, self.embedding_dim = architecture, units, embedding_dim
        self.kernel_sizes, self.cell = tuple(kernel_sizes), cell
        self.recurrent = None
        if architecture == "rnn":
            self.recurrent = Recurrent(make_cell(cell, units // 2), bidirectional=True, name="char_rnn")

    def build(self, byte_ids_shape):
        shape = (BYTE_VOCABULARY_SIZE, self.embedding_dim)
        self.embeddings = self.add_weight(shape=shape, initializer="uniform", name="embeddings")
        if self.recurrent is not None:
            self.recurrent.build((None, byte_ids_shape[-1], self.embedding_dim))
            return
        filters = self.units // len(self.kernel_sizes)
        self.kernels = [
            self.add_weight(
                shape=(size, self.embedding_dim, filters), initializer="glorot_uniform", name=f"kernel_{size}"
            )
            for size in self.kernel_sizes
        ]
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, byte_ids, training=False):
        batch, time, word_bytes = [byte_ids.shape[i] or tf.shape(byte_ids)[i] for i in range(3)]
        words = tf.reshape(byte_ids, (-1, word_bytes) if byte_ids.shape[0] is None else (batch * time, word_bytes))
        if byte_ids.shape[0] is not None and byte_ids.shape[1] is not None:  # on a device: one short sentence
            vectors = self._encode(words, training)
        else:
            count = batch * time
            # In a SavedModel the convolution of no words has another shape: a batch without texts gets one word.
            words = tf.pad(words, [[0, tf.cast(count == 0, tf.int32)], [0, 0]])
            rows, word_index = _unique_words(words)
            if self.recurrent is not None:  # XLA compiles once per number of words: use few different numbers
                rows = tf.pad(rows, [[0, bucket_size(tf.shape(rows)[0]) - tf.shape(rows)[0]]])
            vectors = tf.gather(self._encode(tf.gather(words, rows), training), word_index[:count])
        return tf.reshape(vectors, (batch, time, self.units))

    def _encode(self, words, training):
        """Vectors (words, units) of byte ids (words, word_bytes)."""
        valid = tf.cast(words != 0, self.compute_dtype)[:, :, None]
        embedded = tf.gather(tf.convert_to_tensor(self.embeddings), words) * valid
        if self.recurrent is not None:
            return tf.cast(self.recurrent(embedded, mask=words != 0, training=training), self.compute_dtype)
        features = [
            tf.nn.conv1d(embedded, tf.cast(kernel, embedded.dtype), stride=1, padding="SAME") for kernel in self.kernels
        ]
        bias = tf.cast(self.bias, embedded.dtype)
        features = tf.nn.relu(tf.nn.bias_add(tf.concat(features, axis=-1), bias))
        return tf.reduce_max(features * valid, axis=1)

    def compute_mask(self, byte_ids, mask=None):
        return ops.any(ops.not_equal(byte_ids, 0), axis=-1)

    def compute_output_shape(self, byte_ids_shape):
        return (*byte_ids_shape[:2], self.units)

    def get_config(self):
        cell = self.cell
        if not isinstance(cell, str):
            cell = {"registered_name": keras.saving.get_registered_name(cell)}
        return {
            **super().get_config(),
            "architecture": self.architecture,
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "kernel_sizes": list(self.kernel_sizes),
            "cell": cell,
        }


def _unique_words(words):
    """One row per distinct word, and per word the index into these rows."""
    factors = 1 + 2 * tf.random.stateless_uniform(  # odd: two words have equal hashes with probability 2^-64
        (tf.shape(words)[1],), seed=(1, 2), minval=-(2**61), maxval=2**61, dtype=tf.int64
    )
    hashes = tf.reduce_sum(tf.cast(words, tf.int64) * factors, axis=1)
    hashes, word_index = tf.unique(hashes)
    rows = tf.range(tf.shape(words)[0])
    return tf.math.unsorted_segment_min(rows, word_index, tf.shape(hashes)[0]), word_index
