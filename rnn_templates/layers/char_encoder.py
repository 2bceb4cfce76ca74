"""From the letters of a word to a vector: what a word that was never seen looks like."""

import keras
import tensorflow as tf
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.layers.rnn.bucketing import bucket_size
from rnn_templates.layers.rnn.recurrent import Recurrent

BYTES = 257  # 0 is padding, b + 1 the byte b


@keras.saving.register_keras_serializable(package="rnn_templates")
class CharEncoder(keras.layers.Layer):
    """Reads every word's bytes, and gives one vector a word.

        "cnn":  v = [max over positions of relu(W_k * e + b_k)]   for every width k
        "rnn":  v = [last output forward ; last output backward]  of a bidirectional recurrence

    Each distinct word of a batch is read once, however often it occurs.

    Args:
        kind: "cnn" or "rnn".
        units: size of a word's vector; "cnn" divides it among its widths, "rnn" among its directions.
        dim: size of a byte's vector.
        widths: of the convolutions of "cnn".
        cell: of the recurrence of "rnn", see `sentiment_model`.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        spellings: (batch, time, letters) int32: bytes + 1, padded on the right with 0.

    Returns:
        (batch, time, units) float, with a mask that is false where there is no letter.

    Raises:
        ValueError: if `kind` is neither, or `units` cannot be divided.

    Source:
        Chiu and Nichols, Named entity recognition with bidirectional LSTM-CNNs, arXiv:1511.08308;
        Ling et al., Finding function in form, arXiv:1508.02096 (the recurrence);
        Gillick et al., Multilingual language processing from bytes, arXiv:1512.00103.

    Example:
        >>> CharEncoder("cnn", 8, widths=(2, 3))(keras.ops.ones((2, 5, 7), "int32")).shape
        TensorShape([2, 5, 8])
    """

    def __init__(self, kind="cnn", units=96, *, dim=32, widths=(2, 3, 4, 5), cell="lstm", **kwargs):
        super().__init__(**kwargs)
        if kind not in ("cnn", "rnn"):
            raise ValueError(f"CharEncoder: `kind` is 'cnn' or 'rnn', not {kind!r}.")
        parts = len(widths) if kind == "cnn" else 2
        if units < parts or units % parts:
            raise ValueError(f"CharEncoder: {units} `units` cannot be divided among {parts} equal parts.")
        if isinstance(cell, dict):  # read from a file: a class of somebody's own, by its registered name
            cell = keras.saving.get_registered_object(cell["registered_name"])
        self.kind, self.units, self.dim, self.widths, self.cell = kind, units, dim, tuple(widths), cell
        self.recurrent = None
        if kind == "rnn":
            self.recurrent = Recurrent(make_cell(cell, units // 2), bidirectional=True, name="letters")

    def build(self, spellings_shape):
        self.embeddings = self.add_weight(shape=(BYTES, self.dim), initializer="uniform", name="embeddings")
        if self.recurrent is not None:
            self.recurrent.build((None, spellings_shape[-1], self.dim))
            return
        filters = self.units // len(self.widths)
        self.kernels = [
            self.add_weight(shape=(width, self.dim, filters), initializer="glorot_uniform", name=f"kernel_{width}")
            for width in self.widths
        ]
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, spellings, training=False):
        batch, time, letters = [spellings.shape[i] or tf.shape(spellings)[i] for i in range(3)]
        words = tf.reshape(spellings, (-1, letters) if spellings.shape[0] is None else (batch * time, letters))
        if spellings.shape[0] is not None and spellings.shape[1] is not None:  # on a device: one short sentence
            vectors = self._read(words, training)
        else:
            chosen, place = _distinct(words)
            if self.recurrent is not None:  # XLA compiles for every number of words anew, so that there should be few
                chosen = tf.pad(chosen, [[0, bucket_size(tf.shape(chosen)[0]) - tf.shape(chosen)[0]]])
            vectors = tf.gather(self._read(tf.gather(words, chosen), training), place)
        return tf.reshape(vectors, (batch, time, self.units))

    def _read(self, words, training):
        """Vectors (words, units) for letters (words, letters)."""
        there = tf.cast(words != 0, self.compute_dtype)[:, :, None]
        letters = tf.gather(tf.convert_to_tensor(self.embeddings), words) * there
        if self.recurrent is not None:
            return tf.cast(self.recurrent(letters, mask=words != 0, training=training), self.compute_dtype)
        found = []
        for kernel in self.kernels:
            kernel = tf.cast(kernel, letters.dtype)
            found.append(tf.nn.conv1d(letters, kernel, stride=1, padding="SAME"))
        found = tf.nn.relu(tf.nn.bias_add(tf.concat(found, axis=-1), tf.cast(self.bias, letters.dtype)))
        return tf.reduce_max(found * there, axis=1)

    def compute_mask(self, spellings, mask=None):
        return ops.any(ops.not_equal(spellings, 0), axis=-1)

    def compute_output_shape(self, spellings_shape):
        return (*spellings_shape[:2], self.units)

    def get_config(self):
        cell = self.cell
        if not isinstance(cell, str):
            cell = {"registered_name": keras.saving.get_registered_name(cell)}
        own = {"kind": self.kind, "units": self.units, "dim": self.dim, "widths": list(self.widths), "cell": cell}
        return {**super().get_config(), **own}


def _distinct(words):
    """Rows that stand for all equal ones, and for each row the place of its own among them."""
    factors = 1 + 2 * tf.random.stateless_uniform(  # odd: two words share a key once in 2^64 times
        (tf.shape(words)[1],), seed=(1, 2), minval=-(2**61), maxval=2**61, dtype=tf.int64
    )
    keys = tf.reduce_sum(tf.cast(words, tf.int64) * factors, axis=1)
    keys, place = tf.unique(keys)
    rows = tf.range(tf.shape(words)[0])
    return tf.math.unsorted_segment_min(rows, place, tf.shape(keys)[0]), place
