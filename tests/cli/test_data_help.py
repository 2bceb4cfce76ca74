"""Help of the flags that select examples: those that a template has a use for, and sources that fit it."""

import pytest
from support.command_line import run, squeeze

from rnn_templates import registry
from rnn_templates.cli.data_help import data_help
from rnn_templates.data.files.sources import READER_OPTIONS

FOREIGN = {
    "sentiment": ("conll", "caption", "image", "train.en", "upos", "translat"),
    "tagging": ("caption", "image", "train.en", "--label-names", "--delimiter", "csv"),
    "translation": ("conll", "caption", "image", "--label-names", "--label-separator"),
    "captioning": ("conll", "train.en", "--label-names", "classes", "upos"),
    "image_classification": ("conll", "caption", "train.en", "--label-separator", "upos"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_the_help_of_a_template_does_not_list_sources_and_flags_of_others(capsys, name):
    code, out, _ = run(capsys, "train", name, "--help")
    assert code == 0 and "--data" in out and "--target-column" in out
    lines = squeeze(out).split("--data ")[1].split("--epochs")[0] + squeeze(out).split("--validation ")[1]
    assert [one for one in FOREIGN[name] if one in lines.split("--no-resume")[0]] == []


def test_every_template_has_a_help_of_its_data_and_the_flags_that_its_reader_accepts():
    for name in registry.names():
        kind = registry.get(name).data_kind
        texts, unused = data_help(kind)
        assert texts["data"] and texts["input_column"] and texts["target_column"]
        for flag in ("label_separator", "label_names", "delimiter"):
            assert (flag in unused) == (flag not in READER_OPTIONS[kind]), (kind, flag)
    assert data_help("other") == ({}, ())
