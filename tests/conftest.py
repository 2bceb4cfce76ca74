"""What all tests share: where the real data is, and small models."""

import gc
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest

gc.set_threshold(
    100_000, 50, 100
)  # thousands of graphs live on: to look through them all the time is what tests wait for


@pytest.fixture(scope="session")
def shared_data():
    """The folder with real data; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("RNN_TEMPLATES_DATA", "../shared/data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set RNN_TEMPLATES_DATA")
    return folder.resolve()


@pytest.fixture(scope="session")
def reviews(tmp_path_factory):
    """The generated reviews."""
    from rnn_templates.data import load

    return load("reviews", data_dir=tmp_path_factory.mktemp("tfds"))
