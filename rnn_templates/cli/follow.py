"""`rnn-templates predict --follow`: a result for every row that is appended to a file or to standard input."""

import csv
import importlib
import sys
import tempfile
from pathlib import Path

import typer

from rnn_templates.cli.examples import recorded_data, with_recorded_options
from rnn_templates.cli.followed_series import FollowedSeries
from rnn_templates.cli.output import CONTROL_CHARACTERS, format_prediction, make_console
from rnn_templates.cli.tail import Tail
from rnn_templates.model_card import Card
from rnn_templates.utils.compression import OPENERS
from rnn_templates.utils.numbers import format_number, to_json
from rnn_templates.utils.shipped_models import find_model
from rnn_templates.utils.tensorflow_import import import_tensorflow, quiet_stderr

EXPORTED = ("model.tflite", "preprocessing.json", "card.json")


def exported_folder(model):
    """Returns the folder of the exported files of a model, or None if there are none, or they are of another training.

    Args:
        model: `Path` of a folder or of a `.keras` file, or the name of a shipped model.

    Example:
        >>> exported_folder("saved_models/glyphs").name
        'glyphs'
    """
    folder = Path(model) if Path(model).is_dir() else find_model(model).parent
    if not all((folder / name).is_file() for name in EXPORTED):
        return None
    return folder if Card.load(folder).facts.get("parity") else None


def follow(model, source, *, future=None, input_column=None, as_json=False):
    """Prints a result for every row of a stream: a forecast, a score, or the bits per character of a line of text.

    Problems of a row are printed to standard error, with its line, and the stream goes on.

    Args:
        model: `Path` of a model, as for `exported_folder`.
        source: `Path` of a csv or txt file, or "-" for standard input.
        future: `Path` of a table of the covariates that are known in advance, or None.
        input_column: str or None; column of the stamps; None for that of the training.
        as_json: bool; whether to print an object a line.

    Raises:
        ValueError: if the model reads no streams, the header lacks a column, or standard input is empty.
        typer.Exit: with status 130 after an interruption.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            reader = _open_reader(model, Path(folder))
            lines = Tail(source, _warn)
            options = {"input_column": input_column, "target_column": None, "series_options": None, "delimiter": None}
            options = with_recorded_options(options, _recorded(model))
            rows = _read(reader, lines, source, options, future)
            for row in rows:
                _print(row, as_json, len(getattr(reader, "names", ())) > 1)
        if not lines.number:
            raise ValueError("There are no rows: standard input is empty.")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def check_follow(model, source, future):
    """Raises an error if the files of `follow` cannot be read, before anything is loaded.

    Args:
        model, source, future: see `follow`.
    """
    exported_folder(model)
    for flag, path in (("--follow", source), ("--future", future)):
        if path is None or str(path) == "-":
            continue
        if not path.is_file():
            problem = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise FileNotFoundError(f"`{flag}` must be a file; {path} {problem}.")
    if str(source) != "-" and (source.suffix.lower() in OPENERS or source.suffix.lower() in (".parquet", ".jsonl")):
        raise ValueError(f"`--follow` reads csv, tsv and txt files as they grow; received {source}.")


def _recorded(model):
    folder = Path(model) if Path(model).is_dir() else find_model(model).parent
    return recorded_data(folder)


def _open_reader(model, work):
    """The reader of the exported files; without them that of the Keras model, which imports TensorFlow."""
    folder = exported_folder(model)
    if folder is not None:
        from rnn_templates.runtime.stream import open_litert, read_json

        spec = read_json(folder / "preprocessing.json")
        if "stream" not in spec:
            raise ValueError(_no_streams(Card.load(folder).facts.get("template")))
        module = importlib.import_module(f"rnn_templates.runtime.{spec['stream']['reader']}")
        return module.open_reader(folder, _quiet(open_litert(folder / "model.tflite")))
    import_tensorflow()
    from rnn_templates.export.export import write_preprocessing
    from rnn_templates.saving import load_model
    from rnn_templates.tasks.signature import graph_runner

    loaded = load_model(model)
    if loaded.stream_reader is None:
        raise ValueError(_no_streams(loaded.name))
    write_preprocessing(loaded, work)
    module = importlib.import_module(f"rnn_templates.runtime.{loaded.stream_reader}")
    return module.open_reader(work, graph_runner(loaded.device_signatures()))


def _quiet(run):
    """Runs signatures; what LiteRT writes to standard error at the first call of each one is discarded."""
    called = set()

    def call(signature, **tensors):
        if signature in called:
            return run(signature, **tensors)
        called.add(signature)
        with quiet_stderr():
            return run(signature, **tensors)

    return call


def _no_streams(template):
    return (
        "`--follow` is for models that read streams: forecasts of time series, scores of their values, and texts; this "
        f"is a model of the template {template}. Give inputs as arguments, or with --file."
    )


def _read(reader, lines, source, options, future):
    """Yields the results of all lines."""
    if not hasattr(reader, "names"):
        for text in lines:
            yield {"line": lines.number, **reader.feed(text + "\n"), "text": text}
        return
    iterator = iter(lines)
    header = next(iterator, None)
    if header is None:
        return
    table = FollowedSeries(reader, header, source, options, future)
    for text in iterator:
        if not text.strip() or text == header:  # that of a file that was replaced
            continue
        try:
            (fields,) = csv.reader([text], delimiter=table.delimiter, strict=True)
            results, problems = table.feed(fields)
        except (csv.Error, ValueError) as error:
            results, problems = [], [f"{error}; the row is skipped"]
        for problem in problems:
            _warn(f"{source}:{lines.number}: {problem}.")
        yield from ({"line": lines.number, **result} for result in results)


def _warn(message):
    make_console(stderr=True).print(CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", message), soft_wrap=True)


def _print(row, as_json, several):
    sys.stdout.write((to_json(row, indent=None) if as_json else _format(row, several)) + "\n")
    sys.stdout.flush()


def _format(row, several):
    """A result in one line: stamp, name of the series if there are several, and the values."""
    if "text" in row:
        values = f"{row['bits_per_character']:.3f}  {row['text']}"
    elif "forecast" in row:
        values = format_prediction(row).plain
    else:
        shown = {name: value for name, value in row.items() if name not in ("line", "time", "series")}
        values = ", ".join(f"{name} {format_number(value)}" for name, value in shown.items())
    parts = [row.get("time"), row.get("series") if several else None, values]
    return CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", "  ".join(part for part in parts if part))
