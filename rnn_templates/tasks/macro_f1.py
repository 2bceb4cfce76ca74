"""Macro-averaged F1 score, as a Keras metric."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class MacroF1(keras.metrics.Metric):
    """Mean of the F1 scores of all labels that occur, each with the same weight.

        F1_l = 2 true_positives_l / (predicted_l + actual_l)

    A label that is neither predicted nor the target of an example is left out. `keras.metrics.F1Score` takes one-hot
    targets only, and counts such labels as 0.

    Args:
        num_labels: positive int.
        multi_label: bool; whether targets are multi-hot (batch, labels), and labels are predicted at logits above 0.
        name: str; name of the metric.
        **kwargs: `dtype`.

    Example:
        >>> from rnn_templates.tasks.macro_f1 import MacroF1
        >>> metric = MacroF1(2)
        >>> metric.update_state([0, 0, 0, 1], [[1.0, 0.0]] * 4)  # the first label for all
        >>> round(float(metric.result()), 4)  # the mean of 6/7 and 0
        0.4286
    """

    def __init__(self, num_labels, multi_label=False, name="macro_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_labels = num_labels
        self.multi_label = multi_label
        self.true_positives, self.occurrences = [
            self.add_variable((num_labels,), initializer="zeros", name=name)
            for name in ("true_positives", "occurrences")
        ]

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Counts the labels of a batch.

        Args:
            y_true: (batch,) int class ids, or (batch, labels) multi-hot.
            y_pred: (batch, labels) float logits.
            sample_weight: not used.
        """
        if self.multi_label:
            actual, predicted = tf.cast(y_true, self.dtype), tf.cast(y_pred > 0, self.dtype)
        else:
            actual, predicted = (
                tf.one_hot(tf.cast(ids, tf.int32), self.num_labels, dtype=self.dtype)
                for ids in (tf.reshape(y_true, (-1,)), tf.argmax(y_pred, axis=-1))
            )
        self.true_positives.assign_add(tf.reduce_sum(actual * predicted, axis=0))
        self.occurrences.assign_add(tf.reduce_sum(actual + predicted, axis=0))

    def result(self):
        scores = 2 * self.true_positives / tf.maximum(self.occurrences, 1.0)
        occurring = tf.reduce_sum(tf.cast(self.occurrences > 0, self.dtype))
        return tf.reduce_sum(scores) / tf.maximum(occurring, 1.0)

    def get_config(self):
        return {**super().get_config(), "num_labels": self.num_labels, "multi_label": self.multi_label}
