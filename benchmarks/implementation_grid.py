"""Whether `implementation="auto"` chooses the faster implementation, on a grid of shapes, in alternating rounds.

    python benchmarks/implementation_grid.py [--threads 1] [--task train] [--only "B8 T20"]

Each row has the milliseconds of the XLA loop, of the while loop and of `keras.layers.LSTM`, minima of the rounds, and
the time of the choice of `auto` divided by that of the fastest. `make bench` runs it.
"""

import itertools
import os
import statistics
import time
from typing import Annotated

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import tensorflow as tf
import typer
from results import replace_table

import rnn_templates as rt

BATCHES, UNITS, STEPS = (1, 8, 32, 64, 256), (32, 128, 512), (20, 200)
ROUNDS, SECONDS = 15, 4.0  # rounds of a row; fewer, but at least three, if they take longer than this together
TOLERANCE = 1.05


def call(layer, x, task):
    """Returns a traced function without arguments that runs the layer once."""
    layer(x[:1, :1])
    weights = [weight.value for weight in layer.trainable_variables]

    @tf.function
    def infer():
        return layer(x)

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x, training=True) ** 2)
        return tape.gradient(loss, weights)

    return infer if task == "infer" else train


def measure(batch, steps, units, task):
    """Returns milliseconds of each round by implementation, and the choice of `auto`."""
    x = tf.random.normal((batch, steps, units), seed=1)
    layers = {name: rt.Recurrent(rt.LSTMCell(units), implementation=name) for name in ("xla", "while_loop")}
    layers["keras"] = keras.layers.LSTM(units)
    calls = {name: call(layer, x, task) for name, layer in layers.items()}
    for run in calls.values():
        run(), run()
    times, start = {name: [] for name in calls}, time.perf_counter()
    while len(times["keras"]) < 3 or (len(times["keras"]) < ROUNDS and time.perf_counter() - start < SECONDS):
        for name, run in calls.items():
            run()
            begin = time.perf_counter()
            run()
            times[name].append(1000 * (time.perf_counter() - begin))
    chosen = rt.Recurrent(rt.LSTMCell(units)).explain_implementation(steps, batch)
    return times, chosen.split(":")[0]


def main(
    threads: Annotated[int, typer.Option(help="Threads of TensorFlow.", min=1)] = 1,
    task: Annotated[str, typer.Option(help='"train" or "infer".')] = "train",
    only: Annotated[str, typer.Option(help="Shapes to measure, such as B8 T20; writes no table.")] = "",
):
    """Measures both implementations on the grid."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    lines = ["| shape | XLA ms | while loop ms | Keras ms | auto | auto / fastest |", "|---|---|---|---|---|---|"]
    slower = 0
    for batch, units, steps in itertools.product(BATCHES, UNITS, STEPS):
        shape = f"B{batch} T{steps} H{units}"
        if only not in shape:
            continue
        times, chosen = measure(batch, steps, units, task)
        least = {name: min(values) for name, values in times.items()}
        median = {name: statistics.median(values) for name, values in times.items()}
        ratio = least[chosen] / min(least.values())
        slower += ratio > TOLERANCE
        cells = [f"{least[name]:.2f} ({median[name]:.2f})" for name in times]
        lines.append(f"| {shape} | {' | '.join(cells)} | {chosen} | {ratio:.2f} |")
        print(lines[-1], flush=True)
        keras.backend.clear_session()
    print(f"{slower} shapes more than {TOLERANCE - 1:.0%} slower than the fastest")
    if not only:
        title = f"Minima (medians) of the rounds, threads: {threads}, task: {task}."
        replace_table(f"grid {threads} {task}", [title, "", *lines])


if __name__ == "__main__":
    typer.run(main)
