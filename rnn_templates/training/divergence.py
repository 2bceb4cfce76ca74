"""Detection of diverged training."""

import math

import keras


class TrainingDivergedError(ArithmeticError):
    """The loss is NaN or infinite.

    The message names epoch, batch and learning rate, and arguments to lower.

    Example:
        >>> raise TrainingDivergedError("The loss became nan in epoch 1, batch 3.")
        Traceback (most recent call last):
        rnn_templates.training.divergence.TrainingDivergedError: The loss became nan in epoch 1, batch 3.
    """


class StopOnDivergence(keras.callbacks.Callback):
    """Raises `TrainingDivergedError` after the first batch whose loss is not finite.

    `keras.callbacks.TerminateOnNaN` ends `fit` without an error, as if the training had succeeded.

    Raises:
        TrainingDivergedError: at the end of the batch.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> history = model.fit(np.ones((4, 1)), np.zeros((4, 1)), verbose=0, callbacks=[StopOnDivergence()])
    """

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            learning_rate = float(self.model.optimizer.learning_rate)
            raise TrainingDivergedError(
                f"The loss became {loss} in epoch {self._epoch + 1}, batch {batch + 1}, at learning rate "
                f"{learning_rate:.3g}. Lower `learning_rate` or `clip_norm`, and check pretrained vectors and weights "
                "for NaN or infinity."
            )
