"""LSTM and GRU cells in the layers of Keras, which on a GPU run in cuDNN."""

import weakref

import keras
import tensorflow as tf

from rnn_templates.cells.gru import GRUCell
from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.layers.rnn.untraced import run_untraced

KERAS_LAYERS = {LSTMCell: keras.layers.LSTM, GRUCell: keras.layers.GRU}
_LAYER_CACHE = weakref.WeakKeyDictionary()  # cell -> Keras layer


def run_keras_layer(cell, inputs, states, mask, training):
    """Runs an LSTM or GRU cell in the Keras layer with its formula.

    The weights are those of the cell.

    Args:
        cell: a built `LSTMCell` or `GRUCell`.
        inputs: (time, batch, features) float, not projected.
        states: tuple of (batch, units) floats, before the first step.
        mask: None, or (time, batch or 1, 1) bool.
        training: bool; whether gradients will be taken.

    Returns:
        `outputs, states`: (time, batch, units) float, and the states after the last step.

    Example:
        >>> cell = rt.GRUCell(8)
        >>> cell.build((None, 3))
        >>> outputs, states = run_keras_layer(cell, tf.ones((5, 2, 3)), (tf.zeros((2, 8)),), None, training=False)
        >>> outputs.shape
        TensorShape([5, 2, 8])
    """
    if mask is not None:
        mask = tf.transpose(tf.broadcast_to(mask, tf.concat([tf.shape(inputs)[:2], [1]], axis=0))[:, :, 0])
    layer = _keras_layer(cell)
    (outputs, *last), _ = layer.stateless_call(
        [tf.convert_to_tensor(weight) for weight in (cell.kernel, cell.recurrent_kernel, cell.bias)],
        layer.non_trainable_variables,
        tf.transpose(inputs, (1, 0, 2)),
        initial_state=list(states),
        mask=mask,
        training=training,
    )
    return tf.transpose(outputs, (1, 0, 2)), tuple(last)


def _keras_layer(cell):
    """A layer whose own weights are never read: a call replaces them by those of the cell."""

    def build():
        layer = KERAS_LAYERS[type(cell)](cell.units, return_sequences=True, return_state=True, dtype=cell.dtype_policy)
        layer.build((None, None, cell.kernel.shape[0]))
        return layer

    if cell not in _LAYER_CACHE:
        _LAYER_CACHE[cell] = run_untraced(build)
    return _LAYER_CACHE[cell]
