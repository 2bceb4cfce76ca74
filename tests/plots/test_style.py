"""Labels and files of plots."""

import os

import matplotlib.image
import pytest
from matplotlib.figure import Figure

from rnn_templates.plots.style import save_figure, truncate_label


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one\n\ttwo", "one two"), ("", ""), (" ", ""), ("w" * 28, "w" * 28), ("w" * 29, "w" * 27 + "…")],
)
def test_labels_are_one_line_of_limited_length(text, expected):
    assert truncate_label(text) == expected


def test_the_folder_of_the_file_is_created(tmp_path):
    save_figure(Figure(figsize=(1, 2)), tmp_path / "new" / "folder" / "figure.png")
    assert matplotlib.image.imread(tmp_path / "new" / "folder" / "figure.png").shape[:2] == (240, 120)
    save_figure(Figure(), None)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    save_figure(Figure(figsize=(1, 1)), path)
    before = path.read_bytes()

    def full_disk(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        save_figure(Figure(figsize=(2, 2)), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
