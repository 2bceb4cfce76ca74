"""The decoder network: one step at a time equals all steps, with and without attention and gate."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import GRUCell, LSTMCell
from rnn_templates.layers.attention_decoder import attention_decoder, state_names
from rnn_templates.layers.tied_embedding import TiedEmbedding


@pytest.mark.parametrize(
    "options",
    [{"attention": "none"}, {"attention": "additive", "context_gate": True}, {"attention": "scaled_dot"}],
    ids=str,
)
def test_one_step_at_a_time_equals_all_steps(options):
    cells = [LSTMCell(4), GRUCell(4), GRUCell(4)]
    decoder = attention_decoder(TiedEmbedding(9, 5), cells, 6 + 3, attention_units=3, **options)
    rng = np.random.default_rng(0)
    decoder.set_weights([rng.normal(size=weight.shape) for weight in decoder.get_weights()])
    memory, mask = tf.constant(rng.normal(size=(2, 7, 9)), tf.float32), tf.sequence_mask([7, 4], 7)
    states = [tf.constant(rng.normal(size=(2, 4)), tf.float32) for _ in state_names(cells)]
    tokens = tf.constant([[2, 3, 8, 1], [2, 5, 5, 4]])
    expected, *final = decoder([tokens, memory, mask, *states])
    assert expected.shape == (2, 4, 9)
    for t in range(4):
        logits, *states = decoder([tokens[:, t : t + 1], memory, mask, *states])
        np.testing.assert_allclose(logits[:, 0], expected[:, t], atol=1e-5)
    for one, other in zip(states, final, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    other, *_ = decoder([tokens, tf.where(mask[..., None], memory, 9.0), mask, *final])
    same, *_ = decoder([tokens, memory, mask, *final])
    np.testing.assert_array_equal(other, same)  # values at padding change nothing
