"""Learning-rate schedule."""

import keras
import tensorflow as tf


class WarmupCosine(keras.callbacks.Callback):
    """Linear warm-up of the learning rate, then cosine decay to zero.

        lr_n = peak (n + 1) / warmup                                              n < warmup
        lr_n = peak / 2 (1 + cos(pi (n + 1 - warmup) / (steps + 1 - warmup)))     after

    n is `optimizer.iterations`, so that a resumed training continues with the same learning rates. The optimizer keeps
    its learning-rate variable, unlike with `learning_rate=keras.optimizers.schedules.CosineDecay(...)`, after which it
    could not be trained with another schedule.

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

    def rate(self, step):
        """Returns the learning rate of a step (int from 0), a float."""
        return float(self._decay(step))

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        self._update = tf.function(lambda: optimizer.learning_rate.assign(self._decay(optimizer.iterations.value)))

    def on_train_batch_begin(self, batch, logs=None):
        self._update()
