"""`rnn-templates predict`."""

import sys
from pathlib import Path

import typer

from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, format_prediction, make_table, text_output_name

HELP = "Print the predictions of a trained model for texts or images: arguments, a file, or standard input."

MAX_LENGTH = 200  # characters of an input in the table


def predict(
    model: Path, inputs: list[str] | None = None, *, file: Path | None = None, input_column: str | None = "text"
):
    """Predicts raw inputs.

    Args:
        model: folder of a trained model, or a .keras file.
        inputs: texts, or files of images; default the lines of standard input.
        file: csv, tsv or jsonl file, or a txt file with one text per line.
        input_column: column of the texts in the file.

    Returns:
        `Result`: one dict per input.
    """
    inputs = _read_inputs(inputs, file, input_column)
    from rnn_templates.plots.style import truncate_label
    from rnn_templates.saving import load_model

    predictions = load_model(model).predict(inputs, return_labels=True)
    data = [{"text": text, **prediction} for text, prediction in zip(inputs, predictions, strict=True)]
    columns = {text_output_name(predictions[0]) or "label": [format_prediction(one) for one in predictions]}
    if all("tokens" in prediction for prediction in predictions):
        columns = {"prediction": columns["label"]}
    else:
        columns["input"] = [truncate_label(text, MAX_LENGTH) for text in inputs]
    remarks = ["; ".join(prediction.get("remarks", ())) for prediction in predictions]
    columns |= {"remarks": remarks} if any(remarks) else {}
    return Result(data, make_table(tuple(columns), list(zip(*columns.values(), strict=True))))


def make_command():
    """Returns the `Command` that prints predictions.

    Example:
        >>> make_command().groups[0].names
        ['model', 'inputs', 'file', 'input_column']
    """
    return Command(lambda options: predict(**options), [OptionGroup(predict, "Inputs")], HELP)


def _read_inputs(inputs, file, column):
    if file is not None and inputs:
        raise typer.BadParameter("Only one of inputs and --file can be given, not both.")
    if file is not None:
        from rnn_templates.data.files.labeled_texts import read_texts

        return read_texts(file, input_column=column)
    if inputs:
        return [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in inputs]
    if sys.stdin is None or sys.stdin.isatty():
        raise typer.BadParameter("Inputs must be given as arguments, with --file, or on standard input.")
    lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").split("\n")
    inputs = [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    if not inputs:
        raise ValueError("There are no inputs: standard input is empty.")
    return inputs
