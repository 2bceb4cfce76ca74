"""Settings of TensorFlow for tests, and shared fixtures."""

import gc
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Test processes run in parallel on small models: more threads, or returning memory at once, would slow them down.
for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
for name in ("MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):  # for child processes
    os.environ.setdefault(name, str(2**28))
# XLA rewrites and fuses as usual; LLVM does not optimize loops that run once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_cpu_parallel_codegen_split_count=1")

import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

# Most graphs run once, so that Grappler costs more than it saves. Child processes of tests use it.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
# Thousands of graphs stay alive; frequent collections took a tenth of the time.
gc.set_threshold(100_000, 50, 100)

# Programs that tests start in environments without this package.
collect_ignore_glob = ["isolated/*.py"]


def pytest_configure(config):
    """Registers the fixtures that docstring examples outside tests/ use too, and the limit of memory."""
    from support import fixtures, memory

    for plugin in (fixtures, memory):
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin)


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
