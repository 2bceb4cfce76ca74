"""Schedules: their formulas, and the learning rate of an optimizer."""

import math

import keras
import numpy as np
import pytest

from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.schedule import WarmupCosine, WarmupStableDecay


def expected_rate(step, steps, warmup):
    if step < warmup:
        return (step + 1) / warmup
    done = min(1.0, (step + 1 - warmup) / (steps + 1 - warmup))
    return (1 + math.cos(math.pi * done)) / 2


@pytest.mark.parametrize(("steps", "warmup"), [(110, 10), (110, 1), (12, 2), (1, 1)])
def test_the_rate_rises_linearly_to_its_peak_and_falls_to_zero(steps, warmup):
    schedule = WarmupCosine(1.0, steps=steps, warmup_steps=warmup)
    for step in range(steps + 5):
        assert schedule.rate(step) == pytest.approx(expected_rate(step, steps, warmup), abs=1e-6)
    assert schedule.rate(warmup - 1) == pytest.approx(1.0)
    assert schedule.rate(steps) == schedule.rate(5 * steps) == pytest.approx(0.0, abs=1e-6)


def test_the_rate_depends_on_the_iterations_of_the_optimizer_alone():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    rates = []

    class Record(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            rates.append(float(model.optimizer.learning_rate))

    for _ in range(2):  # the second call continues at iteration 4
        callbacks = [WarmupCosine(0.5, steps=8, warmup_steps=2), Record()]
        model.fit(np.ones((4, 1)), np.zeros((4, 1)), batch_size=1, verbose=0, callbacks=callbacks)
    assert rates == pytest.approx([0.5 * expected_rate(step, 8, 2) for step in range(8)])


def test_the_rate_is_constant_until_the_decay_from_the_best_weights():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    best = BestWeights("val_loss", patience=1)
    schedule = WarmupStableDecay(0.5, best, steps_per_epoch=4, max_epochs=9, warmup_steps=2)
    for callback in (best, schedule):
        callback.set_model(model)
    for epoch, loss in enumerate((3.0, 2.0, 1.0)):
        best.on_epoch_end(epoch, {"val_loss": loss})
        schedule.on_epoch_end(epoch)
    assert [schedule.rate(step) for step in (0, 1, 12, 10**6)] == [0.25, 0.5, 0.5, 0.5]
    weights = model.get_weights()
    model.set_weights([weight + 1 for weight in weights])
    model.optimizer.iterations.assign(16)
    best.on_epoch_end(3, {"val_loss": 1.5})
    schedule.on_epoch_end(3)
    assert (schedule.stopped, model.stop_training) == ("patience", False)
    np.testing.assert_array_equal(model.get_weights()[0], weights[0])
    assert [schedule.rate(step) for step in range(16, 21)] == pytest.approx([0.15, 0.1125, 0.075, 0.0375, 0.0])
    schedule.on_epoch_end(4)
    assert model.stop_training
