"""Linear part of a forecast, beside the recurrent one."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_sizes


@keras.saving.register_keras_serializable(package="rnn_templates")
class LinearForecast(keras.layers.Layer):
    """Adds a linear function of the last values to the point of a forecast.

        point <- point + A (x_{t-n+1..t} - x_t) / scale

    A repeats seasons that a recurrence would have to store in its state; it begins with zeros.

    Args:
        look_back: positive int; n, the number of values that are read.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        outputs: (batch, horizon, outputs) float; the point is the first output.
        values: (batch, time) float; time is at least n.
        scale: (batch, 1) float; positive.

    Returns:
        The shape of `outputs`.

    Weights:
        kernel (n, horizon).

    Source:
        Lai et al., Modeling long- and short-term temporal patterns with deep neural networks, arXiv:1703.07015 (the
        autoregressive component).

    Example:
        >>> from rnn_templates.layers.linear_forecast import LinearForecast
        >>> LinearForecast(look_back=3)(tf.zeros((2, 5, 4)), tf.ones((2, 6)), tf.ones((2, 1))).shape
        TensorShape([2, 5, 4])
    """

    def __init__(self, look_back, **kwargs):
        super().__init__(**kwargs)
        check_sizes("LinearForecast", look_back=look_back)
        self.look_back = look_back

    def build(self, outputs_shape, values_shape=None, scale_shape=None):
        self.kernel = self.add_weight(shape=(self.look_back, outputs_shape[1]), initializer="zeros", name="kernel")

    def call(self, outputs, values, scale):
        relative = (values[:, -self.look_back :] - values[:, -1:]) / scale
        point = outputs[:, :, :1] + tf.matmul(relative, tf.convert_to_tensor(self.kernel))[:, :, None]
        return tf.concat([point, outputs[:, :, 1:]], axis=-1)

    def compute_output_shape(self, outputs_shape, values_shape=None, scale_shape=None):
        return outputs_shape

    def get_config(self):
        return {**super().get_config(), "look_back": self.look_back}
