"""EMAWeights: its formula, and validation on the averages."""

import keras
import numpy as np
import pytest

from rnn_templates.training.ema import EMAWeights


def linear_model():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def test_the_average_follows_its_formula():
    model = linear_model()
    expected = model.get_weights()[0].item()
    weights = []

    class Record(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            weights.append(model.get_weights()[0].item())

    callbacks = [Record(), EMAWeights(0.5)]
    model.fit(np.ones((6, 1)), np.zeros((6, 1)), batch_size=1, epochs=1, verbose=0, callbacks=callbacks)
    for n, value in enumerate(weights, start=1):
        decay = min(0.5, (1 + n) / (10 + n))
        expected = decay * expected + (1 - decay) * value
    assert model.get_weights()[0].item() == pytest.approx(expected, rel=1e-5)


def test_validation_runs_on_the_averages_and_training_continues_from_the_weights():
    model, ema, values = linear_model(), EMAWeights(0.9), {}
    x, y = np.ones((4, 1)), np.zeros((4, 1))

    class Record(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            values["validation"] = model.get_weights()[0].item()

        def on_epoch_end(self, epoch, logs=None):
            values["after"], values["average"] = model.get_weights()[0].item(), ema.values()[0].item()

    model.fit(x, y, epochs=1, verbose=0, validation_data=(x, y), callbacks=[ema, Record()])
    assert values["validation"] == values["average"] != values["after"]
