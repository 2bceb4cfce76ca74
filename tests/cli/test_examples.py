"""Options of the training as defaults, and checks of model and data without TensorFlow."""

import pytest

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.examples import check_model_and_data, with_recorded_options
from rnn_templates.model_card import Card

OPTIONS = {"input_column": "review", "delimiter": ";", "label_names": {"0": "no", "1": "yes"}}
HELD_OUT = {"validation": 0.2, "validation_block_size": 1, "seed": 3, "validation_data": None, "test_data": None}


def test_the_reading_options_of_the_training_are_defaults_for_data_of_the_same_form(tmp_path):
    (tmp_path / "test.csv").write_text("review;stars\n")
    recorded = {"options": OPTIONS, "held_out": HELD_OUT}
    for data in (None, str(tmp_path / "test.csv")):
        found = with_recorded_options(DataOptions(data=data, delimiter=","), recorded)
        assert (found.data, found.input_column, found.delimiter) == (data, "review", ",")
        assert found.label_names == OPTIONS["label_names"] and found.target_column is None
    assert with_recorded_options(DataOptions(data="reviews"), recorded).input_column is None
    by_name = {"options": {"target_column": "xpos"}}
    assert with_recorded_options(DataOptions(data="universal_dependencies/en_gum"), by_name).target_column == "xpos"
    assert with_recorded_options(DataOptions(data=str(tmp_path / "test.csv")), by_name).target_column is None
    assert with_recorded_options(DataOptions(), {}) == DataOptions()


def test_data_that_the_model_cannot_read_and_an_unknown_held_out_part_are_errors(tmp_path, monkeypatch):
    monkeypatch.setattr("rnn_templates.cli.examples.read_config", lambda file: {})
    train, folder = tmp_path / "train.csv", tmp_path / "model"
    train.write_text("review;label\nfine;1\n")
    (tmp_path / "other.csv").write_text("text;label\nfine;1\n")

    def save(**data):
        Card({"template": "sentiment", "data": {"name": str(train), **data}}).save(folder)
        (folder / "model.keras").write_text("")

    save(options=OPTIONS, held_out=HELD_OUT)
    check_model_and_data(folder, {})
    check_model_and_data(folder, {"data": str(train)})
    with pytest.raises(ValueError, match=r"other\.csv:1: no column 'review'"):
        check_model_and_data(folder, {"data": str(tmp_path / "other.csv")})
    with pytest.raises(ValueError, match="train translation"):
        check_model_and_data(folder, {"data": "dates"})
    save()
    with pytest.raises(ValueError, match="`--data` must be given: .* held out"):
        check_model_and_data(folder, {})
    with pytest.raises(FileNotFoundError, match="no model at"):
        check_model_and_data(tmp_path / "nowhere", {})
