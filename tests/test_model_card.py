"""The model card: merging, Markdown, damaged files."""

from pathlib import Path

import pytest

from rnn_templates.model_card import Card, parity_columns, versions

PARITY = {
    "examples": 5,
    "data": "mine.csv",
    "metric": "accuracy",
    "targets": [
        {"target": "saved_model", "size_bytes": 10, "label_agreement": 1.0},
        {"target": "model.tflite", "signature": "greedy", "size_bytes": 7, "max_abs_difference": 0.00125,
         "ops": ["ADD"]},
    ],
}  # fmt: skip


def test_entries_are_merged_and_kept_in_the_files(tmp_path):
    card = Card({"template": "sentiment", "metrics": {"dev": {"accuracy": 0.5}}})
    card.update(metrics={"test": {"accuracy": 0.25, "missing": None}}, parity=PARITY, command="rnn-templates train",
                data={"labels": [str(i) for i in range(20)], "sizes": {"train": 3}}, versions=versions())  # fmt: skip
    card.save(tmp_path / "model")
    assert Card.load(tmp_path / "model").facts == card.facts
    text = (tmp_path / "model" / "README.md").read_text()
    for heading in ("# Sentiment", "## Training command", "## Data", "## Metrics", "### dev", "### test",
                    "## Parity of the exported files", "## Versions"):  # fmt: skip
        assert f"{heading}\n" in text
    for line in ("| accuracy | 0.25 |", "| sizes | train: 3 |", "Ops of model.tflite: ADD.", "The metric is accuracy."):
        assert line in text
    assert "(20 in all)" in text and "| model.tflite | greedy | 7 | 0.00125 |" in text and "missing" not in text


def test_the_column_of_signatures_is_shown_where_there_are_some():
    assert "signature" in parity_columns(PARITY)
    assert "signature" not in parity_columns({"targets": PARITY["targets"][:1]})


def test_a_folder_without_a_card_has_an_empty_one_and_a_damaged_one_is_named(tmp_path):
    assert Card.load(tmp_path).facts == {}
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(ValueError, match=r"card\.json"):
        Card.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "it must be an object of JSON"),
        ('{"data": [1]}', "`data` must be a dict"),
        ('{"template": 3}', "`template` must be a str"),
        ('{"labels": "negative"}', "`labels` must be a list"),
        ('{"metrics": {"test": 0.9}}', "`metrics` of 'test' must be a dict"),
        ('{"parity": {"targets": [{"size_bytes": 1}]}}', "`targets` of `parity` must be a list of reports"),
        ('{"title": ' + "[" * 100_000, "not a model card"),
    ],
)
def test_a_card_of_another_shape_names_the_entry_and_the_file(tmp_path, content, message):
    (tmp_path / "card.json").write_text(content)
    with pytest.raises(ValueError, match=f"card.json is not a model card: .*{message}|{message}") as caught:
        Card.load(tmp_path)
    assert str(tmp_path / "card.json") in str(caught.value)


def test_the_shipped_cards_are_cards_and_an_empty_one_is_too(tmp_path):
    for path in (Path(__file__).parents[1] / "saved_models").glob("*/card.json"):
        assert Card.load(path.parent).markdown()
    (tmp_path / "card.json").write_text("{}")
    assert Card.load(tmp_path).markdown().startswith("# Model")
