"""What training makes small."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class ClassWeightedCrossentropy(keras.losses.Loss):
    """Cross-entropy on logits, in which every label may have a weight.

        one label:    w_y * -log softmax(z)_y
        multi-label:  -(1/L) sum_l  w_l y_l log sigmoid(z_l) + (1 - y_l) log sigmoid(-z_l)

    Args:
        multi_label: which of the two.
        class_weights: None, or one positive weight a label.
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


def balanced_class_weights(targets, num_labels, most=5.0):
    """Returns one weight a label that makes up for rare ones, for the builder's `class_weights`.

        one label:    n / (labels * n_l)
        multi-label:  sqrt(negatives_l / positives_l)

    Args:
        targets: int (texts,) class numbers, or multi-hot (texts, num_labels).
        num_labels: how many labels there are.
        most: no weight is larger, so that a label of three examples does not rule the training.

    Returns:
        A list of `num_labels` floats.

    Example:
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
    return [float(weight) for weight in np.minimum(weights, most)]
