"""`predict` with a language model: options of sampling, and text that is printed as it comes."""

import io
import json
import sys

import pytest
from support import text_generation as spec
from support.command_line import run

from rnn_templates import saving
from rnn_templates.cli import examples
from rnn_templates.cli.generation_options import GenerationOptions, print_continuations
from rnn_templates.model_card import Card


@pytest.fixture(scope="module")
def model():
    return spec.build()


@pytest.fixture
def folder(model, tmp_path, monkeypatch):
    """A folder from which the tiny language model is loaded."""
    Card({"template": "text_generation"}).save(tmp_path / "model")
    (tmp_path / "model" / "model.keras").write_text("")
    monkeypatch.setattr(examples, "read_config", lambda file: None)
    monkeypatch.setattr(saving, "load_model", lambda path: model)
    return tmp_path / "model"


def test_the_text_of_a_seed_is_printed_after_its_prefix_and_is_that_of_python(capsys, folder, model):
    options = {"temperature": 2.0, "seed": 3, "max_length": 20}
    flags = ("--temperature", 2, "--seed", 3, "--max-length", 20)
    code, out, err = run(capsys, "predict", folder, "abba", "", "é€ unknown", *flags)
    assert code == 0, err
    expected = [prefix + model.generate(prefix, **options) for prefix in ("abba", "", "é€ unknown")]
    assert out == "\n".join(f"{text}\n" for text in expected)
    code, out, _ = run(capsys, "predict", folder, "abba", *flags, "--json")
    assert code == 0 and json.loads(out)[0]["continuation"] == model.generate("abba", **options)


def test_every_part_is_written_before_the_next_one_is_generated(monkeypatch):
    events = []

    class Output(io.StringIO):
        def flush(self):
            events.append(self.getvalue())

    class Model:
        def generate(self, prefix, stream):
            for text in ("x", "", "y\x1b"):
                events.append("next")
                yield text

    monkeypatch.setattr(sys, "stdout", Output())
    print_continuations(Model(), ["a"], {})
    assert events[:5] == ["a", "next", "ax", "next", "ax"]
    assert events[-1] == "axy\N{REPLACEMENT CHARACTER}\n"  # no control character reaches the terminal


def test_a_stop_string_ends_the_text_and_a_file_gets_all_of_it(capsys, folder, model, tmp_path):
    whole = model.generate("ab", seed=2, temperature=3.0, max_length=40)
    stop = whole[1]
    flags = ("--temperature", 3, "--seed", 2, "--max-length", 40, "--stop", stop, "--stop", "zzz")
    code, out, err = run(capsys, "predict", folder, "ab", *flags)
    assert code == 0 and out == "ab" + whole[: whole.index(stop)] + "\n", err
    code, _, err = run(capsys, "predict", folder, "ab", *flags, "--output", tmp_path / "texts.jsonl")
    written = json.loads((tmp_path / "texts.jsonl").read_text())
    assert code == 0 and written["continuation"] == whole[: whole.index(stop)], err


@pytest.mark.parametrize(
    ("flags", "message"),
    [(("--temperature", 0), "`temperature`"), (("--strategy", "best"), "`strategy`"), (("--top-p", 2), "`top_p`")],
)
def test_a_wrong_option_is_an_error_that_names_it(capsys, folder, flags, message):
    code, out, err = run(capsys, "predict", folder, "ab", *flags)
    assert code == 1 and message in err and out == ""


def test_options_are_refused_for_models_that_do_not_have_them():
    class Classifier:
        pass

    class Translator:
        output_name = "translation"

        def generate(self):
            raise NotImplementedError

    with pytest.raises(ValueError, match="`--top-k` is for models that generate text"):
        GenerationOptions(top_k=3).check(Classifier())
    GenerationOptions(top_k=3).check(Translator())
    with pytest.raises(ValueError, match="`--stop` is for models that continue a text"):
        GenerationOptions(stop=["."]).check(Translator())
