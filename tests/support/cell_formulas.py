"""The formulas of the cells in NumPy, and layers and inputs to test them on."""

import keras
import numpy as np

from rnn_templates.cells import (
    CfCCell,
    CoupledLSTMCell,
    DiagonalGRUCell,
    DiagonalLSTMCell,
    DLinOSSCell,
    FastGRNNCell,
    GRUCell,
    IndRNNCell,
    LayerNormLSTMCell,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
    PeepholeLSTMCell,
    RGLRUCell,
    SLSTMCell,
    VanillaCell,
)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def normalize(z):
    return (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5)


def linear(x, h, w):
    """x W + h U + b."""
    return x @ w["kernel"] + h @ w["recurrent_kernel"] + w["bias"]


def vanilla_step(x, states, w):
    return (np.tanh(linear(x, states[0], w)),)


def lstm_step(x, states, w):
    i, f, g, o = np.split(linear(x, states[0], w), 4, axis=-1)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, states, w):
    xz, xr, xg = np.split(x @ w["kernel"] + w["bias"][0], 3, axis=-1)
    hz, hr, hg = np.split(states[0] @ w["recurrent_kernel"] + w["bias"][1], 3, axis=-1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (z * states[0] + (1 - z) * np.tanh(xg + r * hg),)


def peephole_lstm_step(x, states, w):
    c, (p_i, p_f, p_o) = states[1], w["peepholes"]
    i, f, g, o = np.split(linear(x, states[0], w), 4, axis=-1)
    new = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * new) * np.tanh(new), new


def coupled_lstm_step(x, states, w):
    f, g, o = np.split(linear(x, states[0], w), 3, axis=-1)
    c = sigmoid(f) * states[1] + (1 - sigmoid(f)) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def layer_norm_lstm_step(x, states, w):
    zx = w["input_gain"] * normalize(x @ w["kernel"])
    zh = w["recurrent_gain"] * normalize(states[0] @ w["recurrent_kernel"])
    i, f, g, o = np.split(zx + zh + w["bias"], 4, axis=-1)
    c = sigmoid(f) * states[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(w["cell_gain"] * normalize(c) + w["cell_shift"]), c


def indrnn_step(x, states, w):
    return (np.maximum(x @ w["kernel"] + w["recurrent_weight"] * states[0] + w["bias"], 0),)


def mingru_step(x, states, w):
    z, g = np.split(x @ w["kernel"] + w["bias"], 2, axis=-1)
    return ((1 - sigmoid(z)) * states[0] + sigmoid(z) * g,)


def minlstm_step(x, states, w):
    f, i, g = np.split(x @ w["kernel"] + w["bias"], 3, axis=-1)
    f, i = sigmoid(f), sigmoid(i)
    return (f / (f + i) * states[0] + i / (f + i) * g,)


def slstm_step(x, states, w):
    _, c, n, m = states
    i, f, z, o = np.split(linear(x, states[0], w), 4, axis=-1)
    kept = np.where(n > 0, np.log(sigmoid(f)) + m, i)
    top = np.maximum(i, kept)
    c = np.exp(kept - top) * c + np.exp(i - top) * np.tanh(z)
    n = np.exp(kept - top) * n + np.exp(i - top)
    return sigmoid(o) * c / np.maximum(n, 1), c, n, top


def fastgrnn_step(x, states, w):
    a = x @ w["kernel"] + states[0] @ w["recurrent_kernel"]
    z, g = sigmoid(a + w["bias"][0]), np.tanh(a + w["bias"][1])
    return (z * states[0] + (sigmoid(w["zeta"]) * (1 - z) + sigmoid(w["nu"])) * g,)


def diagonal_gru_step(x, states, w):
    (h,) = states
    xz, xr, xg = np.split(x @ w["kernel"] + w["bias"], 3, axis=-1)
    uz, ur, ug = np.split(w["recurrent_weight"], 3)
    z, r = sigmoid(xz + uz * h), sigmoid(xr + ur * h)
    return (z * h + (1 - z) * np.tanh(xg + r * ug * h),)


def diagonal_lstm_step(x, states, w):
    h, c = states
    gates = np.split(x @ w["kernel"] + w["bias"], 4, axis=-1)
    i, f, g, o = (gate + u * h for gate, u in zip(gates, np.split(w["recurrent_weight"], 4), strict=True))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def rglru_step(x, states, w):
    r, i, g = np.split(x @ w["kernel"] + w["bias"], 3, axis=-1)
    a = sigmoid(w["decay"]) ** (8 * sigmoid(r))
    return (a * states[0] + np.sqrt(1 - a**2) * sigmoid(i) * g,)


def dlinoss_step(x, states, w):
    """The update as a 2 x 2 matrix, as in section 3 of the paper, not as two Euler steps."""
    d, g = sigmoid(w["time_step"]), np.maximum(w["damping"], 0)
    s = 1 + d * g
    a = np.clip(w["stiffness"], (np.sqrt(s) - 1) ** 2 / d**2, (np.sqrt(s) + 1) ** 2 / d**2)
    before, drive = np.stack(states[:0:-1]), d / s * (x @ w["kernel"] + w["bias"])
    matrix = np.array([[1 / s, -d * a / s], [d / s, 1 - d**2 * a / s]])
    velocity, position = np.einsum("iju,jbu->ibu", matrix, before) + np.stack([drive, d * drive])
    return position * sigmoid(position), position, velocity


def cfc_step(x, states, w):
    features = len(w["kernel"])
    gap = x[:, features:] if x.shape[1] > features else 1
    p, q, a, b = np.split(linear(x[:, :features], states[0], w), 4, axis=-1)
    s = sigmoid(-a * gap + b)
    return (s * np.tanh(p) + (1 - s) * np.tanh(q),)


CASES = {  # cell, its formula in NumPy, the Keras layer with the same weights where there is one
    "vanilla": (VanillaCell, vanilla_step, keras.layers.SimpleRNN),
    "lstm": (LSTMCell, lstm_step, keras.layers.LSTM),
    "gru": (GRUCell, gru_step, keras.layers.GRU),
    "peephole_lstm": (PeepholeLSTMCell, peephole_lstm_step, None),
    "coupled_lstm": (CoupledLSTMCell, coupled_lstm_step, None),
    "layer_norm_lstm": (LayerNormLSTMCell, layer_norm_lstm_step, None),
    "indrnn": (IndRNNCell, indrnn_step, None),
    "mingru": (MinGRUCell, mingru_step, None),
    "minlstm": (MinLSTMCell, minlstm_step, None),
    "slstm": (SLSTMCell, slstm_step, None),
    "fastgrnn": (FastGRNNCell, fastgrnn_step, None),
    "diagonal_gru": (DiagonalGRUCell, diagonal_gru_step, None),
    "diagonal_lstm": (DiagonalLSTMCell, diagonal_lstm_step, None),
    "rglru": (RGLRUCell, rglru_step, None),
    "dlinoss": (DLinOSSCell, dlinoss_step, None),
    "cfc": (CfCCell, cfc_step, None),
}


def rounding_unit(name, *values):
    """Returns 1, or for the cells whose states are not bounded the largest absolute value, to which rounding is
    relative."""
    unbounded = name in ("dlinoss", "indrnn", "slstm")  # of indrnn: relu, with recurrent weights above 1
    return max(1.0, *(np.abs(value).max() for value in values)) if unbounded else 1.0


def numpy_unroll(step, cell, x, states, mask=None):
    """The recurrence in float64 in a Python loop; returns the outputs of all steps and the final states."""
    weights = {weight.name: np.asarray(weight, np.float64) for weight in cell.weights}
    states = [np.asarray(state, np.float64) for state in states]
    outputs = []
    for t in range(x.shape[1]):
        new = step(x[:, t].astype(np.float64), states, weights)
        if mask is not None:
            new = [np.where(mask[:, t, None], after, before) for after, before in zip(new, states, strict=True)]
        states = list(new)
        outputs.append(states[0])
    return np.stack(outputs, axis=1), states


def make_inputs(batch=3, time=6, features=4, seed=0):
    """Returns random sequences and a mask of right padding."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, time, features)).astype("float32")
    mask = np.arange(time) < rng.integers(1, time + 1, size=(batch, 1))
    return x, mask


def randomize(layer, shape, seed=1):
    """Builds a layer and gives it random weights."""
    layer.build(shape)
    rng = np.random.default_rng(seed)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer
