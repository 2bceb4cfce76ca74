"""What an encoder leaves for a decoder to read."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class KeyValueMemory(keras.layers.Layer):
    """Puts keys beside values, once for all steps of a decoder.

        k_j = v_j K,   memory_j = [v_j ; k_j]

    The memory has no Keras mask: a decoder is handed its mask as a tensor.

    Args:
        units: size of a key, a positive integer.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        values: (batch, places, size) float.

    Returns:
        (batch, places, size + units) float, for `CrossAttention`.

    Raises:
        ValueError: if `units` is not a positive integer.

    Source:
        Bahdanau et al., Neural machine translation by jointly learning to align and translate, arXiv:1409.0473.

    Example:
        >>> KeyValueMemory(4)(keras.ops.ones((2, 7, 6))).shape
        TensorShape([2, 7, 10])
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.units = checked_units(units)

    def build(self, values_shape):
        self.kernel = self.add_weight(shape=(values_shape[-1], self.units), initializer="glorot_uniform", name="kernel")

    def call(self, values):
        return tf.concat([values, tf.matmul(values, tf.convert_to_tensor(self.kernel))], axis=-1)

    def compute_mask(self, values, mask=None):
        return None

    def compute_output_shape(self, values_shape):
        return (*values_shape[:-1], values_shape[-1] + self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def checked_units(units):
    """Returns the size of a key; raises ValueError if it is not a positive integer."""
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        raise ValueError(f"The size of a key, `units`, is a positive integer, not {units!r}.")
    return units
