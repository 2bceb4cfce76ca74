"""What all tests share: where the real data is, and small models."""

import gc
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Tests run side by side and are small: further threads, and memory that is given back at once, are what they wait for.
for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
for name in ("MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):  # of the processes yet to come
    os.environ.setdefault(name, str(2**28))
# XLA rewrites and fuses as ever; only LLVM does not polish loops that run once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

# Most graphs run once: what is spent on rewriting them does not come back. Processes that a test starts rewrite theirs.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
# Thousands of graphs live on: looking through them all the time took a tenth of the tests' time.
gc.set_threshold(100_000, 50, 100)


def pytest_configure(config):
    """Makes the fixture of docstring examples visible outside tests/ too."""
    from support import doctests

    if not config.pluginmanager.is_registered(doctests):
        config.pluginmanager.register(doctests)


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
