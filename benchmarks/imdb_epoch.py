"""Time of an epoch over the IMDb reviews: ours, Keras padded to 1,000 words, and PyTorch with packed sequences.

    python benchmarks/imdb_epoch.py TRAIN [--torch PYTHON] [--threads 1]

All train the same one-layer bidirectional LSTM of 64 units on an embedding of 128, with Adam and batches of 64, each in
a process of its own, with one thread, two threads and all cores. Two epochs of each; the first includes tracing and
compilation. `make bench` runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Annotated

try:
    import typer
    from results import replace_table
    from speed import default_threads
except ImportError:  # the worker with PyTorch does not need them
    typer = None

WORDS, LENGTH, BATCH, UNITS, DIM, EPOCHS = 20000, 1000, 64, 64, 128, 2
FRACTION = 8  # PyTorch is slow: it runs an eighth of an epoch, a random sample, and its time is multiplied by eight


def ours(data):
    """Returns seconds of every epoch of this package."""
    import keras
    import numpy as np

    from rnn_templates.layers.rnn.recurrent import Recurrent
    from rnn_templates.preprocessing.text.vocabulary import Vocabulary
    from rnn_templates.tasks.components import ClassifierRegularization
    from rnn_templates.templates.sentiment.builder import sentiment_model

    keras.utils.set_random_seed(1)
    plain = {"dropout": 0.0, "regularization": ClassifierRegularization(), "pooling": "last", "max_tokens": LENGTH}
    vocabulary = Vocabulary(json.loads(data["tokens"].tobytes().decode())[2:])
    model = sentiment_model(vocabulary, ["0", "1"], units=UNITS, embedding_dim=DIM, **plain)
    texts = np.array(json.loads(data["texts"].tobytes().decode()), dtype=object)
    batches = model.make_batches(texts, data["y"], batch_size=BATCH, shuffle=True)
    recurrent = next(layer for layer in model.network.layers if isinstance(layer, Recurrent))
    print(recurrent.explain_implementation(), file=sys.stderr)
    return timed(model, batches)


def timed(model, x, y=None):
    """Fits a Keras model; returns seconds of every epoch."""
    import keras

    class Clock(keras.callbacks.Callback):
        seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(time.perf_counter() - self.start)

    model.fit(x, y, batch_size=BATCH if y is not None else None, epochs=EPOCHS, verbose=0, callbacks=[Clock()])
    return Clock.seconds


def keras_padded(data):
    """Returns seconds of every epoch of Keras."""
    import keras

    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(WORDS, DIM),
            layers.Bidirectional(layers.LSTM(UNITS)),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return timed(model, keras.utils.pad_sequences(rows(data), maxlen=LENGTH), data["y"])


def rows(data):
    """Returns the ids of each review."""
    import numpy as np

    return np.split(data["ids"], np.cumsum(data["lengths"])[:-1])


def torch_packed(data):
    """Returns seconds of every epoch of PyTorch."""
    import torch

    torch.manual_seed(1)
    sequences = [torch.tensor(row) for row in rows(data)]
    targets = torch.tensor(data["y"])
    embedding, linear = torch.nn.Embedding(WORDS, DIM), torch.nn.Linear(2 * UNITS, 2)
    lstm = torch.nn.LSTM(DIM, UNITS, batch_first=True, bidirectional=True)
    parts = torch.nn.ModuleList([embedding, lstm, linear])
    optimizer, loss = torch.optim.Adam(parts.parameters()), torch.nn.CrossEntropyLoss()
    utils, seconds = torch.nn.utils.rnn, []
    for _ in range(EPOCHS):
        start, order = time.perf_counter(), torch.randperm(len(sequences))
        for indices in order[: len(order) // FRACTION].split(BATCH):
            batch = [sequences[index] for index in indices]
            lengths = torch.tensor([len(row) for row in batch])
            vectors = embedding(utils.pad_sequence(batch, batch_first=True))
            sequence = utils.pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
            _, (last, _) = lstm(sequence)
            optimizer.zero_grad()
            loss(linear(torch.cat([last[0], last[1]], dim=1)), targets[indices]).backward()
            optimizer.step()
        seconds.append(FRACTION * (time.perf_counter() - start))
    return seconds


def prepare(train, path):
    """Writes the reviews as texts and as ids, for all three libraries."""
    import numpy as np

    from rnn_templates.data.files.labeled_texts import read_labeled_texts
    from rnn_templates.preprocessing.text.vocabulary import Vocabulary
    from rnn_templates.preprocessing.text.word_tokenizer import tokenize

    reviews = read_labeled_texts(train)
    texts = [text.decode() if isinstance(text, bytes) else text for text in reviews.texts]
    vocabulary = Vocabulary.from_texts(texts, vocabulary_size=WORDS)
    ids = [np.array(vocabulary.ids(tokenize(text)), "int32") for text in texts]
    half = LENGTH // 2  # as the template truncates
    ids = [row if len(row) <= LENGTH else np.concatenate([row[:half], row[-half:]]) for row in ids]

    def as_bytes(value):
        return np.frombuffer(json.dumps(value).encode(), np.uint8)

    np.savez(
        path,
        texts=as_bytes(texts),
        tokens=as_bytes(list(vocabulary.tokens)),
        ids=np.concatenate(ids),
        lengths=[len(row) for row in ids],
        y=np.array([int(label == "1") for (label,) in reviews.targets]),
    )


def table(results):
    """Returns the lines of the table."""
    lines = ["| threads | | first epoch, s | second epoch, s | second epoch / ours |", "|---|---|---|---|---|"]
    for threads, times in results.items():
        base = times["ours"][-1]
        lines += [f"| {threads} | {name} | {a:.1f} | {b:.1f} | {b / base:.2f} |" for name, (a, b) in times.items()]
    return lines


def main(
    train: Annotated[str, typer.Argument(help="The training reviews: a file with columns text and label.")],
    torch: Annotated[str, typer.Option(help="A Python interpreter that has PyTorch; empty for none.")] = "",
    threads: Annotated[list[int], typer.Option(help="Threads of each library; may be repeated.", min=1)] = (),
    only: Annotated[str, typer.Option(help="Part of the name of the libraries to time; writes no table.")] = "",
):
    """Times epochs over the reviews with each library."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = f"{folder}/reviews.npz"
        prepare(train, prepared)
        libraries = {"ours": sys.executable, "Keras, padded to 1,000": sys.executable, "PyTorch, packed": torch}
        results = {}
        for count in threads or default_threads():
            times = results[count] = {}
            for name, python in libraries.items():
                if python and only.lower() in name.lower():
                    times[name] = run_worker(python, name, count, prepared)
                    print(f"{count} threads, {name}: {times[name]}", flush=True)
        if not only:
            replace_table("epoch", table(results))


def run_worker(python, name, threads, prepared):
    """Returns the seconds of the epochs in a process of its own."""
    command = [python, __file__, "--worker", name, str(threads), prepared]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    if run.returncode:
        raise SystemExit(f"{name} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def set_threads(name, threads):
    """Limits the threads of the library of this worker."""
    if name.startswith("PyTorch"):
        import torch

        torch.set_num_threads(threads)
    else:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        import numpy as np

        _, _, name, threads, prepared = sys.argv
        set_threads(name, int(threads))
        work = {"ours": ours, "Keras, padded to 1,000": keras_padded, "PyTorch, packed": torch_packed}[name]
        print(json.dumps(work(dict(np.load(prepared)))))
    else:
        typer.run(main)
