"""Training that has left the numbers."""

import math

import keras


class TrainingDivergedError(ArithmeticError):
    """The loss is not a number any more; the message says where, and what to try."""


class StopOnDivergence(keras.callbacks.Callback):
    """Ends training with `TrainingDivergedError` at the first batch whose loss is not finite.

    Example:
        >>> model.fit(x, y, callbacks=[StopOnDivergence()])
    """

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            rate = float(self.model.optimizer.learning_rate)
            raise TrainingDivergedError(
                f"The loss became {loss} in epoch {self._epoch + 1}, batch {batch + 1}, at learning rate {rate:.3g}. "
                "Lower `learning_rate` or `clip_norm`, and look for NaN or infinity in pretrained vectors and weights."
            )
