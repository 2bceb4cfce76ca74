"""Fixtures for tests and docstring examples alike; tests/conftest.py registers this module as a plugin."""

import contextlib
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem


@pytest.fixture(autouse=True, scope="session")
def _while_loop():
    """Runs recurrent layers by `tf.while_loop`, which is traced faster than XLA compiles."""
    from rnn_templates.layers.rnn.implementation import prefer_implementation

    with prefer_implementation("while_loop"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _few_latency_runs():
    """Times exported files by a median of three predictions: tests check that there is one, not its value."""
    from rnn_templates.export import parity

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parity, "LATENCY_RUNS", 3)
        patch.setattr(parity, "KERAS_LATENCY_RUNS", 3)
        yield


@pytest.fixture(autouse=True, scope="module")
def _xla_module(request, _while_loop):
    """Restores the automatic choice in modules with `pytestmark = pytest.mark.xla`."""
    marks = getattr(getattr(request, "module", None), "pytestmark", [])
    with _automatic("xla" in {mark.name for mark in (marks if isinstance(marks, list) else [marks])}):
        yield


@pytest.fixture(autouse=True)
def _xla_test(request, _xla_module):
    """Restores the automatic choice in tests with the mark xla."""
    with _automatic(request.node.get_closest_marker("xla") is not None):
        yield


def _automatic(restored):
    from rnn_templates.layers.rnn.implementation import prefer_implementation

    return prefer_implementation("auto") if restored else contextlib.nullcontext()


@pytest.fixture(autouse=True)
def _example_namespace(request, doctest_namespace, tmp_path, monkeypatch):
    """Gives docstring examples np, tf, keras and rt, a working directory of their own, and the shipped models in it."""
    if not isinstance(request.node, DoctestItem):
        return
    import keras
    import numpy as np
    import tensorflow as tf

    import rnn_templates as rt

    (tmp_path / "saved_models").symlink_to(Path(__file__).parents[2] / "saved_models")
    monkeypatch.chdir(tmp_path)
    doctest_namespace.update(keras=keras, np=np, tf=tf, rt=rt)
