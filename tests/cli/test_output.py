"""Tables: text of users as it is, 80 columns, numbers."""

import io

import pytest
import tensorflow as tf
from rich.console import Console
from rich.table import Table

from rnn_templates.cli import app
from rnn_templates.cli.output import Result, format_prediction, make_table, print_result
from rnn_templates.utils.progress import with_progress

NASTY = "[/quote] [bold]bold[/bold] :smile: \x1b[2J \ud800"


def render(view, width=80):
    stream = io.StringIO()
    Console(file=stream, width=width).print(view)
    return stream.getvalue()


def test_square_brackets_and_control_characters_of_texts_reach_the_terminal_as_text(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = "[/quote] [bold]bold[/bold] :smile: \N{REPLACEMENT CHARACTER}[2J \N{REPLACEMENT CHARACTER}"
    for rows in ([(NASTY, 1)], [(format_prediction({"translation": NASTY, "probability": 1, "alternatives": []}), 1)]):
        assert shown in render(make_table(["text", "n"], rows, title="[/title]"))
    print_result(Result({}, "[/quote] :smile:"), as_json=False)
    assert capsys.readouterr().out == "[/quote] :smile:\n"
    label = {"label": "[/x]", "probability": 0.5, "probabilities": {"[/x]": 0.5}}
    assert format_prediction(label).plain == "[/x] (0.500)"
    tokens = [{"text": "[/x]", "start": 0, "end": 4, "tag": "[bold]"}]
    assert format_prediction({"text": "[/x]", "tokens": tokens}).plain == "[/x] [[bold]]"


def test_the_description_of_a_progress_bar_is_text(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(with_progress([1, 2], "[/quote]")) == [1, 2]


def test_empty_predictions_are_named():
    assert format_prediction({"caption": " ", "probability": 0.5, "alternatives": []}).plain == "(no caption) (0.500)"
    assert format_prediction({"text": "", "tokens": []}).plain == "(empty)"


def test_a_table_fits_80_columns_without_broken_numbers(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    columns = ["target", "size bytes", "max abs difference", "label agreement", "metric change", "latency ms"]
    rows = [("model_int8.tflite", 12345678, 1.8e-7, 0.9991, -0.0003, 12.3456), ("keras", *[None] * 4, 0.5)]
    text = render(make_table(columns, rows))
    assert max(map(len, text.splitlines())) <= 80
    for value in ("model_int8.tflite", "12,345,678", "1.8e-07", "0.9991", "-0.0003", "12.3456"):
        assert value in text
    names = [f"hyperparameter {number}" for number in range(12)]
    text = render(make_table(["trial", *names], [("0", *range(10**6, 10**6 + 12)), ("1", *[0.5] * 12)], title="[/x]"))
    assert max(map(len, text.splitlines())) <= 80 and "[/x]" in text
    assert all(f"hyperparameter {number} " in text and f"1,000,0{number:02}" in text for number in range(12))
    assert isinstance(make_table([], []), Table) and "metric" in render(make_table(["metric", "value"], []))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("a\n\n \x1b[1mb\x1b[0m"), "a b"),
        (KeyError("x"), "KeyError: 'x' (--debug prints the traceback)"),
        (MemoryError(), "out of memory"),
        (tf.errors.ResourceExhaustedError(None, None, "{{function_node x}} OOM when allocating"), "out of memory"),
        (ValueError("y" * 600), "y" * 500 + " ... (--debug"),
    ],
    ids=repr,
)
def test_an_error_is_one_line_with_its_cause(error, message):
    assert app._message(error).startswith(message) and "\n" not in app._message(error)


def test_an_unexpected_error_is_one_line_and_with_debug_a_traceback(capsys, monkeypatch):
    def fail(arguments):
        raise KeyError("[/vocabulary]")

    monkeypatch.setattr(app, "make_app", fail)
    with pytest.raises(SystemExit) as caught:
        app.main(["list"])
    assert caught.value.code == 1 and capsys.readouterr().err.startswith("Error: KeyError: '[/vocabulary]'")
    with pytest.raises(KeyError):
        app.main(["list", "--debug"])
    with pytest.raises(SystemExit):
        app.main(["predict", "m", "--", "--debug"])
