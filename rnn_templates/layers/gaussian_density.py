"""Distance of records from normal ones, under a Gaussian with shrinkage."""

import keras
import numpy as np
import tensorflow as tf

MAX_DEVIATION = 10.0  # standard deviations of a feature
DEFAULT_DEVIATION = 1.0  # of a feature that is constant in the training, such as an unknown category


@keras.saving.register_keras_serializable(package="rnn_templates")
class GaussianDensity(keras.layers.Layer):
    """Mahalanobis distance of records from the mean of normal ones.

        u = (sign(x) log(1 + |x|), one-hot of categories)
        z = clip((u - mean) / deviation, -10, 10)
        d = |W (z - mean_z)| / sqrt(features),   W^T W = ((1 - shrinkage) cov(z) + shrinkage I)^-1

    A category that the training does not have is a one-hot feature that is constant in it, so that it raises d.

    Args:
        num_numbers: non-negative int; columns of numbers.
        category_counts: sequence of ints; known categories of each column of categories.
        shrinkage: float in (0, 1]; weight of the identity matrix.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        numbers: (batch, num_numbers) float.
        categories: (batch, columns) int32; 0 is unknown.

    Returns:
        (batch,) float; about 1 for normal records.

    Weights:
        means, deviations (features,), centers (features,) and whitening (features, features), set by `adapt`.

    Source:
        Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, 2004.

    Example:
        >>> from rnn_templates.layers.gaussian_density import GaussianDensity
        >>> density = GaussianDensity(1, [2])
        >>> numbers, kinds = np.array([[1.0], [2.0], [3.0], [2.0]], "float32"), np.array([[1], [2], [1], [2]])
        >>> density.adapt(numbers, kinds)
        >>> far = density(tf.constant([[2.0], [90.0]]), tf.constant([[1], [0]]))
        >>> bool(far[1] > 3 * far[0])
        True
    """

    def __init__(self, num_numbers, category_counts, shrinkage=0.01, **kwargs):
        super().__init__(**kwargs)
        if not 0 < shrinkage <= 1:
            raise ValueError(f"GaussianDensity: `shrinkage` must be in (0, 1]; received {shrinkage!r}.")
        self.num_numbers, self.category_counts = num_numbers, [int(one) for one in category_counts]
        self.shrinkage = shrinkage
        size = num_numbers + sum(self.category_counts) + len(self.category_counts)
        for name, shape in (
            ("means", (size,)),
            ("deviations", (size,)),
            ("centers", (size,)),
            ("whitening", (size, size)),
        ):
            setattr(self, name, self.add_weight(shape=shape, initializer="ones", trainable=False, name=name))
        self.built = True

    def adapt(self, numbers, categories):
        """Sets the weights from normal records, in closed form.

        Args:
            numbers, categories: as in a call, at least two records.

        Raises:
            ValueError: if there are fewer records.
        """
        if len(numbers) < 2:
            raise ValueError(f"GaussianDensity: `adapt` must have at least two records; received {len(numbers)}.")
        features = self._features(tf.constant(numbers), tf.constant(categories)).numpy().astype(np.float64)
        means, deviations = features.mean(axis=0), features.std(axis=0)
        deviations = np.where(deviations > 1e-9, deviations, DEFAULT_DEVIATION)
        scaled = np.clip((features - means) / deviations, -MAX_DEVIATION, MAX_DEVIATION)
        covariance = np.atleast_2d(np.cov(scaled.T))
        covariance = (1 - self.shrinkage) * covariance + self.shrinkage * np.eye(len(covariance))
        values, vectors = np.linalg.eigh(covariance)
        self.means.assign(means)
        self.deviations.assign(deviations)
        self.centers.assign(scaled.mean(axis=0))
        self.whitening.assign(vectors / np.sqrt(values))

    def _features(self, numbers, categories):
        numbers = tf.cast(numbers, tf.float32)
        parts = [tf.sign(numbers) * tf.math.log(1.0 + tf.abs(numbers))]
        parts += [tf.one_hot(categories[:, i], count + 1) for i, count in enumerate(self.category_counts)]
        return tf.concat(parts, axis=1)

    def call(self, numbers, categories):
        scaled = (self._features(numbers, categories) - self.means) / self.deviations
        scaled = tf.minimum(tf.maximum(scaled, -MAX_DEVIATION), MAX_DEVIATION) - self.centers
        return tf.sqrt(tf.reduce_mean(tf.square(tf.matmul(scaled, self.whitening)), axis=1))

    def compute_output_shape(self, numbers_shape, categories_shape=None):
        return (numbers_shape[0],)

    def get_config(self):
        own = {"num_numbers": self.num_numbers, "category_counts": self.category_counts, "shrinkage": self.shrinkage}
        return {**super().get_config(), **own}
