"""How many places of a picture are alike."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="rnn_templates")
class SimilarityAttention(keras.layers.Layer):
    """Tells every place of all those that are like it.

        u_j = K x_j / |K x_j|
        s_ij = sigmoid(a u_i . u_j - c)
        y_i = x_i + W (1 / sqrt(places)) (sum over j of s_ij V x_j) + b

    The weights s of a place do not sum to one, as those of attention do: five circles give a sum five times that of one
    circle, so that what reads a place knows how many there are of its kind. Whether two places are alike is asked
    without naming what they show, and so it is known of things that were never seen in training.

    Args:
        units: size of the vectors that are compared, and of those that are added up, a positive integer.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Weights:
        compared (features, units), added (features, units), kernel (units, features), bias (features,), and the
        scalars slope a and threshold c.

    Call arguments:
        x: (batch, places, features) float; the number of places is fixed.

    Returns:
        The same shape.

    Raises:
        ValueError: if `units` is not a positive integer, or the number of places is unknown.

    Source:
        Zhang et al., Learning to count objects in natural images for visual question answering, arXiv:1802.05766 (why
        weights that sum to one cannot count).

    Example:
        >>> SimilarityAttention(32)(keras.ops.ones((2, 64, 160))).shape
        TensorShape([2, 64, 160])
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"SimilarityAttention: `units` is a positive integer, not {units!r}.")
        self.units = units

    def build(self, x_shape):
        _, places, features = x_shape
        if places is None:
            raise ValueError(f"{self.name}: the number of places must be known, the input has shape {x_shape}.")
        self.scale = places**-0.5
        self.compared = self.add_weight(shape=(features, self.units), name="compared")
        self.added = self.add_weight(shape=(features, self.units), name="added")
        self.kernel = self.add_weight(shape=(self.units, features), name="kernel")
        self.bias = self.add_weight(shape=(features,), initializer="zeros", name="bias")
        # At the start what is the same counts half, and what has little in common not at all.
        self.slope = self.add_weight(shape=(), initializer=keras.initializers.Constant(8.0), name="slope")
        self.threshold = self.add_weight(shape=(), initializer=keras.initializers.Constant(8.0), name="threshold")

    def call(self, x):
        u = ops.matmul(x, self.compared)
        u = u * ops.rsqrt(ops.sum(ops.square(u), axis=-1, keepdims=True) + 1e-6)
        alike = ops.sigmoid(self.slope * ops.matmul(u, ops.transpose(u, (0, 2, 1))) - self.threshold)
        total = self.scale * ops.matmul(alike, ops.matmul(x, self.added))
        return x + ops.matmul(total, self.kernel) + self.bias

    def compute_output_shape(self, x_shape):
        return x_shape

    def get_config(self):
        return {**super().get_config(), "units": self.units}
