"""Folders of others are not written."""

import pytest

from rnn_templates.export import export_model
from rnn_templates.model_card import Card
from rnn_templates.utils import output_folder


def test_new_empty_and_own_folders_and_those_of_an_unfinished_training_are_accepted(tmp_path):
    (tmp_path / "empty").mkdir()
    Card({"template": "sentiment"}).save(tmp_path / "own")
    (tmp_path / "own" / "notes.txt").write_text("mine")
    (tmp_path / "killed").mkdir()
    for name in ("checkpoint.npz", ".model-abc.keras", "model.keras", "vocabulary.txt"):
        (tmp_path / "killed" / name).write_text("")
    (tmp_path / "evaluated").mkdir()
    (tmp_path / "evaluated" / "report.json").write_text('{"format": "rnn_templates/1", "accuracy": 0.9}')
    (tmp_path / "evaluated" / "confusion.png").write_text("")
    for name in ("new/deeper", "empty", "own", "killed", "evaluated"):
        assert output_folder.check(tmp_path / name) == tmp_path / name


def test_a_foreign_folder_a_file_and_an_empty_name_are_refused(tmp_path):
    for name in ("thesis/README.md", "export/saved_model/model.pb", "network/model.keras"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("foreign")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "card.json").write_text('{"game": "bridge"}')
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "card.json").write_text("[]")
    for name, word in (("thesis", "README.md"), ("export", "saved_model"), ("network", "model.keras"),
                       ("other", "card.json"), ("list", "card.json")):  # fmt: skip
        with pytest.raises(ValueError, match=f"{name}.* holds {word}"):
            output_folder.check(tmp_path / name)
    for path in ("", ".", "/"):
        with pytest.raises(ValueError, match="`output` must be the name of a folder"):
            output_folder.check(path)
    for path in (tmp_path / "thesis" / "README.md", tmp_path / "thesis" / "README.md" / "deeper"):
        with pytest.raises(NotADirectoryError, match=r"README\.md is a file"):
            output_folder.check(path)


def test_an_export_does_not_delete_a_saved_model_of_others(tmp_path):
    (tmp_path / "saved_model").mkdir()
    (tmp_path / "saved_model" / "saved_model.pb").write_text("foreign")
    with pytest.raises(ValueError, match="saved_model exists and is not of rnn_templates"):
        export_model(None, tmp_path)
    assert (tmp_path / "saved_model" / "saved_model.pb").read_text() == "foreign"


def test_a_card_does_not_overwrite_a_readme_or_a_card_of_others(tmp_path):
    for name in ("README.md", "card.json"):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_text("{}")
        with pytest.raises(ValueError, match="exists and is not of rnn_templates"):
            Card({"template": "sentiment"}).save(folder)
        assert [path.name for path in folder.iterdir()] == [name] and (folder / name).read_text() == "{}"
