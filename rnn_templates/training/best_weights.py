"""Early stopping."""

import keras
import numpy as np


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the best epoch, stops when none was better for a while, and puts them back.

    Args:
        monitor: the figure that decides: a loss is best when small, every other one when large.
        patience: epochs to wait for a better one; None waits for ever.
        average: the `EMAWeights` whose weights are judged and kept, or None for the model's own.

    Example:
        >>> model.fit(x, y, validation_data=(v, w), callbacks=[BestWeights("val_accuracy", patience=2)])
    """

    def __init__(self, monitor="val_loss", patience=3, average=None):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.average = average
        self.best_epoch = -1
        self._best = None
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in (logs or {}):
            raise ValueError(f"There is no figure {self.monitor!r} to judge epochs by; there are {sorted(logs or {})}.")
        value = float(logs[self.monitor])
        if self._best is None or (value < self._best if "loss" in self.monitor else value > self._best):
            self._best, self.best_epoch = value, epoch
            trained = self.model.trainable_variables
            self._weights = self.average.values() if self.average else [weight.numpy() for weight in trained]
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        for weight, value in zip(self.model.trainable_variables, self._weights or [], strict=False):
            weight.assign(value)

    def state(self):
        """Returns what a resumed training needs, a dict of arrays."""
        if self._weights is None:
            return {}
        kept = {f"weight{i}": value for i, value in enumerate(self._weights)}
        return {"best": np.float64(self._best), "best_epoch": np.int64(self.best_epoch), **kept}

    def restore(self, state):
        """Continues from what `state` returned."""
        if state:
            self._best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
            self._weights = [state[f"weight{i}"] for i in range(len(state) - 2)]
