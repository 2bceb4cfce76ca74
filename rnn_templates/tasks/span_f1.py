"""F1 score of spans, as a Keras metric."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class SpanF1(keras.metrics.Metric):
    """F1 score of spans, micro-averaged over types, as in the CoNLL evaluation.

        F1 = 2 true_positives / (predicted + actual)

    A span is a true positive if its first token, its last token and its type are those of a reference span. Invalid
    tag sequences are read as `conlleval` does: a span also begins at I-X after another type or O.

    Args:
        labels: list of str; names of the tags: "O", and "B-X", "I-X", "E-X", "S-X" for spans of type X.
        name: str; name of the metric.
        **kwargs: `dtype`.

    Example:
        >>> from rnn_templates.tasks.span_f1 import SpanF1
        >>> metric = SpanF1(["O", "B-CITY", "I-CITY"])
        >>> metric.update_state([[1, 2, 0]], [[1, 2, 0]], [[True, True, True]])
        >>> float(metric.result())
        1.0
    """

    def __init__(self, labels, name="span_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.labels = list(labels)
        types = sorted({label[2:] for label in self.labels if label != "O"})
        self._type_ids = np.array([-1 if label == "O" else types.index(label[2:]) for label in self.labels], np.int32)
        self._is_begin = np.array([label[:2] in ("B-", "S-") for label in self.labels])
        self._is_end = np.array([label[:2] in ("E-", "S-") for label in self.labels])
        self.true_positives, self.predicted, self.actual = [
            self.add_variable((), initializer="zeros", name=name) for name in ("true_positives", "predicted", "actual")
        ]

    def update_state(self, y_true, y_pred, mask):
        """Counts the spans of a batch.

        Args:
            y_true, y_pred: (batch, time) int; tag ids.
            mask: (batch, time) bool; False at padding.
        """
        mask = tf.cast(mask, tf.bool)
        (actual, actual_end), (predicted, predicted_end) = (self._spans(tags, mask) for tags in (y_true, y_pred))
        same_type = tf.gather(self._type_ids, y_true) == tf.gather(self._type_ids, y_pred)
        correct = actual & predicted & (actual_end == predicted_end) & same_type
        for total, starts in ((self.true_positives, correct), (self.predicted, predicted), (self.actual, actual)):
            total.assign_add(tf.reduce_sum(tf.cast(starts, total.dtype)))

    def _spans(self, tags, mask):
        """Returns (batch, time): whether a span begins at each position, and where the span at each position ends."""
        tags = tf.convert_to_tensor(tags)
        types = tf.where(mask, tf.gather(self._type_ids, tags), -1)
        inside = types >= 0
        previous = tf.pad(types[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
        closed = tf.pad(tf.gather(self._is_end, tags)[:, :-1], ((0, 0), (1, 0)))
        begins = inside & (tf.gather(self._is_begin, tags) | (types != previous) | closed)
        continues = tf.pad((inside & ~begins)[:, 1:], ((0, 0), (0, 1)))
        time = tf.shape(tags)[1]
        positions = tf.where(inside & ~continues, tf.range(time)[None, :], time)
        ends = -tf.scan(tf.maximum, tf.transpose(-positions), reverse=True)
        return begins, tf.transpose(ends)

    def result(self):
        return 2 * self.true_positives / tf.maximum(self.predicted + self.actual, 1.0)

    def get_config(self):
        return {**super().get_config(), "labels": self.labels}
