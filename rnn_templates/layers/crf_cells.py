"""Recurrences of a linear-chain CRF: forward, backward, Viterbi and backtrace."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.cells.cell import Cell

NEG_INF = -1e4  # a log-potential below all reachable ones; finite, so that sums of it stay exact enough in float32


@keras.saving.register_keras_serializable(package="rnn_templates")
class CRFForwardCell(Cell):
    """Forward algorithm as a recurrence.

        a_t[j] = s_t[j] + log sum_i exp(a_{t-1}[i] + A[i, j])

    As a cell it is compiled, differentiated and exported by the same time loops as an LSTM.

    Args:
        units: int; number of states, begin and end included.
        allowed: (units, units) nested lists of bool; which states may follow each other.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Example:
        >>> cell = CRFForwardCell(2, [[True, True], [False, True]])
        >>> cell.build((None, 2))
        >>> cell.potentials().numpy().tolist()
        [[0.0, 0.0], [-10000.0, 0.0]]
    """

    def __init__(self, units, allowed, **kwargs):
        super().__init__(units, **kwargs)
        self.allowed = allowed

    def build(self, input_shape):
        shape = (self.units, self.units)
        self.transitions = self.add_weight(shape=shape, initializer="zeros", name="transitions")

    def potentials(self):
        """Returns the transitions (units, units) float32, -1e4 where they are not allowed."""
        penalty = np.where(self.allowed, 0, NEG_INF).astype(np.float32)
        return tf.convert_to_tensor(self.transitions) * np.float32(self.allowed) + penalty

    def project_inputs(self, x):
        return x

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        a = zx + tf.reduce_logsumexp(states[0][:, :, None] + self.potentials(), axis=1)
        return a, (a,)

    def get_config(self):
        return {**super().get_config(), "allowed": self.allowed}


class _DecodingCell:
    """A recurrence over the potentials of a `CRFForwardCell`, for inference without gradients."""

    def __init__(self, chain):
        self.units = chain.units
        self.potentials = chain.potentials()

    def project_state(self, h):
        return None


class BackwardCell(_DecodingCell):
    """Backward algorithm: the forward algorithm from the end, with A transposed.

        b_t[i] = s_t[i] + log sum_j exp(A[i, j] + b_{t+1}[j])

    Example:
        >>> chain = CRFForwardCell(2, [[True, True], [True, True]])
        >>> chain.build((None, 2))
        >>> state, _ = BackwardCell(chain).step(tf.constant([[1.0, 2.0]]), None, (tf.one_hot([0], 2),))
        >>> state.shape
        TensorShape([1, 2])
    """

    def step(self, zx, zh, states):
        b = zx + tf.reduce_logsumexp(states[0][:, :, None] + tf.transpose(self.potentials), axis=1)
        return b, (b,)


class ViterbiCell(_DecodingCell):
    """Viterbi forward pass: the score of the best sequence per last tag.

        d_t[j] = s_t[j] + max_i (d_{t-1}[i] + A[i, j])

    Example:
        >>> chain = CRFForwardCell(2, [[True, True], [True, True]])
        >>> chain.build((None, 2))
        >>> state, _ = ViterbiCell(chain).step(tf.constant([[1.0, 2.0]]), None, (tf.one_hot([0], 2),))
        >>> state.shape
        TensorShape([1, 2])
    """

    def step(self, zx, zh, states):
        d = zx + tf.reduce_max(states[0][:, :, None] + self.potentials, axis=1)
        return d, (d,)


class BacktraceCell(_DecodingCell):
    """Viterbi backtrace: from the next tag (one-hot) to its best predecessor.

        y_{t-1} = argmax_i (d_{t-1}[i] + A[i, y_t])

    Example:
        >>> chain = CRFForwardCell(2, [[True, True], [True, True]])
        >>> chain.build((None, 2))
        >>> state, _ = BacktraceCell(chain).step(tf.constant([[1.0, 2.0]]), None, (tf.one_hot([0], 2),))
        >>> state.shape
        TensorShape([1, 2])
    """

    def step(self, zx, zh, states):
        scores = zx + tf.matmul(states[0], self.potentials, transpose_b=True)
        tag = tf.one_hot(tf.argmax(scores, axis=-1, output_type=tf.int32), self.units)
        return tag, (tag,)
