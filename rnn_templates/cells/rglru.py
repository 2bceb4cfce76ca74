"""Real-gated linear recurrent unit."""

import keras
from keras import ops

from rnn_templates.cells.activations import apply_gates, exp, save_residual
from rnn_templates.cells.cell import Cell

SHARPNESS = 8.0  # c of the source


@keras.saving.register_keras_serializable(package="rnn_templates")
class RGLRUCell(Cell):
    """Real-gated linear recurrent unit: a leaky integrator with a gated decay.

        r, i = sigmoid(W_r x_t + b_r), sigmoid(W_i x_t + b_i)
        a = exp(8 r * log(sigmoid(decay)))
        h_t = a * h_{t-1} + sqrt(1 - a^2) * i * (W_g x_t + b_g)

    The decay a depends on the input only and is below one, and the square root keeps the variance of h: the state
    neither vanishes nor grows over thousands of steps. There is no product with h_{t-1}.

    Args:
        units: int, at least 1; size of h.

    Weights (gate order r, i, g):
        kernel (features, 3 units), decay (units,), initially such that a of r = 1 is uniform in [0.9, 0.999),
        bias (3 units,).

    Source:
        De et al., Griffin: mixing gated linear recurrences with local attention for efficient language models,
        arXiv:2402.19427.

    Example:
        >>> rt.Recurrent(rt.RGLRUCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 3

    def build_recurrent(self):
        self.decay = self.add_weight(shape=(self.units,), initializer=_initial_decay, name="decay")

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        (h,) = states
        gates, g = ops.split(zx, [2 * self.units], axis=-1)
        r, i = apply_gates(gates, "sigmoid sigmoid")
        log_a = SHARPNESS * ops.log_sigmoid(self.decay) * r
        a = exp(log_a)
        h = a * h + save_residual(_sqrt(-ops.tanh(log_a) * (1 + a * a))) * i * g  # 1 - a^2 without cancellation
        return h, (h,)


def _initial_decay(shape, dtype=None):
    """The logit of the root of numbers that are uniform in [0.9, 0.999)."""
    a = keras.initializers.RandomUniform(0.9, 0.999)(shape, dtype)
    return -ops.log(a ** (-1 / SHARPNESS) - 1)


def _sqrt(x):
    """The square root, with gradient 0 at 0, where a saturated gate would give infinity times zero."""
    positive = x > 0
    return ops.where(positive, ops.sqrt(ops.where(positive, x, ops.ones_like(x))), ops.zeros_like(x))
