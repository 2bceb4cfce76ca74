"""Local contrast normalization of images."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class LocalContrastNormalization(keras.layers.Layer):
    """Subtracts the local mean and divides by the local standard deviation.

        y = d / sqrt(mean(d^2) + epsilon^2),   d = x - mean(x),   means over a square window

    The output is nearly invariant to brightness and contrast, so that shapes have the same outlines on light and on
    dark backgrounds.

    Args:
        window: odd int >= 3; height and width of the window in pixels. At the border the means are over the part of the
            window inside the image.
        epsilon: float > 0; standard deviation, in units of x, below which differences count as noise.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, height, width, channels) float; channels are independent.

    Returns:
        The same shape.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Jarrett et al., What is the best multi-stage architecture for object recognition?, ICCV 2009.

    Example:
        >>> from rnn_templates.layers.local_contrast_normalization import LocalContrastNormalization
        >>> LocalContrastNormalization()(keras.random.normal((2, 64, 64, 1))).shape
        TensorShape([2, 64, 64, 1])
    """

    def __init__(self, window=9, epsilon=0.05, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(window, int) or window < 3 or window % 2 == 0:
            raise ValueError(
                f"LocalContrastNormalization: `window` must be an odd integer of at least 3; received {window!r}."
            )
        if not epsilon > 0:
            raise ValueError(f"LocalContrastNormalization: `epsilon` must be above 0; received {epsilon!r}.")
        self.window = window
        self.epsilon = epsilon

    def call(self, x):
        difference = x - self._local_mean(x)
        return difference * ops.rsqrt(self._local_mean(ops.square(difference)) + self.epsilon**2)

    def _local_mean(self, x):
        return ops.average_pool(x, self.window, 1, padding="same")

    def compute_output_shape(self, x_shape):
        return x_shape

    def get_config(self):
        return {**super().get_config(), "window": self.window, "epsilon": self.epsilon}
