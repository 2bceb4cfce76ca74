"""Folder of a training: its state, its card, and the files of the trained model."""

import shutil
from pathlib import Path

from rnn_templates.model_card import Card, versions
from rnn_templates.plots.learning_curve import plot_learning_curve
from rnn_templates.saving import save_model
from rnn_templates.training.fingerprint import differences, saved_config

INTERRUPTED = "interrupted"
RESTART = "Choose another folder, or train anew with `--no-resume` (in Python `resume=False`)."


class RunFolder:
    """Folder with the files of a training.

    Before the first epoch the card is written with `training.stopped` "interrupted", which stays if the training is
    interrupted. The checkpoint is deleted when the training is finished.

    Args:
        path: str or `Path`.
        fingerprint: dict, from `rnn_templates.training.fingerprint.fingerprint`.

    Example:
        >>> folder = RunFolder("runs/mine", {})
        >>> folder.finished_history(), folder.checkpoint.name
        (None, 'checkpoint.npz')
    """

    def __init__(self, path, fingerprint):
        self.path = Path(path)
        self.fingerprint = fingerprint
        self.checkpoint = self.path / "checkpoint.npz"
        self.model = self.path / "model.keras"

    def finished_history(self):
        """Returns the history of a finished training in the folder, or None.

        Raises:
            ValueError: if it was another training; the message names the differences.
        """
        facts = Card.load(self.path).facts
        training, old = facts.get("training"), facts.get("fingerprint")
        if not isinstance(training, dict) or not isinstance(old, dict) or self.checkpoint.exists():
            return None
        if training.get("stopped") in (None, INTERRUPTED) or not self.model.exists():
            return None
        self.check({**old, "model": saved_config(self.model)})
        return facts.get("history") or {}

    def check(self, old):
        """Raises ValueError if the fingerprint of the training in the folder is another one, naming the differences."""
        if changed := differences(old, self.fingerprint):
            raise ValueError(f"{self.path} holds a training with other settings: {'; '.join(changed)}. {RESTART}")

    def begin(self, num_bytes):
        """Removes temporary files of killed processes, and checks that the folder can be written.

        Args:
            num_bytes: int; expected size of the files.

        Raises:
            OSError: if the folder cannot be written, or the disk is full.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        for leftover in self.path.glob(".checkpoint-*"):
            leftover.unlink()
        free = shutil.disk_usage(self.path).free
        if free < num_bytes:
            raise OSError(
                f"{self.path}: {free / 1e6:,.0f} MB of the disk are free; the training writes about "
                f"{num_bytes / 1e6:,.0f} MB. Free disk space, or choose another folder."
            )
        card = Card.load(self.path)
        card.update(training={"stopped": INTERRUPTED})
        card.save(self.path)

    def finish(self, model, splits, history, entries):
        """Writes the model, its vocabulary, the learning curve and the card; deletes the checkpoint.

        Args:
            model: `rnn_templates.tasks.task.Task`, with its final weights.
            splits: `rnn_templates.data.splits.Splits`.
            history: dict of metric name to values.
            entries: dict; further entries of the card.
        """
        save_model(model, self.model)
        model.save_vocabulary(self.path)
        if history:
            plot_learning_curve(history, self.path / "learning_curve.png")
        rejected = getattr(splits, "rejected_rows", [])
        card = Card.load(self.path)
        for key in ("metrics", "parity", "input_statistics"):  # of another model that was in the folder
            card.facts.pop(key, None)
        card.update(
            template=model.name,
            data={
                "name": getattr(splits, "name", None),
                "sizes": getattr(splits, "sizes", None),
                "labels": list(model.labels) or None,
                "options": getattr(splits, "options", None) or None,
                "held_out": getattr(splits, "held_out", None) or None,
                "rejected_rows": len(rejected),
                "first_rejected": [f"{row.file}:{row.line}: {row.reason}" for row in rejected[:20]] or None,
            },
            history=history,
            versions=versions(),
            fingerprint={key: value for key, value in self.fingerprint.items() if key != "model"},
            **entries,
        )
        card.save(self.path)
        self.checkpoint.unlink(missing_ok=True)
