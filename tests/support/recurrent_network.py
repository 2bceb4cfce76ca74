"""A Keras model of one recurrent layer, and a batch for it."""

import keras
import numpy as np

from rnn_templates.cells import make_cell
from rnn_templates.layers.rnn.recurrent import Recurrent

INPUTS = np.random.default_rng(0).normal(size=(5, 9, 3)).astype("float32")
TARGETS = np.random.default_rng(1).normal(size=(5, 1)).astype("float32")


def build_network(cell, units=4, scale=None, **options):
    """Returns a compiled regression model; with `scale` its recurrent kernels are multiples of the identity."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, 3))
    layer = Recurrent(make_cell(cell, units), **options)
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    model.compile("adam", "mse")
    if scale is not None:
        for one in layer.ordered_cells:
            one.recurrent_kernel.assign(scale * np.eye(*one.recurrent_kernel.shape))
    return model
