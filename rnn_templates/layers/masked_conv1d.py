"""Convolution over time that ignores padding."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class MaskedConv1D(keras.layers.Layer):
    """1D convolution with ReLU that zeroes padding and keeps the mask.

        y_t = relu(sum_j W_j x_{t+j} + b),   j from -(width - 1) / 2 to (width - 1) / 2,   x = 0 outside and at padding

    `keras.layers.Conv1D` drops the mask and reads padded steps, so that its outputs depend on the padding.

    Args:
        filters: int; number of output features.
        width: odd int >= 1; kernel size in steps.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: (batch, time, features) float.
        mask: None or (batch, time) bool.

    Returns:
        (batch, time, filters) float.

    Raises:
        ValueError: if `width` is not odd and positive.

    Example:
        >>> from rnn_templates.layers.masked_conv1d import MaskedConv1D
        >>> MaskedConv1D(8)(keras.ops.ones((2, 5, 3))).shape
        TensorShape([2, 5, 8])
    """

    def __init__(self, filters, width=3, **kwargs):
        super().__init__(**kwargs)
        if width < 1 or width % 2 == 0:
            raise ValueError(f"MaskedConv1D: `width` must be odd and positive; received {width!r}.")
        self.supports_masking = True
        self.filters = filters
        self.width = width

    def build(self, sequences_shape):
        shape = (self.width, sequences_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, sequences, mask=None):
        if mask is not None:
            sequences = sequences * tf.cast(mask, sequences.dtype)[:, :, None]
        kernel = tf.cast(self.kernel, sequences.dtype)
        return tf.nn.relu(tf.nn.conv1d(sequences, kernel, stride=1, padding="SAME") + self.bias)

    def compute_mask(self, sequences, mask=None):
        return mask

    def compute_output_shape(self, sequences_shape):
        return (*sequences_shape[:-1], self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "width": self.width}
