"""Checkpoints from which an interrupted training is resumed."""

import json
import zipfile
import zlib
from pathlib import Path

import keras
import numpy as np

from rnn_templates.utils.atomic import atomic_write

DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError, zipfile.BadZipFile, zlib.error)
MAX_RATIO = 3
MAX_HISTORY_BYTES = 64 * 1024**2


class Checkpoint(keras.callbacks.Callback):
    """Writes the complete state of the training to one file at the end of every epoch.

    The file holds the weights, the states of the random generators, the optimizer, the states of other callbacks and
    the history. It is replaced atomically, so that a complete checkpoint exists at any time.
    `keras.callbacks.BackupAndRestore` does not save the state of other callbacks.

    Args:
        path: file to write, ending in `.npz`.
        settings: dict, serializable as JSON; what determines the weights of the training.
        stateful_callbacks: dict of name to callback with the methods `state()` and `restore(state)`.
        check: None, or function that is called with the settings in the file before the state is restored; raises an
            error if they are those of another training.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> checkpoint = Checkpoint("checkpoint.npz", {"epochs": 2}, {})
        >>> checkpoint.resume(model)
        0
        >>> history = model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=2, verbose=0, callbacks=[checkpoint])
        >>> Checkpoint("checkpoint.npz", {"epochs": 2}, {}).resume(model)
        2
    """

    def __init__(self, path, settings, stateful_callbacks, check=None):
        super().__init__()
        self.path = Path(path)
        self.settings = settings
        self.stateful_callbacks = stateful_callbacks
        self.check = check
        self.history = {}
        self.finished = False

    def resume(self, model):
        """Restores the state of the model and of the callbacks from the file, if it exists.

        Returns:
            The number of completed epochs; 0 without a file.

        Raises:
            ValueError: if the file is damaged, or belongs to another training.
        """
        if not self.path.exists():
            return 0
        model.optimizer.build(model.trainable_variables)
        variables = self._variables(model)
        try:
            arrays, meta = self._read(sum(variable.numpy().nbytes for variable in variables))
            settings, epochs_done = meta["settings"], int(meta["epochs_done"])
            self.history, self.finished = dict(meta["history"]), bool(meta["finished"])
        except (*DAMAGED, MemoryError, OSError) as error:
            raise self._damaged(error) from error
        if self.check:
            self.check(settings)
        try:
            for i, variable in enumerate(variables):
                variable.assign(arrays[f"variable{i}"])
            for name, callback in self.stateful_callbacks.items():
                prefix = f"{name}."
                callback.set_model(model)
                callback.restore({key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)})
        except DAMAGED as error:
            raise self._damaged(error) from error
        return epochs_done

    def _read(self, num_bytes):
        """The arrays of the file and its metadata; raises an error of `DAMAGED` if it is no complete checkpoint."""
        with zipfile.ZipFile(self.path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MAX_RATIO * num_bytes + MAX_HISTORY_BYTES:  # weights, average, best weights
            raise ValueError(f"it has {size:,} bytes, more than a checkpoint of this model")
        with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as saved:
            arrays = dict(saved)
        return arrays, json.loads(str(arrays.pop("meta")))

    def _damaged(self, error):
        return ValueError(
            f"{self.path} is not a complete checkpoint of this model ({error!s:.200}). "
            "Delete it, or train anew with `--no-resume` (in Python `resume=False`)."
        )

    @staticmethod
    def _variables(model):
        metrics = {id(variable) for variable in model.metrics_variables}
        variables = [variable for variable in model.variables if id(variable) not in metrics]
        return variables + list(model.optimizer.variables)

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        self._write(epoch + 1, finished=bool(self.model.stop_training))

    def _write(self, epochs_done, finished):
        meta = {
            "settings": self.settings,
            "epochs_done": epochs_done,
            "finished": finished,
            "history": self.history,
        }
        arrays = {f"variable{i}": variable.numpy() for i, variable in enumerate(self._variables(self.model))}
        for name, callback in self.stateful_callbacks.items():
            arrays.update({f"{name}.{key}": value for key, value in callback.state().items()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with atomic_write(self.path) as temporary:
                np.savez(temporary, meta=np.array(json.dumps(meta)), **arrays)
        except OSError as error:
            raise OSError(
                error.errno,
                f"The checkpoint of epoch {epochs_done} could not be written ({error.strerror}); the previous one is "
                "complete. Free disk space, then run the same command again to resume",
                str(self.path),
            ) from error
