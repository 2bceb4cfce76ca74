"""Learning-rate schedules."""

import math

import keras
import numpy as np
import tensorflow as tf

WARMUP_STEPS = 20
DECAY_FRACTION = 0.2
DECAY_START = 0.3


class Schedule(keras.callbacks.Callback):
    """Sets the learning rate before every step; base class.

    The rate is a function of `optimizer.iterations`, so that a resumed training continues with the same learning rates.
    The optimizer keeps its learning-rate variable, unlike with
    `learning_rate=keras.optimizers.schedules.CosineDecay(...)`, after which it could not be trained with another
    schedule.

    Example:
        >>> class Halved(Schedule):
        ...     def rate_tensor(self, step):
        ...         return 0.5 ** tf.cast(step, tf.float32)
        >>> Halved().rate(2)
        0.25
    """

    def rate_tensor(self, step):
        """Returns the learning rate of a step, an integer tensor from 0, as a float32 tensor."""
        raise NotImplementedError(f"{type(self).__name__} must implement `rate_tensor`.")

    def rate(self, step):
        """Returns the learning rate of a step (int from 0), a float."""
        return float(self.rate_tensor(step))

    def state(self):
        """Returns the state for a checkpoint: a dict of arrays, empty by default."""
        return {}

    def restore(self, state):
        """Restores the state that `state` returned."""

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        self._update = tf.function(lambda: optimizer.learning_rate.assign(self.rate_tensor(optimizer.iterations.value)))

    def on_train_batch_begin(self, batch, logs=None):
        self._update()


class WarmupCosine(Schedule):
    """Linear warm-up of the learning rate, then cosine decay to zero.

        lr_n = peak (n + 1) / warmup                                              n < warmup
        lr_n = peak / 2 (1 + cos(pi (n + 1 - warmup) / (steps + 1 - warmup)))     after

    n is `optimizer.iterations`.

    Args:
        peak_learning_rate: positive float; the largest learning rate.
        steps: positive int; number of training steps, after which the learning rate is zero.
        warmup_steps: int of at least 1, at most `steps`, or None; steps of the warm-up; None for 2 % of `steps`.

    Source:
        Loshchilov and Hutter, SGDR, arXiv:1608.03983.

    Example:
        >>> schedule = WarmupCosine(1e-3, steps=100, warmup_steps=10)
        >>> [round(schedule.rate(step), 6) for step in (0, 9, 100)]
        [0.0001, 0.001, 0.0]
    """

    def __init__(self, peak_learning_rate, steps, warmup_steps=None):
        super().__init__()
        warmup_steps = warmup_steps or max(1, steps // 50)
        self._decay = keras.optimizers.schedules.CosineDecay(
            peak_learning_rate / warmup_steps if warmup_steps > 1 else peak_learning_rate,
            decay_steps=max(1, steps + 1 - warmup_steps),
            warmup_target=peak_learning_rate if warmup_steps > 1 else None,
            warmup_steps=warmup_steps - 1,
        )

    def rate_tensor(self, step):
        return self._decay(step)


class WarmupStableDecay(Schedule):
    """Linear warm-up, a constant rate until `BestWeights` stops the training, then linear decay to zero.

        lr_n = peak (n + 1) / warmup          n < warmup
        lr_n = peak                           until the training is to stop, at step s
        lr_n = 0.3 peak (1 - (n - s) / steps) after

    The number of steps is not needed in advance. The decay starts from the weights of the best epoch, and takes a fifth
    of the epochs up to that one. It starts below the peak, because the weights are averages, which the peak would undo.

    Args:
        peak_learning_rate: positive float; the largest learning rate.
        best: `BestWeights`; precedes the schedule in the list of callbacks.
        ema: `EMAWeights` or None; restarted where the decay starts.
        steps_per_epoch: positive int.
        max_epochs: positive int; number of epochs after which the decay starts if `best` has not stopped the training.
        warmup_steps: positive int.

    Attributes:
        stopped: None, or the reason of the decay: "patience" or "epochs".

    Source:
        Hägele et al., Scaling laws and compute-optimal training beyond fixed training durations, arXiv:2405.18392.

    Example:
        >>> from rnn_templates.training.best_weights import BestWeights
        >>> schedule = WarmupStableDecay(1e-3, BestWeights(), steps_per_epoch=50, max_epochs=9, warmup_steps=10)
        >>> [round(schedule.rate(step), 6) for step in (0, 9, 1000)]
        [0.0001, 0.001, 0.001]
    """

    def __init__(self, peak_learning_rate, best, ema=None, *, steps_per_epoch, max_epochs, warmup_steps=WARMUP_STEPS):
        super().__init__()
        self.peak = peak_learning_rate
        self.best = best
        self.ema = ema
        self.steps_per_epoch = steps_per_epoch
        self.max_epochs = max_epochs
        self.warmup_steps = warmup_steps
        self.stopped = None
        self._last_epoch = -1
        self._start, self._steps = tf.Variable(np.iinfo(np.int64).max), tf.Variable(1, dtype=tf.int64)

    def rate_tensor(self, step):
        step = tf.cast(step, tf.int64)
        warmup = tf.minimum((step + 1) / self.warmup_steps, 1.0)
        decay = DECAY_START * tf.maximum(1 - (step - self._start) / self._steps, 0.0)
        return tf.cast(self.peak * tf.where(step < self._start, warmup, decay), tf.float32)

    def on_epoch_end(self, epoch, logs=None):
        if self.stopped:
            self.model.stop_training = epoch >= self._last_epoch
        elif self.model.stop_training or epoch + 1 >= self.max_epochs:
            self.stopped = "patience" if self.model.stop_training else "epochs"
            self.model.stop_training = False
            self._start_decay(epoch)

    def _start_decay(self, epoch):
        self.best.restore_best()
        if self.ema:
            self.ema.restart()
        epochs = decay_epochs(self.best.best_epoch + 1)
        self._last_epoch = epoch + epochs
        self._start.assign(int(self.model.optimizer.iterations))
        self._steps.assign(epochs * self.steps_per_epoch)

    def remark(self, epoch):
        """Returns a sentence for the log after an epoch (int from 0), or None."""
        epochs = decay_epochs(self.best.best_epoch + 1)
        if not self.stopped or self._last_epoch != epoch + epochs:
            return None
        reason = f"{self.best.monitor} has not improved since epoch {self.best.best_epoch + 1}"
        if self.stopped == "epochs":
            reason = f"the limit of {self.max_epochs} epochs is reached"
        return f"{reason}: the learning rate decays to zero in {epochs} more, from the best weights"

    def state(self):
        if not self.stopped:
            return {}
        steps = {"start": self._start.numpy(), "steps": self._steps.numpy()}
        return {"stopped": np.array(self.stopped), "last_epoch": np.int64(self._last_epoch), **steps}

    def restore(self, state):
        if state:
            self.stopped, self._last_epoch = str(state["stopped"]), int(state["last_epoch"])
            self._start.assign(int(state["start"]))
            self._steps.assign(int(state["steps"]))


def decay_epochs(epochs):
    """Returns the number of epochs of the decay after a constant rate for some number of epochs.

    Example:
        >>> [decay_epochs(epochs) for epochs in (1, 10, 11)]
        [1, 2, 3]
    """
    return math.ceil(DECAY_FRACTION * epochs)
