"""The result of a trial of a hyperparameter search."""

from typing import NamedTuple


class Trial(NamedTuple):
    """A trial of the search.

    Args:
        id: str; number of the trial, as keras-tuner writes it; trial 0 has the defaults.
        status: str; "COMPLETED", "INVALID" or "FAILED".
        score: float or None; the lowest validation loss; None without one.
        hyperparameters: dict of flat argument name to value; `rnn_templates.utils.arguments.unflatten` converts it to
            arguments of the builder.
        best_epoch: int or None; the epoch of the lowest validation loss, from 1.
        seconds: float or None; duration of the trial.

    Example:
        >>> Trial("0", "COMPLETED", 0.31, {"units": 64}).score
        0.31
    """

    id: str
    status: str
    score: float | None
    hyperparameters: dict
    best_epoch: int | None = None
    seconds: float | None = None

    @property
    def is_default(self):
        """Whether the trial has the default values, a bool."""
        return int(self.id) == 0

    def describe(self, names=None):
        """Returns the settings on one line, such as "units 64, learning rate 0.002", a str.

        Args:
            names: sequence of str or None; the settings to name; None for all.
        """
        values = self.hyperparameters if names is None else {name: self.hyperparameters[name] for name in names}
        return ", ".join(f"{name.replace('_', ' ')} {format_value(value)}" for name, value in values.items())


def format_value(value):
    """Returns a setting with at most six significant digits, a str that the command line reads.

    Example:
        >>> format_value(0.30000000000000004), format_value("lstm"), format_value(64)
        ('0.3', 'lstm', '64')
    """
    return f"{value:.6g}" if isinstance(value, float) else str(value)
