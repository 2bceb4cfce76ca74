"""The learning rate over a training."""

import math

import keras


class CosineSchedule(keras.callbacks.Callback):
    """Warms the learning rate up in a line, then lets it fall to zero along half a cosine.

        lr_n = peak * n / warmup                                          n < warmup
        lr_n = peak / 2 * (1 + cos(pi (n - warmup) / (steps - warmup)))   after

    It depends on the optimizer's own count of steps alone, so that a resumed training goes on where it was.

    Args:
        peak: largest learning rate, positive.
        steps: training steps in all.
        warmup: steps of the warm-up; 0 for none.

    Source:
        Loshchilov and Hutter, SGDR, arXiv:1608.03983.

    Example:
        >>> CosineSchedule(1e-3, steps=100).rate(100)
        0.0
    """

    def __init__(self, peak, steps, warmup=0):
        super().__init__()
        self.peak = peak
        self.steps = steps
        self.warmup = warmup

    def rate(self, step):
        """Returns the learning rate of a step, counted from 0."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        done = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.peak / 2 * (1 + math.cos(math.pi * done))

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rate(int(self.model.optimizer.iterations))
