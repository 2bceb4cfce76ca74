"""How long a translator takes to write: in one graph, beside the ways of keras.io's examples, and in LiteRT's files.

    python benchmarks/translation_decoding.py runs/translation [--data SOURCE,TARGET] [--rows 32] [--rounds 7]

Three other ways write the same tokens with the same weights:

- the whole model again for every token, on the source and all tokens so far, padded to one length: keras.io's
  `neural_machine_translation_with_transformer`, which calls the model eagerly; here in one compiled `tf.function`;
- the same through Keras's `predict_on_batch`;
- the encoder once, then the decoder for every token, both through `predict_on_batch`: keras.io's `lstm_seq2seq`, which
  calls `predict` on one sentence.

Before anything is timed, all must give the same answers. Making numbers of the words is not timed. Prints Markdown
tables for benchmarks/RESULTS.md.
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
from rnn_templates.data.files.text_pairs import read_text_pairs
from rnn_templates.export.targets.litert import LiteRTModel
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.templates.translation.task import Translator

WIDTH = 5
TIE = 1e-3  # logits so near to each other change places with the order of a sum
GREEDY, BEAM = "ours, greedy", f"ours, beam {WIDTH}"
WANTED = {"all tokens again, `tf.function`": "at least 15", "all tokens again, Keras": "at least 15", BEAM: "at most 6"}


def read_model(folder):
    """Returns the translator of a folder."""
    model = rt.load_model(folder)
    if not isinstance(model, Translator):
        sys.exit(f"{folder} holds a {type(model).__name__}; wanted what `rnn-templates train translation` makes.")
    return model


def read_texts(model, data, rows, sentences):
    """Returns the first source texts that the model reads at once, of a file or of its generated data."""
    most = 2 * max(rows, sentences)
    if data:
        texts = read_text_pairs(data).sources[:most]
    else:
        texts = [source for source, _ in rt.load(model.embedded_data).test.take(most).as_numpy_iterator()]
    texts, _ = model.fit_to_device(texts)
    if len(texts) < rows:
        sys.exit(
            f"{data or model.embedded_data}: {len(texts)} of its first {most} texts can be read; --rows is {rows}."
        )
    return texts


def padded(model, texts):
    """Returns what the encoder reads of texts, (batch, time) int32."""
    ids = [model.preprocessor.encode(text) for text in texts]
    longest = max(map(len, ids))
    return np.array([row + [PAD_ID] * (longest - len(row)) for row in ids], np.int32)


def ours(model):
    """Returns functions from sources to tokens, by name: a whole search in one graph, as `generate` has it."""
    ways = {GREEDY: ("greedy", {}), BEAM: ("beam", {"beam_width": WIDTH, "n_best": 1})}

    def compiled(how, options):
        spec = [tf.TensorSpec((None, None), tf.int32)]
        search = tf.function(lambda source: model.decode(source, how, **options)[0][:, 0], input_signature=spec)
        return lambda source: search(source).numpy()

    return {name: compiled(*way) for name, way in ways.items()}


def theirs(model, source):
    """Returns functions without arguments that write greedy answers to the sources, by name."""
    most, network = model.target_preprocessor.max_length, model.network
    target = tf.TensorSpec((len(source), most), tf.int32)

    @tf.function(input_signature=[tf.TensorSpec(source.shape, tf.int32), target, tf.TensorSpec((), tf.int32)])
    def ask(source, written, place):
        logits = network({"source": source, "target": written}, training=False)[:, place]
        return END_ID + tf.argmax(logits[:, END_ID:], axis=-1, output_type=tf.int32)

    def again(written, place):
        return ask(source, written, place).numpy()

    def again_in_keras(written, place):
        return best(network.predict_on_batch({"source": source, "target": written})[:, place])

    def carried_in_keras():
        memory, mask, *states = model.encoder.predict_on_batch(source)

        def one_more(written, place):
            nonlocal states
            logits, *states = model.decoder.predict_on_batch([written[:, place : place + 1], memory, mask, *states])
            return best(logits[:, 0])

        return write(one_more, len(source), most)

    return {
        "all tokens again, `tf.function`": lambda: write(again, len(source), most),
        "all tokens again, Keras": lambda: write(again_in_keras, len(source), most),
        "states carried, Keras": carried_in_keras,
    }


def best(logits):
    """The most probable token of each row; the ids before that of the end, padding and start, are none."""
    return END_ID + np.argmax(logits[:, END_ID:], axis=-1)


def write(next_token, rows, most):
    """Asks `next_token(written, place)` until all rows have ended, and returns tokens (rows, most)."""
    written = np.full((rows, most + 1), PAD_ID, np.int32)
    written[:, 0] = START_ID
    going = np.ones(rows, bool)
    for place in range(most):
        token = next_token(written[:, :-1], place)
        written[:, place + 1] = np.where(going, token, PAD_ID)
        going &= token != END_ID
        if not going.any():
            break
    return written[:, 1:]


def check(name, tokens, own, model, source):
    """Returns how many rows are as ours; others must part from it where two tokens are equally probable."""
    others = np.flatnonzero((tokens != own).any(axis=1))
    if len(others):
        before = np.concatenate([np.full((len(own), 1), START_ID, np.int32), own[:, :-1]], axis=1)
        logits = model.network.predict_on_batch({"source": source, "target": before})
    for row in others:
        place = np.argmax(tokens[row] != own[row])
        one, other = logits[row, place, [own[row, place], tokens[row, place]]]
        if abs(one - other) > TIE:
            sys.exit(
                f"{name!r} and {GREEDY!r} differ in sentence {row + 1}, token {place + 1}: {one:.4f}, {other:.4f}."
            )
    return len(tokens) - len(others)


def measure(contestants, rounds):
    """Milliseconds of every contestant, in turns."""
    times = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, ask in contestants.items():
            start = time.perf_counter()
            ask()
            times[name].append((time.perf_counter() - start) * 1000)
    return times


def batch_table(model, source, rounds):
    """Prints how long a batch takes in all ways."""
    own = {name: lambda ask=ask: ask(source) for name, ask in ours(model).items()}
    contestants = {GREEDY: own.pop(GREEDY), **theirs(model, source), **own}
    answers = {name: ask() for name, ask in contestants.items()}
    same = {
        name: f"{check(name, tokens, answers[GREEDY], model, source)} of {len(source)}" if name != BEAM else ""
        for name, tokens in answers.items()
    }
    times = measure(contestants, rounds)
    print(
        f"| {len(source)} sentences at once | ms a batch | ms a token | longest | times ours | wanted | same answers |"
    )
    print("|---" * 7 + "|")
    for name, tokens in answers.items():
        longest = np.count_nonzero(tokens, axis=1).max()
        cells = f"{speed(times[name], np.count_nonzero(tokens))} | {longest} | {ratio(times[name], times[GREEDY])}"
        print(f"| {name} | {cells} | {WANTED.get(name, '')} | {same[name]} |")


def single_table(model, sources, rounds):
    """Prints how long one sentence takes, greedily and with the beam."""
    searches = ours(model)
    contestants = {name: lambda ask=ask: [ask(source) for source in sources] for name, ask in searches.items()}
    tokens = {name: sum(map(np.count_nonzero, ask())) / len(sources) for name, ask in contestants.items()}
    times = {name: [ms / len(sources) for ms in own] for name, own in measure(contestants, rounds).items()}
    print(f"\n| one sentence, mean of {len(sources)} | ms a sentence | ms a token | times greedy | wanted |")
    print("|---" * 5 + "|")
    for name, own in times.items():
        print(f"| {name} | {speed(own, tokens[name])} | {ratio(own, times[GREEDY])} | {WANTED.get(name, '')} |")


def device_table(model, folder, texts):
    """Prints how long LiteRT's files take for each of the texts, in turns, if there are any."""
    paths = [path for path in (folder / "model.tflite", folder / "model_int8.tflite") if path.is_file()]
    if not paths:
        return print(f"\nThere is no LiteRT file in {folder}; `rnn-templates export` writes two.")
    files = {(path, way): (LiteRTModel(path, threads=1), way) for path in paths for way in ("greedy", "beam")}
    times, tokens = {key: [] for key in files}, {key: [] for key in files}
    for number, text in enumerate([texts[0], *texts]):  # the first call of all gets memory, and is not counted
        for key, (file, way) in files.items():
            source, ids = np.zeros(file.shape("source", way), np.int32), model.preprocessor.encode(text)
            source[0, : len(ids)] = ids
            start = time.perf_counter()
            answer = file(way, source=source)
            if number:
                times[key].append((time.perf_counter() - start) * 1000)
                found = answer["tokens"]
                tokens[key].append(np.count_nonzero(found.reshape(-1, found.shape[-1])[0]))
    what = f"median (minimum) of {len(texts)} sentences in turns, one thread"
    print(f"\nLiteRT, {what}, ai-edge-litert {version('ai-edge-litert')}.\n")
    print("| file | MB | signature | ms a sentence | tokens a sentence |\n" + "|---" * 5 + "|")
    for (path, way), own in times.items():
        taken = f"{statistics.median(own):.1f} ({min(own):.1f})"
        signature = f"beam, {model.beam_width} wide" if way == "beam" else way
        size = path.stat().st_size / 1e6
        print(f"| {path.name} | {size:.1f} | {signature} | {taken} | {np.mean(tokens[path, way]):.1f} |")


def speed(times, tokens):
    """Cells of milliseconds, in all and a token, medians and minima."""
    middle, least = statistics.median(times), min(times)
    return f"{middle:.1f} ({least:.1f}) | {middle / tokens:.3f} ({least / tokens:.3f})"


def ratio(times, others):
    return f"{statistics.median(times) / statistics.median(others):.2f} ({min(times) / min(others):.2f})"


def main(
    folder: Annotated[pathlib.Path, typer.Argument(help="Folder of a trained translator.")],
    data: Annotated[str, typer.Option(help="Pairs: SOURCE,TARGET or a table; empty for the generated dates.")] = "",
    rows: Annotated[int, typer.Option(help="Sentences of the batch.", min=1)] = 32,
    rounds: Annotated[int, typer.Option(help="Measurements of each way.", min=1)] = 7,
    sentences: Annotated[int, typer.Option(help="Sentences that LiteRT's files are asked.", min=1)] = 200,
):
    """Measures how long a translator takes to write."""
    try:
        model = read_model(folder)
        texts = read_texts(model, data, rows, sentences)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    options = f" --data {data}" if data else ""
    print(f"Medians (minima) of {rounds} rounds in turns, TensorFlow {tf.__version__} on {os.cpu_count()} cores,")
    print(f"{model.describe()}, `python benchmarks/translation_decoding.py {folder}{options}`.")
    print("A token is one of the answers', the end included.\n")
    batch_table(model, padded(model, texts[:rows]), rounds)
    single_table(model, [padded(model, [text]) for text in texts[:rows]], rounds)
    device_table(model, folder, texts[:sentences])


if __name__ == "__main__":
    typer.run(main)
