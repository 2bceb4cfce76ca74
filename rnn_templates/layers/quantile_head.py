"""Point forecast and monotone quantiles."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class QuantileHead(keras.layers.Layer):
    """Point forecast, and quantiles that increase from the median outward.

        q_m = point + z_m,   q_{m+i} = q_{m+i-1} + softplus(z_{m+i}),   q_{m-i} = q_{m-i+1} - softplus(z_{m-i})
        q_i <- max(q_i + c_i, q_{i-1})

    The gradient of the quantiles does not change the point. c is the conformal correction, zeros until `correct` sets
    it: with it the fraction of validation targets below each quantile is its probability.

    Args:
        quantiles: tuple of an odd number of increasing floats in (0, 1).
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        z: (batch, horizon, 1 + quantiles) float.

    Returns:
        The same shape: the point, then the quantiles.

    Weights:
        correction (horizon, quantiles), not trainable.

    Source:
        Romano et al., Conformalized quantile regression, arXiv:1905.03222.

    Example:
        >>> from rnn_templates.layers.quantile_head import QuantileHead
        >>> [round(float(one), 2) for one in QuantileHead((0.1, 0.5, 0.9))(tf.zeros((1, 1, 4)))[0, 0]]
        [0.0, -0.69, 0.0, 0.69]
    """

    def __init__(self, quantiles, **kwargs):
        super().__init__(**kwargs)
        self.quantiles = tuple(quantiles)
        if len(self.quantiles) % 2 == 0 or any(not 0 < one < 1 for one in self.quantiles):
            raise ValueError(
                f"QuantileHead: `quantiles` must be an odd number of floats in (0, 1); received {self.quantiles}."
            )

    def build(self, z_shape):
        shape = (z_shape[1], len(self.quantiles))
        self.correction = self.add_weight(shape=shape, initializer="zeros", trainable=False, name="correction")

    def call(self, z):
        return self._correct(self.raw(z))

    def raw(self, z):
        """Returns point and quantiles without the correction; arguments as in a call."""
        point, rest = z[:, :, :1], z[:, :, 1:]
        middle = len(self.quantiles) // 2
        median = tf.stop_gradient(point) + rest[:, :, middle : middle + 1]
        columns, steps = [median], tf.nn.softplus(rest)
        for index in range(middle - 1, -1, -1):
            columns.insert(0, columns[0] - steps[:, :, index : index + 1])
        for index in range(middle + 1, len(self.quantiles)):
            columns.append(columns[-1] + steps[:, :, index : index + 1])
        return tf.concat([point, *columns], axis=-1)

    def _correct(self, outputs):
        corrected = outputs[:, :, 1:] + tf.convert_to_tensor(self.correction)[None]
        columns = [corrected[:, :, :1]]
        for index in range(1, len(self.quantiles)):
            columns.append(tf.maximum(corrected[:, :, index : index + 1], columns[-1]))
        return tf.concat([outputs[:, :, :1], *columns], axis=-1)

    def compute_output_shape(self, z_shape):
        return z_shape

    def get_config(self):
        return {**super().get_config(), "quantiles": self.quantiles}
