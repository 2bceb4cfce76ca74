"""Averaged weights, which check_rejection_rate and answer better than the last ones."""

import keras
import numpy as np
import tensorflow as tf


class EMAWeights(keras.callbacks.Callback):
    """Keeps an exponential moving average of the weights; validation runs on it, and training ends with it.

        a <- d a + (1 - d) w,   d = min(decay, (1 + n) / (10 + n)) after n steps

    The growing d lets short trainings profit as well.

    Args:
        decay: in [0, 1).

    Source:
        Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992.

    Example:
        >>> model.fit(x, y, callbacks=[EMAWeights(0.999)])
    """

    def __init__(self, decay=0.999):
        super().__init__()
        self.decay = decay
        self._averages = None
        self._steps = None
        self._training = False

    def on_train_begin(self, logs=None):
        self._prepare()
        self._training = True

    def _prepare(self):
        if self._averages is None:
            self._averages = [tf.Variable(weight.value) for weight in self.model.trainable_variables]
            self._steps = tf.Variable(0.0)
            self._update = tf.function(self._update_eagerly)

    def _update_eagerly(self):
        self._steps.assign_add(1.0)
        decay = tf.minimum(self.decay, (1.0 + self._steps) / (10.0 + self._steps))
        for average, weight in zip(self._averages, self.model.trainable_variables, strict=True):
            average.assign(tf.cast(decay, average.dtype) * (average - weight.value) + weight.value)

    def on_train_batch_end(self, batch, logs=None):
        self._update()

    def on_test_begin(self, logs=None):
        if self._training:
            self._swap()

    def on_test_end(self, logs=None):
        if self._training:
            self._swap()

    def on_train_end(self, logs=None):
        self._training = False
        for average, weight in zip(self._averages, self.model.trainable_variables, strict=True):
            weight.assign(average)

    def _swap(self):
        for average, weight in zip(self._averages, self.model.trainable_variables, strict=True):
            value = weight.numpy()
            weight.assign(average)
            average.assign(value)

    def values(self):
        """Returns the averaged trainable weights, a list of arrays."""
        return [average.numpy() for average in self._averages]

    def state(self):
        """Returns what a resumed training needs, a dict of arrays."""
        return {"steps": self._steps.numpy(), **{f"average{i}": value for i, value in enumerate(self.values())}}

    def restore(self, state):
        """Continues from what `state` returned."""
        self._prepare()
        self._steps.assign(np.float32(state["steps"]))
        for i, average in enumerate(self._averages):
            average.assign(state[f"average{i}"])
