"""Gated recurrent unit with a diagonal recurrent kernel."""

import keras
import numpy as np
from keras import ops

from rnn_templates.cells.diagonal import DiagonalCell
from rnn_templates.cells.gru import GRUCell


@keras.saving.register_keras_serializable(package="rnn_templates")
class DiagonalGRUCell(DiagonalCell, GRUCell):
    """Gated recurrent unit whose recurrent kernel is diagonal.

        z = sigmoid(W_z x_t + b_z + u_z * h_{t-1})
        r = sigmoid(W_r x_t + b_r + u_r * h_{t-1})
        g = tanh(W_g x_t + b_g + r * u_g * h_{t-1})
        h_t = z * h_{t-1} + (1 - z) * g

    There is no matrix product in the loop, and the gates stay nonlinear in h_{t-1}, unlike those of a minGRU. Units
    are mixed by the kernel of the next layer only.

    Args:
        units: int, at least 1; size of h.

    Weights (gate order z, r, g; the bias of z starts at 0 for the first unit to 1 for the last):
        kernel (features, 3 units), recurrent_weight u (3 units,), normal with standard deviation 2 / sqrt(5 units),
        bias (3 units,).

    Source:
        Danieli et al., ParaRNN: unlocking parallel training of nonlinear RNNs for large language models,
        arXiv:2510.21450 (there ParaGRU, with 1 - z for z).

    Example:
        >>> layer = rt.Recurrent(rt.DiagonalGRUCell(8))
        >>> layer(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
        >>> [tuple(weight.shape) for weight in layer.weights]
        [(3, 24), (24,), (24,)]
    """

    use_recurrent_bias = False

    def _initial_bias(self, shape, dtype=None):
        rows = np.zeros((self.num_gates, self.units))
        rows[0] = np.linspace(0, 1, self.units)
        return ops.convert_to_tensor(rows.reshape(shape), dtype=dtype)
