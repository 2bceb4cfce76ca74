"""Early stopping that keeps the weights of the best epoch."""

import keras
import numpy as np

LOWER_IS_BETTER = ("loss", "mse", "mae")


class BestWeights(keras.callbacks.Callback):
    """Keeps the trainable weights of the best epoch and stops after `patience` epochs without improvement.

    `keras.callbacks.EarlyStopping` resets its state at the start of `fit` and reads the weights of the model; this
    callback can be resumed from a checkpoint and can keep averaged weights.

    Args:
        monitor: str; key of the epoch's logs. Lower is better if it contains "loss", "mse" or "mae", else higher.
        patience: int or None; epochs without improvement before training stops; None never stops.
        min_delta: float of at least 0; smaller improvements do not count for `patience`, until they add up to it.
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

    def __init__(self, monitor="val_loss", patience=3, ema=None, min_delta=0.0):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.ema = ema
        self.min_delta = min_delta
        self.best_epoch = -1
        self._best = None
        self._reference = self._reference_epoch = None
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in (logs or {}):
            raise ValueError(f"`monitor` must be one of {sorted(logs or {})}; received {self.monitor!r}.")
        value = float(logs[self.monitor])
        if self._best is None or self._improvement(self._best, value) > 0:
            self._best, self.best_epoch = value, epoch
            trainable = self.model.trainable_variables
            self._weights = self.ema.values() if self.ema else [variable.numpy() for variable in trainable]
        if self._reference is None or self._improvement(self._reference, value) > self.min_delta:
            self._reference, self._reference_epoch = value, epoch
        elif self.is_exhausted(epoch):
            self.model.stop_training = True

    def _improvement(self, old, new):
        return old - new if any(name in self.monitor for name in LOWER_IS_BETTER) else new - old

    def is_exhausted(self, epoch):
        """Returns whether the metric has not improved for `patience` epochs before the end of an epoch (from 0)."""
        return self.patience is not None and epoch - self._reference_epoch >= self.patience

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
        reference = {"reference": np.float64(self._reference), "reference_epoch": np.int64(self._reference_epoch)}
        return {"best": np.float64(self._best), "best_epoch": np.int64(self.best_epoch), **reference, **weights}

    def restore(self, state):
        """Restores the state that `state` returned."""
        if state:
            self._best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
            self._weights = [state[f"weight{i}"] for i in range(len(state) - 4)]
            self._reference, self._reference_epoch = float(state["reference"]), int(state["reference_epoch"])
