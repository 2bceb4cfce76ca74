"""Data sets of the tests are mocked: none of them is downloaded."""

import pytest

from rnn_templates.data.tfds import builders


@pytest.fixture(autouse=True)
def connected(monkeypatch):
    """Builders find a network; a test of the network sets its own."""
    monkeypatch.setattr(builders, "has_network", lambda: True)
