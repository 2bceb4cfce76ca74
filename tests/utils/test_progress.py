"""with_progress: the items pass through, with and without a terminal."""

import sys

import tensorflow as tf

from rnn_templates.utils.progress import with_progress


def test_items_pass_through(monkeypatch):
    for is_terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda is_terminal=is_terminal: is_terminal, raising=False)
        for items in ([1, 2], (number for number in (1, 2)), []):
            expected = list(items) if isinstance(items, list) else [1, 2]
            assert list(with_progress(items, "counting")) == expected
        assert [int(item) for item in with_progress(tf.data.Dataset.range(3), "counting")] == [0, 1, 2]
    items = [1]
    assert with_progress(items, "counting", enabled=False) is items
