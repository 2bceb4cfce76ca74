"""Early stopping that keeps the weights of the best epoch."""

import keras
import numpy as np


class BestWeights(keras.callbacks.Callback):
    """Keeps the trainable weights of the best epoch and stops after `patience` epochs without improvement.

    `keras.callbacks.EarlyStopping` resets its state at the start of `fit` and reads the weights of the model; this
    callback can be resumed from a checkpoint and can keep averaged weights.

    Args:
        monitor: str; key of the epoch's logs. Lower is better if it contains "loss", higher is better otherwise.
        patience: int or None; epochs without improvement before training stops; None never stops.
        ema: `EMAWeights` or None; source of the weights that are kept; None keeps the weights of the model.

    Raises:
        ValueError: at the end of an epoch, if the logs have no key `monitor`.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> x, y = np.ones((4, 1)), np.zeros((4, 1))
        >>> best = BestWeights("val_loss", patience=2)
        >>> history = model.fit(x, y, validation_data=(x, y), epochs=3, verbose=0, callbacks=[best])
        >>> best.restore_best()
        >>> best.best_epoch
        2
    """

    def __init__(self, monitor="val_loss", patience=3, ema=None):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.ema = ema
        self.best_epoch = -1
        self._best = None
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in (logs or {}):
            raise ValueError(f"`monitor` must be one of {sorted(logs or {})}; received {self.monitor!r}.")
        value = float(logs[self.monitor])
        if self._best is None or (value < self._best if "loss" in self.monitor else value > self._best):
            self._best, self.best_epoch = value, epoch
            trainable = self.model.trainable_variables
            self._weights = self.ema.values() if self.ema else [variable.numpy() for variable in trainable]
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def restore_best(self):
        """Assigns the weights of the best epoch to the model; does nothing before the first epoch has ended."""
        if self._weights is not None:
            for variable, value in zip(self.model.trainable_variables, self._weights, strict=True):
                variable.assign(value)

    def state(self):
        """Returns the state for a checkpoint: a dict of arrays."""
        if self._weights is None:
            return {}
        weights = {f"weight{i}": value for i, value in enumerate(self._weights)}
        return {"best": np.float64(self._best), "best_epoch": np.int64(self.best_epoch), **weights}

    def restore(self, state):
        """Restores the state that `state` returned."""
        if state:
            self._best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
            self._weights = [state[f"weight{i}"] for i in range(len(state) - 2)]
