"""ImageArray without their light and shade: how much a pixel differs from those around it."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class LocalContrastNormalization(keras.layers.Layer):
    """Divides what stands out from its surroundings by how much there is around it.

        y = d / sqrt(mean(d^2) + floor^2),   d = x - mean(x),   means over a square window

    So a pale shape on a light ground has the same outline as a black one, and what was learned of one holds for the
    other.

    Args:
        window: height and width of the surroundings, in pixels, an odd integer of at least 3.
        floor: contrast that is taken for noise, in units of x, above 0.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, height, width, channels) float; each channel is treated by itself.

    Returns:
        The same shape.

    Raises:
        ValueError: if an argument is out of its range.

    Source:
        Jarrett et al., What is the best multi-stage architecture for object recognition?, ICCV 2009.

    Example:
        >>> LocalContrastNormalization()(keras.random.normal((2, 64, 64, 1))).shape
        TensorShape([2, 64, 64, 1])
    """

    def __init__(self, window=9, floor=0.05, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(window, int) or window < 3 or window % 2 == 0:
            raise ValueError(f"LocalContrastNormalization: `window` is an odd integer of at least 3, not {window!r}.")
        if not floor > 0:
            raise ValueError(f"LocalContrastNormalization: `floor` is a number above 0, not {floor!r}.")
        self.window = window
        self.floor = floor

    def call(self, x):
        difference = x - self._around(x)
        return difference * ops.rsqrt(self._around(ops.square(difference)) + self.floor**2)

    def _around(self, x):
        """The mean of the window; at the border, of the part of it that lies inside."""
        return ops.average_pool(x, self.window, 1, padding="same")

    def compute_output_shape(self, x_shape):
        return x_shape

    def get_config(self):
        return {**super().get_config(), "window": self.window, "floor": self.floor}
