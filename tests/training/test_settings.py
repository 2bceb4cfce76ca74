"""FitSettings: arguments that are out of range, and values that depend on the number of epochs."""

import math

import pytest

from rnn_templates.training.settings import FitSettings


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 0}, {"epochs": -1}, {"epochs": 1.5}, {"batch_size": 0}, {"patience": -1}, {"patience": 0},
        {"ema_decay": 1.0}, {"ema_decay": -0.1}, {"seed": -1}, {"learning_rate": -1e-3}, {"learning_rate": math.nan},
        {"schedule": "linear"}, {"schedule": "cosine"}, {"schedule": "warmup_stable_decay", "epochs": 3},
    ],
)  # fmt: skip
def test_an_argument_out_of_range_is_named(options):
    with pytest.raises(ValueError, match=rf"fit: `{next(iter(options))}.* received"):
        FitSettings.resolve("val_loss", **{"learning_rate": 1e-3, **options})


def test_patience_counts_steps_only_without_a_number_of_epochs():
    given = FitSettings.resolve("val_loss", learning_rate=1e-3, epochs=20)
    assert (given.patience_epochs(1), given.max_epochs(1), given.last_epoch(1), given.min_delta) == (3, 20, 20, 0.0)
    unknown = FitSettings.resolve("val_span_f1", learning_rate=1e-3)
    assert [unknown.patience_epochs(steps) for steps in (1, 100, 101, 5000)] == [300, 3, 3, 3]
    assert unknown.monitor == "val_span_f1" and unknown.max_epochs(5000) == 100 < unknown.last_epoch(5000)
    never = FitSettings.resolve("val_loss", learning_rate=1e-3, patience=None)
    assert never.patience_epochs(1) is None
