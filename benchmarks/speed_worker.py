"""One library, one case, in a process of its own: prepares it, then times one call for every line it is sent.

    python speed_worker.py LIBRARY '{"kind": "lstm", "task": "train", "batch": 64, ...}'

LIBRARY is ours, keras, torch or floor, the bare matrix products that a train step cannot do without.
"""

import json
import os
import sys
import time

THREADS = json.loads(sys.argv[2])["threads"]
os.environ.update({name: str(THREADS) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")})
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402  the threads are counted while libraries load

GATES = {"lstm": 4, "gru": 3, "vanilla": 1, "mingru": 2}


def prepare(library, case):
    """Returns a function without arguments that does the work once, and waits for it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(case["batch"], case["steps"], case["features"])).astype("float32")
    lengths = rng.integers(case["steps"] // 3, case["steps"] + 1, case["batch"]) if case.get("masked") else None
    if library == "floor":
        return floor(case)
    if library == "torch":
        return torch_case(case, x, lengths)
    return keras_case(library, case, x, lengths)


def keras_layer(library, case, **options):
    import keras

    if library == "keras":
        kinds = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "vanilla": keras.layers.SimpleRNN}
        return kinds[case["kind"]](case["units"], **options)
    from rnn_templates.cells import make_cell
    from rnn_templates.layers.rnn.recurrent import Recurrent

    return Recurrent(make_cell(case["kind"], case["units"]), **options)


def keras_case(library, case, x, lengths):
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    keras.utils.set_random_seed(0)
    layer = keras_layer(library, case, return_sequences=True)
    mask = None if lengths is None else tf.constant(np.arange(x.shape[1]) < lengths[:, None])
    inputs = tf.constant(x)
    if case["task"] == "fit":
        return fit_case(layer, x)
    layer(inputs)

    @tf.function
    def infer(inputs):
        return layer(inputs, mask=mask)

    @tf.function
    def train(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, mask=mask, training=True)
            loss = tf.reduce_sum(outputs * outputs)
        return tape.gradient(loss, [inputs, *(weight.value for weight in layer.trainable_variables)])

    work = infer if case["task"] == "infer" else train
    return lambda: work(inputs)  # returns when it is done: on a CPU functions are not asynchronous


def fit_case(layer, x):
    """Forty steps of Adam inside `fit`."""
    import keras

    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    model.compile("adam", "mse")
    many, targets = np.concatenate([x] * 40), np.zeros((40 * len(x), x.shape[1], 1), "float32")
    return lambda: model.fit(many, targets, batch_size=len(x), epochs=1, verbose=0)


def torch_case(case, x, lengths):
    import torch

    torch.set_num_threads(THREADS)
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "vanilla": torch.nn.RNN}[case["kind"]]
    layer = kind(case["features"], case["units"], batch_first=True)
    inputs = torch.tensor(x, requires_grad=case["task"] == "train")

    def run():
        if lengths is None:
            return layer(inputs)[0]
        packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        return torch.nn.utils.rnn.pad_packed_sequence(layer(packed)[0], batch_first=True)[0]

    def train():
        layer.zero_grad()
        inputs.grad = None
        outputs = run()
        (outputs * outputs).sum().backward()

    def infer():
        with torch.inference_mode():
            run()

    return train if case["task"] == "train" else infer


def floor(case):
    """The matrix products alone: three of x and kernel, three of h and recurrent kernel; two of them going forward."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    rows, width = case["batch"] * case["steps"], GATES[case["kind"]] * case["units"]
    recurrent = case["kind"] != "mingru"
    parts = []
    for size in (case["features"], *([case["units"]] if recurrent else [])):
        parts.append([tf.random.normal(shape) for shape in ((rows, size), (size, width), (rows, width))])

    @tf.function
    def products():
        answers = []
        for x, kernel, d in parts:
            answers.append(x @ kernel)
            if case["task"] == "train":
                answers += [tf.matmul(d, kernel, transpose_b=True), tf.matmul(x, d, transpose_a=True)]
        return answers

    return products


def main(library, case):
    work = prepare(library, json.loads(case))
    for _ in range(3):
        work()
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        work()
        print(1000 * (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
