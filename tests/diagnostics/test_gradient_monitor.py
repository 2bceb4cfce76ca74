"""The callback that reports gradients through time."""

import pytest
import tensorflow as tf
from support.recurrent_network import INPUTS, TARGETS, build_network

from rnn_templates.diagnostics import GradientMonitor


def test_it_prints_lines_and_writes_tensorboard_summaries(tmp_path):
    model, lines = build_network("vanilla", scale=0.1), []
    monitor = GradientMonitor((INPUTS, TARGETS), log_dir=tmp_path, every=2, print_fn=lines.append)
    model.fit(INPUTS, TARGETS, epochs=4, verbose=0, callbacks=[monitor])
    assert [line.split(":")[0] for line in lines] == ["epoch 2", "epoch 4"] and "vanishing" in lines[0]
    assert len(monitor.history) == 2
    (file,) = tmp_path.iterdir()
    tags = {value.tag for event in tf.compat.v1.train.summary_iterator(str(file)) for value in event.summary.value}
    assert len(tags) == 3 and all("vanilla_cell" in tag for tag in tags)


def test_an_interval_below_one_is_rejected():
    with pytest.raises(ValueError, match="`every`"):
        GradientMonitor((INPUTS, TARGETS), every=0)
