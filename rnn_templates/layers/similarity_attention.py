"""Self-attention with sigmoid weights over cosine similarity."""

import keras
from keras import ops

from rnn_templates.utils.validation import check_sizes


@keras.saving.register_keras_serializable(package="rnn_templates")
class SimilarityAttention(keras.layers.Layer):
    """Self-attention with sigmoid weights over cosine similarity.

        u_j = Q x_j / |Q x_j|
        s_ij = sigmoid(scale u_i . u_j - offset)
        y_i = x_i + W (1 / sqrt(positions)) (sum over j of s_ij V x_j) + b

    Because the weights are not normalized, the sum grows with the number of similar positions, so that later layers can
    count.

    Args:
        units: int >= 1; size of the compared vectors and of the values.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Weights:
        query_kernel Q and value_kernel V, (features, units); output_kernel W, (units, features); bias b, (features,);
        and the scalars scale and offset.

    Call arguments:
        x: (batch, positions, features) float with a static number of positions.

    Returns:
        The same shape.

    Raises:
        ValueError: if `units` is not a positive integer, or the number of positions is not static.

    Source:
        Zhang et al., Learning to count objects in natural images for visual question answering, arXiv:1802.05766
        (normalized attention weights cannot count).

    Example:
        >>> from rnn_templates.layers.similarity_attention import SimilarityAttention
        >>> SimilarityAttention(32)(keras.ops.ones((2, 64, 160))).shape
        TensorShape([2, 64, 160])
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_sizes("SimilarityAttention", units=units)
        self.units = units

    def build(self, x_shape):
        _, positions, features = x_shape
        if positions is None:
            raise ValueError(f"{self.name}: `x` must have a static number of positions; received shape {x_shape}.")
        self.sum_factor = positions**-0.5
        self.query_kernel = self.add_weight(shape=(features, self.units), name="query_kernel")
        self.value_kernel = self.add_weight(shape=(features, self.units), name="value_kernel")
        self.output_kernel = self.add_weight(shape=(self.units, features), name="output_kernel")
        self.bias = self.add_weight(shape=(features,), initializer="zeros", name="bias")
        # Initially the weight of equal vectors is 1/2, and that of orthogonal ones nearly 0.
        self.scale = self.add_weight(shape=(), initializer=keras.initializers.Constant(8.0), name="scale")
        self.offset = self.add_weight(shape=(), initializer=keras.initializers.Constant(8.0), name="offset")

    def call(self, x):
        u = ops.matmul(x, self.query_kernel)
        u = u * ops.rsqrt(ops.sum(ops.square(u), axis=-1, keepdims=True) + 1e-6)
        similarity = ops.sigmoid(self.scale * ops.matmul(u, ops.transpose(u, (0, 2, 1))) - self.offset)
        total = self.sum_factor * ops.matmul(similarity, ops.matmul(x, self.value_kernel))
        return x + ops.matmul(total, self.output_kernel) + self.bias

    def compute_output_shape(self, x_shape):
        return x_shape

    def get_config(self):
        return {**super().get_config(), "units": self.units}
