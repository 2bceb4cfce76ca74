"""`rnn-templates predict`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rnn_templates.cli.output import describe, print_json, table, written


def predict(
    model: Annotated[Path, typer.Argument(help="Folder of a trained model, or a .keras file.")],
    texts: Annotated[
        list[str] | None,
        typer.Argument(help="Texts, or files of pictures; without any, one a line from standard input."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A csv, tsv or jsonl file, or a txt file with a text a line.")
    ] = None,
    text: Annotated[str, typer.Option(help="The column with the texts in --file.")] = "text",
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a text.")] = False,
):
    """Ask a trained model about texts or pictures: from the command line, a file, or standard input."""
    texts = _texts(texts, file, text)
    from rnn_templates.saving import load_model

    answers = load_model(model).predict(texts, return_labels=True)
    answers = [{"text": text, **answer} for text, answer in zip(texts, answers, strict=True)]
    if json:
        return print_json(answers)
    if all("tokens" in answer for answer in answers):
        return Console().print(table(("answer",), [(describe(answer),) for answer in answers]))
    what = written(answers[0]) or "label"
    Console().print(table((what, "input"), [(describe(answer), _short(answer["text"])) for answer in answers]))


def _texts(texts, file, column):
    if file is not None and texts:
        raise typer.BadParameter("Give texts or --file, not both.")
    if file is not None:
        from rnn_templates.data.files.labeled_texts import read_texts

        return read_texts(file, input_column=column)
    if texts:
        return [text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in texts]
    if sys.stdin is None or sys.stdin.isatty():
        raise typer.BadParameter("Give texts as arguments, with --file, or on standard input.")
    lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").split("\n")
    texts = [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    if not texts:
        raise ValueError("There are no texts: standard input is empty.")
    return texts


def _short(text, most=200):
    return text if len(text) <= most else f"{text[: most - 1]}…"
