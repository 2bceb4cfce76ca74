"""Long short-term memory cell with a diagonal recurrent kernel."""

import keras

from rnn_templates.cells.diagonal import DiagonalCell
from rnn_templates.cells.lstm import LSTMCell


@keras.saving.register_keras_serializable(package="rnn_templates")
class DiagonalLSTMCell(DiagonalCell, LSTMCell):
    """Long short-term memory whose recurrent kernel is diagonal.

        i, f, g, o = split(W x_t + b) + u * h_{t-1}, a vector u for each gate
        c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
        h_t = sigmoid(o) * tanh(c_t)

    There is no matrix product in the loop, and the gates stay nonlinear in h_{t-1}, unlike those of a minLSTM. Units
    are mixed by the kernel of the next layer only. The LSTM of the source also couples i = 1 - f, and its gates read c.

    Args:
        units: int, at least 1; size of h and c.

    Weights (gate order i, f, g, o; the bias of f starts at one):
        kernel (features, 4 units), recurrent_weight u (4 units,), normal with standard deviation 2 / sqrt(5 units),
        bias (4 units,).

    Source:
        Danieli et al., ParaRNN: unlocking parallel training of nonlinear RNNs for large language models,
        arXiv:2510.21450.

    Example:
        >>> layer = rt.Recurrent(rt.DiagonalLSTMCell(8))
        >>> layer(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
        >>> [tuple(weight.shape) for weight in layer.weights]
        [(3, 32), (32,), (32,)]
    """
