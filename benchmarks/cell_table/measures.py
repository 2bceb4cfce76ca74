"""Measures of a cell: speed, parameters, streaming, and accuracy and export on the generated reviews."""

import statistics
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf

import rnn_templates as rt
from rnn_templates.cells import make_cell

UNITS, FEATURES, BATCH, STEPS, ROUNDS = 128, 128, 64, 100, 15
REVIEWS = {"units": 32, "embedding_dim": 32, "max_tokens": 60, "learning_rate": 5e-3}
REVIEW_EPOCHS = 4


def speeds(names):
    """Returns the train steps per second of each cell, divided by those of the LSTM of Keras.

    Args:
        names: list of str; names in `CELLS`. All are measured in turns, side by side; each timed step follows one that
            is not timed, so that caches contain its data.
    """
    x = tf.random.normal((BATCH, STEPS, FEATURES), seed=1)
    steps = {name: _train_step(rt.Recurrent(make_cell(name, UNITS), return_sequences=True), x) for name in names}
    steps["keras"] = _train_step(keras.layers.LSTM(UNITS, return_sequences=True), x)
    times = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            step()
            start = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {name: medians["keras"] / medians[name] for name in names}


def _train_step(layer, x):
    """A traced train step."""
    layer(x)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True) ** 2)
        return tape.gradient(loss, [weight.value for weight in layer.trainable_variables])

    step()
    return step


def parameters_per_unit(name):
    """Returns the number of weights of a layer, divided by its units."""
    layer = rt.Recurrent(make_cell(name, UNITS))
    layer.build((None, None, FEATURES))
    return layer.count_params() / UNITS


def streams(name):
    """Returns whether running step by step gives the outputs of the whole sequence."""
    x = np.random.default_rng(0).normal(size=(3, 20, 8)).astype("float32")
    layer, states = rt.Recurrent(make_cell(name, REVIEWS["units"]), return_sequences=True), None
    whole = layer(x).numpy()
    for t in range(x.shape[1]):
        output, states = layer.step(x[:, t], states)
        if np.abs(output - whole[:, t]).max() > 1e-5:
            return False
    return True


def on_reviews(name):
    """Returns accuracy on the generated reviews, changes in the int8 file, and whether its ops are built in.

    Args:
        name: str; name in `CELLS`.

    Returns:
        dict with "accuracy", "int8_difference" and "int8_change", floats, and "built_in", a bool.
    """
    keras.utils.set_random_seed(1)
    data = rt.load("reviews")
    vocabulary = rt.Vocabulary.from_texts(data.train, progress=False)
    model = rt.sentiment_model(vocabulary, data.labels, cell=name, **REVIEWS)
    rt.fit(model, data, epochs=REVIEW_EPOCHS, batch_size=64, ema_decay=0.99, progress=False)
    accuracy = rt.evaluate(model, data.test).accuracy
    with tempfile.TemporaryDirectory() as folder:
        parity = rt.export_model(model, f"{folder}/model", ("litert",), examples=data.test, max_examples=500)
    report = next(target for target in parity["targets"] if target["target"] == "model_int8.tflite")
    return {
        "accuracy": float(accuracy),
        "int8_difference": float(report["max_abs_difference"]),
        "int8_change": float(report["metric_change"]),
        "built_in": not [op for op in report["ops"] if op.startswith("CUSTOM")],
    }
