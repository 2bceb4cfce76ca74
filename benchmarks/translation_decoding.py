"""Decoding time of a translator: one graph, the loops of keras.io's examples, and LiteRT files.

    python benchmarks/translation_decoding.py runs/translation [--data SOURCE,TARGET] [--rows 32] [--rounds 7]

Three baselines decode the same tokens greedily with the same weights:

- the whole model on the source and the padded prefix for every token, as keras.io's
  `neural_machine_translation_with_transformer` does, which calls the model eagerly; here in one compiled `tf.function`;
- the same by Keras's `predict_on_batch`;
- the encoder once, then the decoder for every token, both by `predict_on_batch`: keras.io's `lstm_seq2seq`, which calls
  `predict` on one sentence.

All must decode the same tokens before anything is timed. Tokenization is not timed. Prints Markdown tables for
benchmarks/RESULTS.md.
"""

import os
import pathlib
import statistics
import sys
import time
from importlib.metadata import version
from typing import Annotated

import numpy as np
import tensorflow as tf
import typer

import rnn_templates as rt
from rnn_templates import registry
from rnn_templates.data.loading import read_labeled_file
from rnn_templates.export.targets.litert import LiteRTModel
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.templates.translation.task import Translator

BEAM_WIDTH = 5
MAX_TIE = 1e-3  # difference of two logits whose order may depend on the order of summation
GREEDY, BEAM = "ours, greedy", f"ours, beam {BEAM_WIDTH}"
TARGETS = {
    "all tokens again, `tf.function`": "at least 15",
    "all tokens again, Keras": "at least 15",
    BEAM: "at most 6",
}


def read_model(folder):
    """Returns the translator of a folder."""
    model = rt.load_model(folder)
    if not isinstance(model, Translator):
        sys.exit(f"`folder` must hold a model of `rnn-templates train translation`; received {type(model).__name__}.")
    return model


def read_texts(model, data, rows, sentences):
    """Returns the first source texts within the maximum length, of a file or of the default data set."""
    count = 2 * max(rows, sentences)
    if data:
        dataset = read_labeled_file(data, "text_pairs").dataset()
    else:
        data = registry.of(model).datasets[0]
        dataset = rt.load(data).test
    texts, _ = model.fit_to_device([source for source, _ in dataset.take(count).as_numpy_iterator()])
    if len(texts) < rows:
        sys.exit(f"`--rows` must be at most {len(texts)}, the usable ones of the first {count} texts of {data}.")
    return texts


def to_batch(model, texts):
    """Returns the padded token ids of texts, (batch, time) int32."""
    ids = [model.preprocessor.encode(text) for text in texts]
    longest = max(map(len, ids))
    return np.array([[*row, *[PAD_ID] * (longest - len(row))] for row in ids], np.int32)


def our_decoders(model):
    """Returns functions from sources to tokens, by name: the graphs that `generate` runs."""
    spec = [tf.TensorSpec((None, None), tf.int32)]

    def compiled(strategy, **options):
        graph = tf.function(lambda source: model.decode(source, strategy, **options)[0][:, 0], input_signature=spec)
        return lambda source: graph(source).numpy()

    return {GREEDY: compiled("greedy"), BEAM: compiled("beam", beam_width=BEAM_WIDTH, n_best=1)}


def baseline_decoders(model, source):
    """Returns functions without arguments that decode the sources greedily, by name."""
    rows, max_length, network = len(source), model.target_preprocessor.max_length, model.network
    specs = [
        tf.TensorSpec(source.shape, tf.int32),
        tf.TensorSpec((rows, max_length), tf.int32),
        tf.TensorSpec((), tf.int32),
    ]

    @tf.function(input_signature=specs)
    def next_token_graph(source, prefix, t):
        logits = network({"source": source, "target": prefix}, training=False)[:, t]
        return END_ID + tf.argmax(logits[:, END_ID:], axis=-1, output_type=tf.int32)

    def again(prefix, t):
        return next_token_graph(source, prefix, t).numpy()

    def again_in_keras(prefix, t):
        return most_probable(network.predict_on_batch({"source": source, "target": prefix})[:, t])

    def states_carried_in_keras():
        memory, mask, *states = model.encoder.predict_on_batch(source)

        def next_token(prefix, t):
            nonlocal states
            logits, *states = model.decoder.predict_on_batch([prefix[:, t : t + 1], memory, mask, *states])
            return most_probable(logits[:, 0])

        return decode(next_token, rows, max_length)

    return {
        "all tokens again, `tf.function`": lambda: decode(again, rows, max_length),
        "all tokens again, Keras": lambda: decode(again_in_keras, rows, max_length),
        "states carried, Keras": states_carried_in_keras,
    }


def most_probable(logits):
    """Returns the most probable token of each row, never padding or start."""
    return END_ID + np.argmax(logits[:, END_ID:], axis=-1)


def decode(next_token, rows, max_length):
    """Calls `next_token(prefix, t)` until all rows have ended; returns tokens (rows, max_length)."""
    tokens = np.full((rows, max_length + 1), PAD_ID, np.int32)
    tokens[:, 0] = START_ID
    unfinished = np.ones(rows, bool)
    for t in range(max_length):
        token = next_token(tokens[:, :-1], t)
        tokens[:, t + 1] = np.where(unfinished, token, PAD_ID)
        unfinished &= token != END_ID
        if not unfinished.any():
            break
    return tokens[:, 1:]


def count_equal(name, tokens, expected, model, source):
    """Returns the number of rows with equal tokens; exits where others differ by more than a tie."""
    different = np.flatnonzero((tokens != expected).any(axis=1))
    if len(different):
        prefix = np.concatenate([np.full((len(expected), 1), START_ID, np.int32), expected[:, :-1]], axis=1)
        logits = model.network.predict_on_batch({"source": source, "target": prefix})
    for row in different:
        t = np.argmax(tokens[row] != expected[row])
        one, other = logits[row, t, [expected[row, t], tokens[row, t]]]
        if abs(one - other) > MAX_TIE:
            sys.exit(f"{name!r} and {GREEDY!r} differ in sentence {row + 1}, token {t + 1}: {one:.4f}, {other:.4f}.")
    return len(tokens) - len(different)


def measure(decoders, rounds):
    """Returns the milliseconds of all rounds of every decoder, run in turns."""
    times = {name: [] for name in decoders}
    for _ in range(rounds):
        for name, run in decoders.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1000)
    return times


def print_batch_table(model, source, rounds):
    """Prints the time of a batch for all decoders."""
    ours = {name: lambda run=run: run(source) for name, run in our_decoders(model).items()}
    decoders = {GREEDY: ours.pop(GREEDY), **baseline_decoders(model, source), **ours}
    outputs = {name: run() for name, run in decoders.items()}
    equal = {
        name: f"{count_equal(name, tokens, outputs[GREEDY], model, source)} of {len(source)}" if name != BEAM else ""
        for name, tokens in outputs.items()
    }
    times = measure(decoders, rounds)
    headers = "ms a batch | ms a token | longest | times ours | target | same hypotheses"
    print(f"| {len(source)} sentences at once | {headers} |\n" + "|---" * 7 + "|")
    for name, tokens in outputs.items():
        longest = np.count_nonzero(tokens, axis=1).max()
        cells = f"{speed(times[name], np.count_nonzero(tokens))} | {longest} | {ratio(times[name], times[GREEDY])}"
        print(f"| {name} | {cells} | {TARGETS.get(name, '')} | {equal[name]} |")


def print_single_table(model, sources, rounds):
    """Prints the time of one sentence, greedy and by beam search."""
    decoders = {name: lambda run=run: [run(source) for source in sources] for name, run in our_decoders(model).items()}
    tokens = {name: sum(map(np.count_nonzero, run())) / len(sources) for name, run in decoders.items()}
    times = {name: [ms / len(sources) for ms in own] for name, own in measure(decoders, rounds).items()}
    print(f"\n| one sentence, mean of {len(sources)} | ms a sentence | ms a token | times greedy | target |")
    print("|---" * 5 + "|")
    for name, own in times.items():
        print(f"| {name} | {speed(own, tokens[name])} | {ratio(own, times[GREEDY])} | {TARGETS.get(name, '')} |")


def print_litert_table(model, folder, texts):
    """Prints the time of a sentence in the LiteRT files of the folder, if any."""
    paths = [path for path in (folder / "model.tflite", folder / "model_int8.tflite") if path.is_file()]
    if not paths:
        return print(f"\nThere is no LiteRT file in {folder}; `rnn-templates export` writes two.")
    files = {path: LiteRTModel(path, threads=1) for path in paths}
    signatures = {signature.name: signature for signature in model.device_signatures()}
    keys = [(path, name) for path in paths for name in ("greedy", "beam")]
    times, lengths = {key: [] for key in keys}, {key: [] for key in keys}
    for index, text in enumerate([texts[0], *texts]):  # the first call allocates memory and is not counted
        for path, name in keys:
            [(tensors, _)] = signatures[name].encode([text])
            start = time.perf_counter()
            outputs = files[path](name, **tensors)
            elapsed = (time.perf_counter() - start) * 1000
            if index:
                times[path, name].append(elapsed)
                [prediction] = signatures[name].decode(outputs, [text])
                lengths[path, name].append(len(prediction.outputs))
    conditions = f"median (minimum) of {len(texts)} sentences in turns, one thread"
    print(f"\nLiteRT, {conditions}, ai-edge-litert {version('ai-edge-litert')}.\n")
    print("| file | MB | signature | ms a sentence | tokens a sentence |\n" + "|---" * 5 + "|")
    for path, name in keys:
        own, size = times[path, name], path.stat().st_size / 1e6
        signature = f"beam, {model.beam_width} wide" if name == "beam" else name
        milliseconds = f"{statistics.median(own):.1f} ({min(own):.1f})"
        print(f"| {path.name} | {size:.1f} | {signature} | {milliseconds} | {np.mean(lengths[path, name]):.1f} |")


def speed(times, tokens):
    """Returns the cells of milliseconds in all and a token: medians, and minima in parentheses."""
    median, minimum = statistics.median(times), min(times)
    return f"{median:.1f} ({minimum:.1f}) | {median / tokens:.3f} ({minimum / tokens:.3f})"


def ratio(times, others):
    """Returns the cell of a ratio of medians, and of minima in parentheses."""
    return f"{statistics.median(times) / statistics.median(others):.2f} ({min(times) / min(others):.2f})"


def main(
    folder: Annotated[pathlib.Path, typer.Argument(help="Folder of a trained translator.")],
    data: Annotated[str, typer.Option(help="Text pairs: SOURCE,TARGET or a table; empty for generated dates.")] = "",
    rows: Annotated[int, typer.Option(help="Sentences of the batch.", min=1)] = 32,
    rounds: Annotated[int, typer.Option(help="Measurements of each decoder.", min=1)] = 7,
    sentences: Annotated[int, typer.Option(help="Sentences for the LiteRT files.", min=1)] = 200,
):
    """Prints tables of decoding times."""
    try:
        model = read_model(folder)
        texts = read_texts(model, data, rows, sentences)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    options = f" --data {data}" if data else ""
    print(f"Medians (minima) of {rounds} rounds in turns, TensorFlow {tf.__version__} on {os.cpu_count()} cores,")
    print(f"{model.describe()}, `python benchmarks/translation_decoding.py {folder}{options}`.")
    print("Tokens are those of the hypotheses, the end token included.\n")
    print_batch_table(model, to_batch(model, texts[:rows]), rounds)
    print_single_table(model, [to_batch(model, [text]) for text in texts[:rows]], rounds)
    print_litert_table(model, folder, texts[:sentences])


if __name__ == "__main__":
    typer.run(main)
