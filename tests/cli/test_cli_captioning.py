"""The command line with pictures: from a folder and a table to captions and figures."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from cli.test_cli import run
from PIL import Image

from rnn_templates.cli import main

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 220), "black": (10, 10, 10)}
PAIRS = list(itertools.product(COLOURS, repeat=2))
SMALL = ["--image-size", 32, "--units", 16, "--embedding-dim", 16, "--vocabulary-size", 280, "--max-target-length", 12,
         "--beam-width", 2, "--batch-size", 8, "--average", 0, "--label-smoothing", 0, "--dropout", 0,
         "--embedding-dropout", 0, "--memory-dropout", 0, "--learning-rate", 0.01,
         "--schedule", "constant"]  # fmt: skip


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "images").mkdir()
    rows = ["image\tcaption\tsplit"]
    for left, right in PAIRS:
        image = np.empty((40, 48, 3), np.uint8)
        image[:, :24], image[:, 24:] = COLOURS[left], COLOURS[right]
        Image.fromarray(image).save(folder / "images" / f"{left}-{right}.png")
        for number, split in enumerate(["train", "val", "test"]):
            if number:
                Image.fromarray(image).save(folder / "images" / f"{left}-{right}-{split}.png")
            name = f"{left}-{right}{f'-{split}' if number else ''}.png"
            rows += [f"{name}\t{left.upper()} and {right}.\t{split}"]
    (folder / "images" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    rows += ["broken.jpg\tred and blue\ttrain", "missing.png\tred\ttrain"]
    (folder / "captions.tsv").write_text("\n".join(rows) + "\n")
    return f"{folder / 'images'},{folder / 'captions.tsv'}"


@pytest.fixture(scope="module")
def trained(pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "mine"
    words = ["train", "captioning", "--data", pictures, "--output", folder, *SMALL, "--epochs", 60, "--patience", 60]
    with pytest.raises(SystemExit) as stop:
        main(list(map(str, words)))
    assert not stop.value.code
    return folder


def test_the_card_tells_of_pictures_that_cannot_be_used(trained, pictures):
    card = json.loads((trained / "card.json").read_text())
    assert card["data"]["sizes"] == {"train": 16, "validation": 16, "test": 16}
    table = pictures.split(",")[1]
    assert [line.partition(": ")[0] for line in card["data"]["first_rejected"]] == [f"{table}:50", f"{table}:51"]
    assert {"vocabulary.txt", "model.keras", "README.md", "learning_curve.png"} <= {p.name for p in trained.iterdir()}


def test_pictures_are_asked_by_their_files(capsys, trained, pictures):
    files = [f"{pictures.split(',')[0]}/{left}-{right}.png" for left, right in PAIRS[:3]]
    code, out, err = run(capsys, "predict", trained, *files, "--json")
    assert code == 0, err
    rows = json.loads(out)
    assert [row["caption"] for row in rows] == [" and ".join(pair) for pair in PAIRS[:3]]
    code, out, _ = run(capsys, "predict", trained, files[1])
    assert (code, "red and green (" in out) == (0, True)
    code, _, err = run(capsys, "predict", trained, files[0], pictures.split(",")[1])
    assert code == 1 and "captions.tsv" in err and "Traceback" not in err
    code, _, err = run(capsys, "predict", trained, "nowhere.png")
    assert code == 1 and "nowhere.png" in err


def test_figures_are_those_of_the_test_split_and_pictures_are_shown(capsys, trained, pictures):
    code, out, err = run(capsys, "evaluate", trained, "--data", pictures, "--baseline-data", pictures, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["examples"] == 16 and report["exact_match"] >= 0.9 > report["baseline"]["exact_match"]
    assert (trained / "plot_image_grid.png").stat().st_size > 10_000
    card = json.loads((trained / "card.json").read_text())
    assert card["metrics"]["images,captions.tsv"]["bleu_1"] > 90


def test_a_split_of_the_table_that_is_asked_for_is_the_one_that_is_measured(capsys, trained, pictures, tmp_path):
    folder, table = pictures.split(",")
    rows = [row for row in Path(table).read_text().splitlines(True) if not row.endswith("\tval\n")]
    (tmp_path / "mine.tsv").write_text("".join([*rows, "red-red-val.png\tnothing of it\tval\n"]))
    words = ["evaluate", trained, "--data", f"{folder},{tmp_path / 'mine.tsv'}", "--output", tmp_path, "--json"]
    for split, examples in (("train", 16), ("validation", 1)):
        code, out, err = run(capsys, *words, "--split", split)
        assert code == 0, err
        report = json.loads(out)
        assert (report["examples"], report["exact_match"] > 0.9) == (examples, split == "train")
