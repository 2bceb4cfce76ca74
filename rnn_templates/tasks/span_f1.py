"""How well spans are found, while a model trains."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class SpanF1(keras.metrics.Metric):
    """F1 of whole spans: right is one whose first word, last word and type are right, as in the CoNLL evaluation.

        F1 = 2 right / (answered + true)

    Args:
        labels: names of the tags: "O", and "B-X", "I-X", "E-X", "S-X" for spans of type X.

    Example:
        >>> metric = SpanF1(["O", "B-CITY", "I-CITY"])
        >>> metric.update_state([[1, 2, 0]], [[1, 2, 0]], [[True, True, True]])
        >>> float(metric.result())
        1.0
    """

    def __init__(self, labels, name="span_f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.labels = list(labels)
        kinds = sorted({label[2:] for label in self.labels if label != "O"})
        self._type = np.array([-1 if label == "O" else kinds.index(label[2:]) for label in self.labels], np.int32)
        self._begins = np.array([label[:2] in ("B-", "S-") for label in self.labels])
        self._ends = np.array([label[:2] in ("E-", "S-") for label in self.labels])
        self.right, self.answered, self.true = [
            self.add_variable((), initializer="zeros", name=name) for name in ("right", "answered", "true")
        ]

    def update_state(self, y_true, y_pred, mask):
        """Counts the spans of a batch.

        Args:
            y_true, y_pred: (batch, time) int, numbers of tags.
            mask: (batch, time) bool, true for words.
        """
        mask = tf.cast(mask, tf.bool)
        (true, true_last), (answered, answered_last) = (self._spans(tags, mask) for tags in (y_true, y_pred))
        type_true, type_answered = tf.gather(self._type, y_true), tf.gather(self._type, y_pred)
        right = true & answered & (true_last == answered_last) & (type_true == type_answered)
        for total, found in ((self.right, right), (self.answered, answered), (self.true, true)):
            total.assign_add(tf.reduce_sum(tf.cast(found, total.dtype)))

    def _spans(self, tags, mask):
        """Where a span begins, and for each place where the span that it is in ends."""
        tags = tf.convert_to_tensor(tags)
        types = tf.where(mask, tf.gather(self._type, tags), -1)
        inside = types >= 0
        before = tf.pad(types[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
        closed = tf.pad(tf.gather(self._ends, tags)[:, :-1], ((0, 0), (1, 0)))
        begins = inside & (tf.gather(self._begins, tags) | (types != before) | closed)
        goes_on = tf.pad((inside & ~begins)[:, 1:], ((0, 0), (0, 1)))
        time = tf.shape(tags)[1]
        place = tf.where(inside & ~goes_on, tf.range(time)[None, :], time)
        last = -tf.scan(tf.maximum, tf.transpose(-place), reverse=True)
        return begins, tf.transpose(last)

    def result(self):
        return 2 * self.right / tf.maximum(self.answered + self.true, 1.0)

    def get_config(self):
        return {**super().get_config(), "labels": self.labels}
