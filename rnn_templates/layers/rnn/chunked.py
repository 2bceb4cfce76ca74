"""Splits a long sequence into chunks that are processed in parallel."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_range

MAX_CHUNK_LENGTH = 16_384  # every batch is padded to a multiple of the chunk length


@keras.saving.register_keras_serializable(package="rnn_templates")
class Chunked(keras.layers.Wrapper):
    """Splits sequences into chunks of equal length and applies a layer to each.

    The chunks of one sequence become rows of the batch, so that a recurrence takes `chunk_length` sequential steps
    instead of `time`: shorter paths for the gradient, and more parallel work. The last chunk is padded.

    Args:
        layer: a layer from (batch, time, features) to (batch, time, size), such as a `Recurrent` with
            `return_sequences=True`.
        chunk_length: int from 1 to 16,384; steps in a chunk.

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None, or (batch, time) bool.

    Returns:
        (batch, time, size) float.

    Raises:
        ValueError: if `chunk_length` is out of range.

    Source:
        Johnson and Zhang, Supervised and semi-supervised text categorization using LSTM for region embeddings,
        arXiv:1602.02373 (chopping).

    Example:
        >>> layer = rt.Chunked(rt.Recurrent(rt.LSTMCell(8), return_sequences=True), chunk_length=50)
        >>> layer(np.ones((2, 130, 3), "float32")).shape
        TensorShape([2, 130, 8])
    """

    def __init__(self, layer, chunk_length, **kwargs):
        super().__init__(layer, **kwargs)
        check_range("Chunked", 1, MAX_CHUNK_LENGTH, chunk_length=chunk_length)
        self.supports_masking = True
        self.chunk_length = chunk_length

    def build(self, sequences_shape):
        if not self.layer.built:
            self.layer.build((None, self.chunk_length, sequences_shape[-1]))
        self.built = True

    def call(self, sequences, mask=None, training=False):
        time = sequences.shape[1] or tf.shape(sequences)[1]
        padding = -time % self.chunk_length
        chunks = self._to_chunks(tf.pad(sequences, ((0, 0), (0, padding), (0, 0))))
        if mask is not None:
            mask = self._to_chunks(tf.pad(mask, ((0, 0), (0, padding)))[:, :, None])[:, :, 0]
        outputs = self.layer(chunks, mask=mask, training=training)
        return tf.reshape(outputs, (-1, time + padding, outputs.shape[-1]))[:, :time]

    def _to_chunks(self, sequences):
        batch, time, features = sequences.shape
        rows = batch * time // self.chunk_length if batch and time else -1
        return tf.reshape(sequences, (rows, self.chunk_length, features))

    def compute_mask(self, sequences, mask=None):
        return mask

    def compute_output_shape(self, sequences_shape):
        inner = self.layer.compute_output_shape((None, self.chunk_length, sequences_shape[-1]))
        return (*sequences_shape[:2], inner[-1])

    def get_config(self):
        return {**super().get_config(), "chunk_length": self.chunk_length}
