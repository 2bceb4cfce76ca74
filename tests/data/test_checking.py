"""Checks of sources by names and headers."""

import pytest
from PIL import Image

from rnn_templates.data.checking import check_source

KINDS = ("labeled_texts", "tagged_sentences", "text_pairs", "captioned_images", "classified_images")


def test_usable_sources_of_every_form_are_accepted(tmp_path):
    (tmp_path / "texts.csv").write_text("text;label\n")
    (tmp_path / "named.jsonl").write_text('{"review": "fine", "stars": 5}\n')
    (tmp_path / "pairs.tsv").write_text("source\ttarget\n")
    (tmp_path / "a.en").write_text("one\n")
    (tmp_path / "a.de").write_text("eins\n")
    (tmp_path / "tags.conll").write_text("one X\n")
    (tmp_path / "images" / "yes").mkdir(parents=True)
    Image.new("L", (8, 8)).save(tmp_path / "images" / "yes" / "1.png")
    (tmp_path / "captions.tsv").write_text("image\tcaption\nyes/1.png\ta dot\n")
    for kind, source, columns in (
        ("labeled_texts", "texts.csv", {}),
        ("labeled_texts", "named.jsonl", {"input_column": "review", "target_column": "stars"}),
        ("text_pairs", "pairs.tsv", {}),
        ("tagged_sentences", "tags.conll", {"target_column": "-1"}),
        ("classified_images", "images", {}),
    ):
        check_source(tmp_path / source, kind, **columns)
    check_source(f"{tmp_path / 'a.en'},{tmp_path / 'a.de'}", "text_pairs")
    check_source(f"{tmp_path / 'images'},{tmp_path / 'captions.tsv'}", "captioned_images")
    for kind, name in zip(
        KINDS, ("reviews", "universal_dependencies/en_ewt", "dates/en_fr", "scenes", "mnist"), strict=True
    ):
        check_source(name, kind)


@pytest.mark.parametrize(
    ("kind", "source", "error", "message"),
    [
        ("labeled_texts", "nowhere.csv", FileNotFoundError, "nowhere.csv"),
        ("text_pairs", "nowhere.en,nowhere.de", FileNotFoundError, "nowhere.en"),
        ("labeled_texts", "other.csv", ValueError, "other.csv:1: no column 'text'"),
        ("text_pairs", "other.csv", ValueError, "no column 'source'"),
        ("labeled_texts", "tags.conll", ValueError, "train tagging"),
        ("tagged_sentences", "reviews", ValueError, "train sentiment"),
        ("labeled_texts", "no_such_name", ValueError, "no_such_name"),
    ],
)
def test_a_missing_file_or_column_and_another_kind_are_errors(tmp_path, monkeypatch, kind, source, error, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.csv").write_text("words,mood\nfine,yes\n")
    (tmp_path / "tags.conll").write_text("one X\n\ntwo Y\n")
    with pytest.raises(error, match=message):
        check_source(source, kind)
