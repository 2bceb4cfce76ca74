"""The layers of Keras for the weights of our cells: on a GPU they run in cuDNN."""

import weakref

import keras
import tensorflow as tf

from rnn_templates.cells.gru import GRUCell
from rnn_templates.cells.lstm import LSTMCell

KERAS_LAYERS = {LSTMCell: keras.layers.LSTM, GRUCell: keras.layers.GRU}
_LAYER_CACHE = weakref.WeakKeyDictionary()


def run_keras_layer(cell, inputs, states, mask, training):
    """Runs an LSTM or GRU cell through the layer of Keras that has the same formula, with the same weights.

    Args:
        cell: a built `LSTMCell` or `GRUCell`.
        inputs: (time, batch, features) float.
        states: tuple of (batch, units) floats.
        mask: None, or (time, batch or 1, 1) bool.
        training: whether gradients will be asked for.

    Returns:
        `outputs, states`: (time, batch, units) float, and the states after the last step.
    """
    if mask is not None:
        mask = tf.transpose(tf.broadcast_to(mask, tf.concat([tf.shape(inputs)[:2], [1]], axis=0))[:, :, 0])
    layer = _layer(cell)
    outputs, *last = layer(tf.transpose(inputs, (1, 0, 2)), initial_state=list(states), mask=mask, training=training)
    return tf.transpose(outputs, (1, 0, 2)), tuple(last)


def _layer(cell):
    if cell not in _LAYER_CACHE:
        layer = KERAS_LAYERS[type(cell)](cell.units, return_sequences=True, return_state=True, dtype=cell.dtype_policy)
        layer.build((None, None, cell.kernel.shape[0]))
        for name in ("kernel", "recurrent_kernel", "bias"):
            object.__setattr__(layer.cell, name, getattr(cell, name))  # around Keras, which would count them twice
        _LAYER_CACHE[cell] = layer
    return _LAYER_CACHE[cell]
