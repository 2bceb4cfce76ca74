"""`rnn-templates predict`."""

import sys
from pathlib import Path

import typer

from rnn_templates.cli.examples import model_folder, recorded_data, with_recorded_options
from rnn_templates.cli.follow import check_follow
from rnn_templates.cli.follow import follow as follow_stream
from rnn_templates.cli.generation_options import (
    GenerationOptions,
    continues_texts,
    is_printed_as_json,
    print_continuations,
)
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, format_prediction, make_table, text_output_name
from rnn_templates.cli.prediction_file import SUFFIXES, PredictionFile
from rnn_templates.utils.compression import OPENERS
from rnn_templates.utils.limits import check_limit, limit

HELP = """Print the predictions of a trained model for texts or images: arguments, a file, or standard input.

--output writes them into a file instead, while they are computed. --follow prints a forecast or a score for every row
of a table of time series as it is appended."""

MAX_LENGTH = 200  # characters of an input in the table
CHUNK_SIZE = 512  # inputs that are predicted together
TOKEN_SUFFIXES = (".conll", ".conllu", ".bio", ".iob", ".iob2")


def predict(
    model: Path,
    inputs: list[str] | None = None,
    generation=None,
    *,
    file: Path | None = None,
    output: Path | None = None,
    input_column: str | None = None,
    tokens: bool = False,
    follow: Path | None = None,
    future: Path | None = None,
):
    """Predicts raw inputs.

    Args:
        model: folder of a trained model, a .keras file, or the name of a shipped model.
        inputs: texts, or files of images; default, or for "-", the lines of standard input.
        generation: `GenerationOptions` or None.
        file: csv, tsv or jsonl file; a txt file with one text per line; or, for a tagger, a CoNLL file of tokens.
        output: file to write, .csv or .jsonl, with one prediction per line; an existing one is replaced at the end.
        input_column: column of the texts in the file; default the one of the training, else "text"; of a CoNLL file the
            number of the column of the tokens, from 0.
        tokens: whether the inputs are tokens separated by spaces, for a tagger; default is to split texts into tokens.
        follow: csv file of time series that is growing, or "-" for standard input; a result is printed for every row,
            until Ctrl-C or the end of standard input. Of a model of texts: a txt file, and the bits per character.
        future: with --follow; csv file of the covariates that are known in advance.

    Returns:
        `Result`: one dict per input, or the number of predictions in the file; None for continuations of texts, which
            are printed as they come.
    """
    if follow is not None:
        follow_stream(model, follow, future=future, input_column=input_column, as_json=is_printed_as_json())
        return None
    inputs = _read_inputs(model, inputs, file, input_column, tokens)
    from rnn_templates.saving import load_model

    loaded = load_model(model)
    if any(isinstance(one, list) for one in inputs) and not hasattr(loaded, "predict_tags"):
        raise ValueError(f"`--tokens` and files of tokens need a tagger; {model} is a {type(loaded).__name__}.")
    generation = generation or GenerationOptions()
    generation.check(loaded)
    options = generation.given()
    if continues_texts(loaded) and output is None and not is_printed_as_json():
        print_continuations(loaded, inputs, options)
        return None
    rows = _predictions(loaded, inputs, options)
    if output is not None:
        with PredictionFile(output) as writer:
            for row in rows:
                writer.write(row)
        return Result({"output": str(output), "predictions": writer.count}, f"{output}: {writer.count} predictions")
    data = list(rows)
    return Result(data, _table(data))


def make_command():
    """Returns the `Command` that prints predictions.

    Example:
        >>> make_command().groups[0].names
        ['model', 'inputs', 'file', 'output', 'input_column', 'tokens', 'follow', 'future']
    """

    def run(options, generation):
        return predict(generation=GenerationOptions(**generation), **options)

    groups = [OptionGroup(predict), OptionGroup(GenerationOptions)]
    return Command(run, groups, HELP, _check, needs_tensorflow=lambda options, _: options["follow"] is None)


def _check(options, generation):
    """Raises an error for inputs that cannot be read, before TensorFlow is imported."""
    file, inputs, output = options["file"], options["inputs"], options["output"]
    if options["follow"] is not None:
        others = [name for name in ("inputs", "file", "output", "tokens") if options[name]]
        others += [name for name, value in generation.items() if value not in (None, [])]
        if others:
            name = others[0].replace("_", "-")
            raise typer.BadParameter(f"--follow cannot be combined with {name if name == 'inputs' else f'--{name}'}.")
        check_follow(options["model"], options["follow"], options["future"])
        return
    if options["future"] is not None:
        raise typer.BadParameter("--future is for --follow.")
    if file is not None and inputs:
        raise typer.BadParameter("Only one of inputs and --file can be given, not both.")
    if file is None and inputs in (None, []) and (sys.stdin is None or sys.stdin.isatty()):
        raise typer.BadParameter("Inputs must be given as arguments, with --file, or on standard input.")
    if output is not None and output.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"`--output` must be a file {' or '.join(SUFFIXES)}; received {str(output)!r}.")
    model_folder(options["model"])
    if file is not None and not file.is_file():
        problem = "is a folder, not a file" if file.is_dir() else "does not exist"
        raise FileNotFoundError(f"`--file` must be a file; {file} {problem}.")
    if output is not None:
        PredictionFile(output).check()


def _read_inputs(model, inputs, file, column, tokens):
    """Raw inputs: str, or lists of tokens."""
    if file is not None and _suffix(file) in TOKEN_SUFFIXES:
        return _read_tokens(file, column)
    if file is not None:
        from rnn_templates.data.files.labeled_texts import read_texts

        recorded = with_recorded_options(
            {"input_column": column, "delimiter": None}, recorded_data(model_folder(model))
        )
        options = {name: value for name, value in recorded.items() if value is not None}
        texts = read_texts(file, **options)
    elif inputs and inputs != ["-"]:
        texts = [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in inputs]
    else:
        texts = list(_read_standard_input())
        if not texts:
            raise ValueError("There are no inputs: standard input is empty.")
    for number, text in enumerate(texts, start=1):
        check_limit(f"Input {number}", "MAX_CELL_CHARACTERS", len(text))
    return [text.split() for text in texts] if tokens else texts


def _read_standard_input():
    """Yields the lines; raises a ValueError for one that is too long."""
    most, number = limit("MAX_LINE_CHARACTERS"), 0
    while line := sys.stdin.buffer.readline(most + 1):
        number += 1
        check_limit(f"Line {number} of standard input", "MAX_LINE_CHARACTERS", len(line))
        text = line.removesuffix(b"\n").decode("utf-8-sig" if number == 1 else "utf-8", "replace")
        yield text.rstrip("\r")


def _suffix(path):
    """The suffix of a file, without that of a compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] in OPENERS else "".join(suffixes[-1:])


def _read_tokens(file, column):
    """The tokens of the sentences of a CoNLL file, with or without tags."""
    from rnn_templates.data.files.tagged_sentences import read_sentence_tokens

    return read_sentence_tokens(file, input_column=column)


def _predictions(model, inputs, options):
    """Yields one dict for each input."""
    for start in range(0, len(inputs), CHUNK_SIZE):
        chunk = inputs[start : start + CHUNK_SIZE]
        for raw, prediction in zip(chunk, model.predict(chunk, return_labels=True, **options), strict=True):
            _check_finite(model, raw, prediction)
            yield {"text": " ".join(raw) if isinstance(raw, list) else raw, **prediction}


def _check_finite(model, raw, prediction):
    """Raises ValueError if a probability is NaN."""
    import numpy as np

    values = [prediction.get("probability"), *prediction.get("probabilities", {}).values()]
    values += [token["probability"] for token in prediction.get("tokens", ())]
    if np.isfinite([value for value in values if value is not None]).all():
        return
    if not all(np.isfinite(np.asarray(weight)).all() for weight in model.weights):
        raise ValueError("The model's weights are not finite; train it again, with a lower learning rate.")
    raise ValueError(f"The prediction for {str(raw)[:60]!r} is not finite.")


def _table(rows):
    """The table of predictions; it has a column of remarks only if there is one."""
    from rnn_templates.plots.style import truncate_label

    outputs = [{name: value for name, value in row.items() if name != "text" or "tokens" in row} for row in rows]
    cells = [[format_prediction(one)] for one in outputs]
    columns = ["prediction"]
    if not all("tokens" in one for one in outputs):
        own = next((name for name in ("forecast", "events") if name in outputs[0]), None)
        columns = [own or text_output_name(outputs[0]) or "label", "input"]
        for cell, row in zip(cells, rows, strict=True):
            cell.append(truncate_label(row["text"], MAX_LENGTH) if row["text"].strip() else "(empty)")
    if any(row.get("remarks") for row in rows):
        columns.append("remarks")
        for cell, row in zip(cells, rows, strict=True):
            cell.append("; ".join(row.get("remarks", ())))
    return make_table(columns, cells)
