"""A small file of labeled texts, and a model that is trained on it by the command line."""

import pytest
from support.command_line import run_quietly

ROWS = [("not bad", "yes"), ("not good", "no"), ("good , not bad", "yes"), ("bad , not good", "no")] * 10
TINY = ["--units", 6, "--embedding-dim", 6, "--max-tokens", 12, "--epochs", 12, "--batch-size", 8,
        "--learning-rate", 0.05, "--ema-decay", 0, "--dropout", 0, "--patience", 12]  # fmt: skip


@pytest.fixture(scope="session")
def tiny():
    """Flags of a small sentiment model."""
    return TINY


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """A csv file of 40 labeled texts, and a row that is rejected."""
    path = tmp_path_factory.mktemp("data") / "mine.csv"
    path.write_text("text,label\n" + "".join(f'"{text}",{label}\n' for text, label in ROWS) + "only one field\n")
    return path


@pytest.fixture(scope="session")
def trained(table, tmp_path_factory):
    """The folder of a model that is trained on `table`."""
    folder = tmp_path_factory.mktemp("runs") / "mine"
    assert run_quietly("train", "sentiment", "--data", table, "--output", folder, *TINY) == 0
    return folder


@pytest.fixture(scope="session")
def pair_table(tmp_path_factory):
    """A tsv file of text pairs, and a row that is rejected."""
    path = tmp_path_factory.mktemp("pairs") / "mine.tsv"
    rows = [f"{word} {other}\t{other} {word}" for word in ("one", "two", "six") for other in ("ten", "ace", "hat")]
    path.write_text("\n".join(["source\ttarget", *rows * 3, "nothing\t"]) + "\n")
    return path
