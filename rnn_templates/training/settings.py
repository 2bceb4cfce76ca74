"""Arguments of `fit`: checks, and defaults that depend on the model and on the number of epochs."""

import dataclasses
import math

from rnn_templates.training.schedule import decay_epochs
from rnn_templates.utils.validation import check_fractions, check_ints

SCHEDULES = ("cosine", "constant", "warmup_stable_decay")
MIN_PATIENCE_STEPS = 300
MIN_DELTA = 1e-3
MAX_EPOCHS = 100
MAX_STEPS = 10_000


@dataclasses.dataclass(frozen=True)
class FitSettings:
    """Settings of a training; two trainings with equal settings, data and model have equal weights.

    Args:
        epochs, batch_size, schedule, ema_decay, monitor, patience, seed: see `rnn_templates.fit`.
        learning_rate: float; of the optimizer.

    Example:
        >>> FitSettings.resolve("val_loss", learning_rate=1e-3, epochs=3).schedule
        'cosine'
        >>> settings = FitSettings.resolve("val_loss", learning_rate=1e-3)
        >>> settings.schedule, settings.patience_epochs(steps_per_epoch=50), settings.max_epochs(steps_per_epoch=50)
        ('warmup_stable_decay', 6, 200)
    """

    epochs: int | None
    batch_size: int
    schedule: str
    learning_rate: float
    ema_decay: float
    monitor: str
    patience: int | None
    seed: int

    @classmethod
    def resolve(
        cls,
        default_monitor,
        *,
        learning_rate,
        epochs=None,
        batch_size=32,
        schedule=None,
        ema_decay=0.999,
        monitor=None,
        patience=3,
        seed=1,
    ):
        """Returns the settings for the arguments of `fit`.

        Args:
            default_monitor: str; metric for `monitor=None`.
            learning_rate: float; of the optimizer.
            epochs, batch_size, schedule, ema_decay, monitor, patience, seed: see `rnn_templates.fit`.

        Raises:
            ValueError: naming the argument, if one is out of range.
        """
        check_ints("fit", batch_size=batch_size)
        check_ints("fit", minimum=0, seed=seed)
        check_fractions("fit", ema_decay=ema_decay)
        for name, value in (("epochs", epochs), ("patience", patience)):
            if value is not None:
                check_ints("fit", **{name: value})
        if not (math.isfinite(learning_rate) and learning_rate > 0):
            raise ValueError(f"fit: `learning_rate` must be a positive number; received {learning_rate!r}.")
        schedule = schedule or ("cosine" if epochs else "warmup_stable_decay")
        if schedule not in SCHEDULES:
            raise ValueError(f"fit: `schedule` must be one of {SCHEDULES}; received {schedule!r}.")
        if schedule == "cosine" and epochs is None:
            raise ValueError("fit: `schedule='cosine'` requires a number of `epochs`; received None.")
        if schedule == "warmup_stable_decay" and epochs is not None:
            raise ValueError(f"fit: `schedule='warmup_stable_decay'` requires `epochs=None`; received {epochs} epochs.")
        monitor = monitor or default_monitor
        return cls(epochs, batch_size, schedule, learning_rate, ema_decay, monitor, patience, seed)

    def patience_epochs(self, steps_per_epoch):
        """Returns the epochs without improvement after which training stops, an int; None for never."""
        if self.epochs is not None or self.patience is None:
            return self.patience
        return max(self.patience, math.ceil(MIN_PATIENCE_STEPS / steps_per_epoch))

    @property
    def min_delta(self):
        """Improvement of `monitor` below which an epoch counts for `patience`, a float."""
        return MIN_DELTA if self.epochs is None else 0.0

    def last_epoch(self, steps_per_epoch):
        """Returns the largest number of epochs, an int."""
        epochs = self.max_epochs(steps_per_epoch)
        return epochs + (decay_epochs(epochs) if self.schedule == "warmup_stable_decay" else 0)

    def max_epochs(self, steps_per_epoch):
        """Returns the largest number of epochs before the decay of the learning rate, an int."""
        return self.epochs or max(MAX_EPOCHS, math.ceil(MAX_STEPS / steps_per_epoch))
