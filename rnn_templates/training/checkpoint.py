"""A training that survives being killed."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np

from rnn_templates.utils.atomic import atomic_write


class Checkpoint(keras.callbacks.Callback):
    """Writes the whole state of a training at every epoch's end, and reads it back.

    One file holds weights, random-number states, the optimizer, the other callbacks and the history. It is written
    beside its place, flushed to the disk and then moved, so that there is always one that is whole.

    Args:
        path: file to write, ending in `.npz`.
        settings: dict of what must be equal for a resumed training to be the same training.
        parts: dict of callbacks with `state()` and `restore(state)`.

    Example:
        >>> checkpoint = Checkpoint("runs/a/checkpoint.npz", {"epochs": 8}, {})
        >>> first_epoch = checkpoint.resume(model)
    """

    def __init__(self, path, settings, parts):
        super().__init__()
        self.path = Path(path)
        self.settings = settings
        self.parts = parts
        self.history = {}
        self.finished = False

    def resume(self, model):
        """Puts the state back, if there is any.

        Returns:
            The number of epochs that are done already; 0 where nothing was saved.

        Raises:
            ValueError: if the file is damaged, or belongs to a training with other settings.
        """
        if not self.path.exists():
            return 0
        try:
            with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as saved:
                arrays = dict(saved)
            meta = json.loads(str(arrays.pop("meta")))
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            raise ValueError(f"{self.path} is not a whole checkpoint ({error}). Delete it to start again.") from error
        ours = json.loads(json.dumps(self.settings))
        changed = [key for key in ours if ours[key] != meta["settings"].get(key)]
        if changed:
            shown = "; ".join(f"{key} was {meta['settings'].get(key)}, is {ours[key]}"[:200] for key in changed)
            raise ValueError(
                f"{self.path.parent} holds a training with other settings ({shown}). "
                "Choose another directory, or start again with `resume=False` (`--restart`)."
            )
        model.optimizer.build(model.trainable_variables)
        for i, variable in enumerate(self._variables(model)):
            variable.assign(arrays[f"variable{i}"])
        for name, part in self.parts.items():
            prefix = f"{name}."
            part.set_model(model)
            part.restore({key[len(prefix) :]: value for key, value in arrays.items() if key.startswith(prefix)})
        self.history, self.finished = meta["history"], meta["finished"]
        return meta["epochs_done"]

    @staticmethod
    def _variables(model):
        metrics = {id(variable) for variable in model.metrics_variables}
        own = [variable for variable in model.variables if id(variable) not in metrics]
        return own + list(model.optimizer.variables)

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
        for name, part in self.parts.items():
            arrays.update({f"{name}.{key}": value for key, value in part.state().items()})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with atomic_write(self.path) as beside:
                np.savez(beside, meta=np.array(json.dumps(meta)), **arrays)
        except OSError as error:
            raise OSError(
                error.errno,
                f"The checkpoint of epoch {epochs_done} could not be written ({error.strerror}); the one before it is "
                "whole. Make room, then give the same command again to go on",
                str(self.path),
            ) from error
