"""Exponential moving average of the weights."""

import keras
import numpy as np
import tensorflow as tf


class EMAWeights(keras.callbacks.Callback):
    """Maintains an exponential moving average of the trainable weights, for validation and as the final weights.

        a <- d a + (1 - d) w,   d = min(decay, (1 + n) / (10 + n)) after n steps

    The decay d grows during the first steps, so that the average forgets the initial weights also in trainings of a few
    hundred steps. `use_ema=True` of Keras optimizers has a constant decay, with which such a training ends near its
    initial weights.

    Args:
        decay: float in [0, 1); upper bound of d.

    Source:
        Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> ema = EMAWeights(0.999)
        >>> history = model.fit(np.ones((4, 1)), np.zeros((4, 1)), verbose=0, callbacks=[ema])
        >>> bool(np.all(model.get_weights()[0] == ema.values()[0]))
        True
    """

    def __init__(self, decay=0.999):
        super().__init__()
        self.decay = decay
        self._averages = None
        self._steps = None
        self._training = False

    def on_train_begin(self, logs=None):
        self._build()
        self._training = True

    def _build(self):
        if self._averages is None:
            self._averages = [tf.Variable(variable.value) for variable in self.model.trainable_variables]
            self._steps = tf.Variable(0.0)
            self._update = tf.function(self._update_averages)

    def _update_averages(self):
        self._steps.assign_add(1.0)
        decay = tf.minimum(self.decay, (1.0 + self._steps) / (10.0 + self._steps))
        for average, variable in zip(self._averages, self.model.trainable_variables, strict=True):
            average.assign(tf.cast(decay, average.dtype) * (average - variable.value) + variable.value)

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
        self.assign_averages()

    def restart(self):
        """Starts a new average at the current weights of the model."""
        self._steps.assign(0.0)
        for average, variable in zip(self._averages, self.model.trainable_variables, strict=True):
            average.assign(variable)

    def assign_averages(self):
        """Assigns the averaged weights to the model."""
        for average, variable in zip(self._averages, self.model.trainable_variables, strict=True):
            variable.assign(average)

    def _swap(self):
        for average, variable in zip(self._averages, self.model.trainable_variables, strict=True):
            value = variable.numpy()
            variable.assign(average)
            average.assign(value)

    def values(self):
        """Returns the averaged trainable weights: a list of arrays."""
        return [average.numpy() for average in self._averages]

    def state(self):
        """Returns the state for a checkpoint: a dict of arrays."""
        return {"steps": self._steps.numpy(), **{f"average{i}": value for i, value in enumerate(self.values())}}

    def restore(self, state):
        """Restores the state that `state` returned."""
        self._build()
        self._steps.assign(np.float32(state["steps"]))
        for i, average in enumerate(self._averages):
            average.assign(state[f"average{i}"])
