"""Loss functions of classifiers."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class ClassWeightedCrossentropy(keras.losses.Loss):
    """Cross-entropy on logits, with a weight per label.

        one label:    w_y * -log softmax(z)_y
        multi-label:  -(1/L) sum_l  w_l y_l log sigmoid(z_l) + (1 - y_l) log sigmoid(-z_l)

    Args:
        multi_label: bool; selects the formula.
        class_weights: None, or a list of one positive weight per label.
        **kwargs: `reduction` and the other arguments of `keras.losses.Loss`.

    Call arguments:
        y_true: (batch,) int class ids, or (batch, labels) multi-hot.
        y_pred: (batch, labels) float logits.

    Example:
        >>> from rnn_templates.tasks.losses import ClassWeightedCrossentropy
        >>> loss = ClassWeightedCrossentropy(class_weights=[1.0, 3.0])
        >>> round(float(loss([1], np.zeros((1, 2), np.float32))), 4)  # 3 log 2
        2.0794
    """

    def __init__(self, multi_label=False, class_weights=None, name="crossentropy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.multi_label = multi_label
        self.class_weights = None if class_weights is None else [float(weight) for weight in class_weights]

    def call(self, y_true, y_pred):
        if self.multi_label:
            weights = tf.constant(self.class_weights or 1.0, y_pred.dtype)
            losses = tf.nn.weighted_cross_entropy_with_logits(tf.cast(y_true, y_pred.dtype), y_pred, weights)
            return tf.reduce_mean(losses, axis=-1)
        y_true = tf.cast(tf.reshape(y_true, (-1,)), tf.int32)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, y_pred)
        return (
            losses * tf.gather(tf.constant(self.class_weights, losses.dtype), y_true) if self.class_weights else losses
        )

    def get_config(self):
        return {**super().get_config(), "multi_label": self.multi_label, "class_weights": self.class_weights}


def balanced_class_weights(targets, num_labels, max_weight=5.0):
    """Returns one weight per label that compensates for rare labels, for the builder's `class_weights`.

        one label:    min(max_weight, n / (labels * n_l))
        multi-label:  min(max_weight, sqrt(negatives_l / positives_l))

    Args:
        targets: (examples,) int class ids, or (examples, num_labels) multi-hot.
        num_labels: positive int; number of labels.
        max_weight: positive float; upper bound, so that a label with few examples does not dominate the training.

    Returns:
        A list of `num_labels` floats.

    Example:
        >>> from rnn_templates.tasks.losses import balanced_class_weights
        >>> balanced_class_weights([0, 0, 0, 1], 2)
        [0.6666666666666666, 2.0]
    """
    targets = np.asarray(targets)
    if targets.ndim == 2:
        positives = np.maximum(targets.sum(axis=0), 1)
        weights = np.sqrt((len(targets) - positives) / positives)
    else:
        counts = np.maximum(np.bincount(targets, minlength=num_labels), 1)
        weights = len(targets) / (num_labels * counts)
    return [float(weight) for weight in np.minimum(weights, max_weight)]
