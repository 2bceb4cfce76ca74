"""Names that every docstring example may use, and a working directory of its own for each."""

from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem


@pytest.fixture(autouse=True)
def _example_namespace(request, doctest_namespace, tmp_path, monkeypatch):
    if not isinstance(request.node, DoctestItem):
        return
    import keras
    import numpy as np
    import tensorflow as tf

    import rnn_templates as rt

    (tmp_path / "saved_models").symlink_to(Path(__file__).parents[2] / "saved_models")
    monkeypatch.chdir(tmp_path)
    doctest_namespace.update(keras=keras, np=np, tf=tf, rt=rt)
