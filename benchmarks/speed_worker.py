"""Times one case of one library: one call, in milliseconds, for every line of its input.

Each timed call follows one that is not timed, so that caches contain the data of this process, and a pause, in which
the threads of the other libraries stop waiting in a loop.

    python speed_worker.py LIBRARY '{"cell": "lstm", "task": "train", "batch": 64, ...}'

LIBRARY is ours, keras, torch, or products: the matrix products of a train step alone, a lower bound of its time.
"""

import json
import os
import sys
import time

THREADS = json.loads(sys.argv[2])["threads"]
os.environ.update({name: str(THREADS) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")})
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402  libraries read the number of threads when they are imported

VOCABULARY, FIT_STEPS = 10_000, 40
PAUSE = 0.02  # seconds
GATES = {"lstm": 4, "gru": 3, "vanilla": 1, "mingru": 2}


def prepare(library, case):
    """Returns a function without arguments that runs the case once and returns when it is done."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(case["batch"], case["steps"], case["features"])).astype("float32")
    lengths = rng.integers(case["steps"] // 3, case["steps"] + 1, case["batch"]) if case.get("masked") else None
    if library == "products":
        return products_case(case)
    if library == "torch":
        return torch_case(case, x, lengths)
    return keras_case(library, case, x, lengths)


def keras_layer(library, case, **options):
    import keras

    if library == "keras":
        layers = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "vanilla": keras.layers.SimpleRNN}
        return layers[case["cell"]](case["units"], **options)
    from rnn_templates.cells import make_cell
    from rnn_templates.layers.rnn.recurrent import Recurrent

    return Recurrent(make_cell(case["cell"], case["units"]), **options)


def keras_case(library, case, x, lengths):
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    keras.utils.set_random_seed(0)
    if case["task"] == "fit":
        return fit_case(library, case)
    layer = keras_layer(library, case, return_sequences=True)
    mask = None if lengths is None else tf.constant(np.arange(x.shape[1]) < lengths[:, None])
    inputs = tf.constant(x)
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
    return lambda: work(inputs)  # not asynchronous on a CPU


def fit_case(library, case):
    """Forty steps of Adam in `fit` on token ids: embedding, layer, one class a sequence. The time is that of a step."""
    import keras

    options = {} if not case.get("bidirectional") else {"bidirectional": True}
    if library == "keras" and options:
        layer = keras.layers.Bidirectional(keras_layer(library, case))
    else:
        layer = keras_layer(library, case, **options)
    model = keras.Sequential(
        [
            keras.Input((case["steps"],), dtype="int32"),
            keras.layers.Embedding(VOCABULARY, case["features"]),
            layer,
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    rng = np.random.default_rng(0)
    ids = rng.integers(1, VOCABULARY, (FIT_STEPS * case["batch"], case["steps"])).astype("int32")
    labels = rng.integers(0, 2, (len(ids), 1)).astype("float32")
    return lambda: model.fit(ids, labels, batch_size=case["batch"], epochs=1, verbose=0)


def torch_case(case, x, lengths):
    import torch

    torch.set_num_threads(THREADS)
    layer_class = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "vanilla": torch.nn.RNN}[case["cell"]]
    layer = layer_class(case["features"], case["units"], batch_first=True)
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


def products_case(case):
    """The matrix products alone: of inputs and kernel, and of states and recurrent kernel, with their two gradients."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    rows, width = case["batch"] * case["steps"], GATES[case["cell"]] * case["units"]
    recurrent = case["cell"] != "mingru"
    operands = []
    for size in (case["features"], *([case["units"]] if recurrent else [])):
        operands.append([tf.random.normal(shape) for shape in ((rows, size), (size, width), (rows, width))])

    @tf.function
    def products():
        results = []
        for x, kernel, d in operands:
            results.append(x @ kernel)
            if case["task"] == "train":
                results += [tf.matmul(d, kernel, transpose_b=True), tf.matmul(x, d, transpose_a=True)]
        return results

    return products


def main(library, case):
    """Prepares the case, warms up, and times a call for every line."""
    task = json.loads(case)["task"]
    work = prepare(library, json.loads(case))
    for _ in range(3):
        work()
    print("ready", flush=True)
    for _ in sys.stdin:
        if task != "fit":
            time.sleep(PAUSE)
            work()
        start = time.perf_counter()
        work()
        steps = FIT_STEPS if task == "fit" else 1
        print(1000 * (time.perf_counter() - start) / steps, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
