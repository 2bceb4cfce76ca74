"""Adaptive softmax for large vocabularies."""

import itertools

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_ints


@keras.saving.register_keras_serializable(package="rnn_templates")
class AdaptiveSoftmax(keras.layers.Layer):
    """Log-probabilities of tokens in clusters by frequency; ids must be sorted by descending frequency.

        p(w) = softmax(W_0 x)_w                                 w among the first `cutoffs[0]` ids, the head
        p(w) = softmax(W_0 x)_{cluster i} softmax(W_i V_i x)_w   w in tail cluster i

    The projection V_i of tail cluster i (from 1) has features / reduction ** i units. `negative_log_likelihood`
    computes the scores of a tail cluster only for positions whose target is in it, which makes training cheaper than
    with a full softmax. Without cutoffs the layer is a full softmax.

    Args:
        vocabulary_size: positive int.
        cutoffs: increasing sequence of ints below `vocabulary_size`; the first id of each tail cluster.
        reduction: int of at least 1; ratio of the projection sizes of successive clusters; default 4.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        x: (batch, time, features) float.

    Returns:
        (batch, time, vocabulary_size) float; log-probabilities.

    Raises:
        ValueError: if the cutoffs do not increase, or are out of range.

    Source:
        Grave et al., Efficient softmax approximation for GPUs, arXiv:1609.04309.

    Example:
        >>> from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax
        >>> layer = AdaptiveSoftmax(100, cutoffs=(20, 50))
        >>> float(tf.reduce_sum(tf.exp(layer(np.ones((1, 1, 16), "float32")))).numpy().round(4))
        1.0
    """

    def __init__(self, vocabulary_size, cutoffs=(), reduction=4, **kwargs):
        super().__init__(**kwargs)
        check_ints("AdaptiveSoftmax", vocabulary_size=vocabulary_size, reduction=reduction)
        edges = [0, *cutoffs, vocabulary_size]
        if any(not isinstance(one, int) for one in edges) or sorted(set(edges)) != edges:
            raise ValueError(
                f"AdaptiveSoftmax: `cutoffs` must increase and be between 0 and {vocabulary_size}; received "
                f"{tuple(cutoffs)!r}."
            )
        self.vocabulary_size, self.cutoffs, self.reduction = vocabulary_size, tuple(cutoffs), reduction
        self.head_size = edges[1]
        self.clusters = list(itertools.pairwise(edges[1:]))

    def build(self, x_shape):
        features = x_shape[-1]
        self.head = self._dense("head", features, self.head_size + len(self.clusters))
        self.tails = []
        for number, (first, end) in enumerate(self.clusters, start=1):
            width = max(1, features // self.reduction**number)
            projection = self.add_weight(
                shape=(features, width), initializer="glorot_uniform", name=f"projection_{number}"
            )
            self.tails.append((projection, *self._dense(f"tail_{number}", width, end - first)))

    def _dense(self, name, features, size):
        kernel = self.add_weight(shape=(features, size), initializer="glorot_uniform", name=f"{name}_kernel")
        return kernel, self.add_weight(shape=(size,), initializer="zeros", name=f"{name}_bias")

    def _head_log_probs(self, x):
        return tf.nn.log_softmax(_affine(x, *self.head))

    def _tail_log_probs(self, x, number):
        projection, *dense = self.tails[number]
        return tf.nn.log_softmax(_affine(tf.matmul(x, tf.convert_to_tensor(projection)), *dense))

    def call(self, x):
        head = self._head_log_probs(x)
        parts = [head[..., : self.head_size]]
        for number in range(len(self.clusters)):
            cluster = head[..., self.head_size + number, None]
            parts.append(cluster + self._tail_log_probs(x, number))
        return tf.concat(parts, axis=-1)

    def negative_log_likelihood(self, x, targets):
        """Returns -log p of targets, without the scores of clusters that no target is in.

        Args:
            x: (batch, time, features) float.
            targets: (batch, time) int32.

        Returns:
            (batch, time) float.

        Example:
            >>> from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax
            >>> layer, x = AdaptiveSoftmax(100, cutoffs=(20, 50)), np.ones((1, 1, 16), "float32")
            >>> loss = -layer(x)[..., 60]
            >>> bool(np.allclose(layer.negative_log_likelihood(x, np.array([[60]])), loss, atol=1e-5))
            True
        """
        if not self.built:
            self.build(x.shape)
        x = tf.convert_to_tensor(x)
        shape = tf.shape(targets)
        rows, targets = tf.reshape(x, (-1, x.shape[-1])), tf.reshape(tf.cast(targets, tf.int32), (-1,))
        entries = targets
        for number, (first, _) in enumerate(self.clusters):
            entries = tf.where(targets >= first, self.head_size + number, entries)
        losses = -tf.gather(self._head_log_probs(rows), entries, batch_dims=1)
        for number, (first, end) in enumerate(self.clusters):
            places = tf.where((targets >= first) & (targets < end))[:, 0]
            log_probs = self._tail_log_probs(tf.gather(rows, places), number)
            tail = tf.gather(log_probs, tf.gather(targets, places) - first, batch_dims=1)
            losses = tf.tensor_scatter_nd_sub(losses, places[:, None], tail)
        return tf.reshape(losses, shape)

    def compute_mask(self, x, mask=None):
        return mask

    def compute_output_shape(self, x_shape):
        return (*x_shape[:-1], self.vocabulary_size)

    def get_config(self):
        options = {name: getattr(self, name) for name in ("vocabulary_size", "cutoffs", "reduction")}
        return {**super().get_config(), **options}


def _affine(x, kernel, bias):
    return tf.nn.bias_add(tf.matmul(x, tf.convert_to_tensor(kernel)), tf.convert_to_tensor(bias))
