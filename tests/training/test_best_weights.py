"""BestWeights: without an epoch, and with averaged weights."""

import numpy as np
from support.trainings import build

from rnn_templates.training.best_weights import BestWeights


def test_without_an_epoch_the_model_is_unchanged():
    best = BestWeights()
    best.set_model(build())
    before = best.model.get_weights()
    best.restore_best()
    for expected, actual in zip(before, best.model.get_weights(), strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_a_restored_state_gives_back_the_weights_of_the_best_epoch():
    best, resumed, model = BestWeights("val_loss"), BestWeights("val_loss"), build()
    best.set_model(model)
    best.on_epoch_end(0, {"val_loss": 2.0})
    expected = [variable.numpy() for variable in model.trainable_variables]
    for variable in model.trainable_variables:
        variable.assign(variable + 1.0)
    best.on_epoch_end(1, {"val_loss": 3.0})
    resumed.set_model(model)
    resumed.restore(best.state())
    resumed.restore_best()
    assert resumed.best_epoch == 0
    for value, variable in zip(expected, model.trainable_variables, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_improvements_below_min_delta_count_for_patience_once_they_add_up():
    best = BestWeights("val_accuracy", patience=2, min_delta=0.1)
    best.set_model(build())
    best.model.stop_training = False
    for epoch, value in enumerate((0.5, 0.55, 0.62, 0.65)):
        best.on_epoch_end(epoch, {"val_accuracy": value})
        assert (best.best_epoch, best.model.stop_training) == (epoch, False)
    best.on_epoch_end(4, {"val_accuracy": 0.66})
    assert (best.best_epoch, best.model.stop_training) == (4, True)


def test_errors_are_better_when_lower_as_losses_are():
    for monitor, best_epoch in (("val_mse", 1), ("val_mae", 1), ("val_loss", 1), ("val_accuracy", 2)):
        best = BestWeights(monitor)
        best.set_model(build())
        for epoch, value in enumerate((0.5, 0.4, 0.6)):
            best.on_epoch_end(epoch, {monitor: value})
        assert best.best_epoch == best_epoch, monitor
