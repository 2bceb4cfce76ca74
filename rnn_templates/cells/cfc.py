"""Closed-form continuous-time cell."""

import keras
from keras import ops

from rnn_templates.cells.activations import save_residual, sigmoid, tanh
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class CfCCell(Cell):
    """Closed-form continuous-time cell (CfC): the time since the previous step is an input.

        p, q, a, b = split(W x_t + U h_{t-1} + b_0)
        s = sigmoid(b - a * gap_t)
        h_t = s * tanh(p) + (1 - s) * tanh(q)

    With a gap of zero the output is a blend that b selects; as the gap grows, it moves to tanh(q) where a > 0, and to
    tanh(p) where a < 0, at the rate |a|. With `time_gaps` the last feature of the input is the gap, which no kernel
    projects, for sequences with irregular time stamps; otherwise every gap is one. Gaps should be near one: divide
    them by their median. Of several layers only the first reads the gaps from its input; put another one in a
    `Recurrent` of its own, and concatenate the gaps to the outputs of the first. A backward cell reads the same gaps.

    Args:
        units: int, at least 1; size of h.
        time_gaps: bool; whether the last feature of the input is the time since the previous step.

    Weights (gate order p, q, a, b; without the feature of the gaps):
        kernel (features, 4 units), recurrent_kernel (units, 4 units), bias (4 units,).

    Source:
        Hasani et al., Closed-form continuous-time neural networks, arXiv:2106.13898, without a backbone; the term b is
        that of its implementation.

    Example:
        >>> values = np.ones((2, 5, 3), "float32")
        >>> times = np.array([[0, 1, 2, 3, 9], [0, 4, 5, 6, 7]], "float32")
        >>> gaps = np.diff(times, prepend=times[:, :1] - 1)
        >>> x = np.concatenate([values, gaps[:, :, None] / np.median(gaps)], axis=-1)
        >>> rt.Recurrent(rt.CfCCell(8, time_gaps=True))(x).shape
        TensorShape([2, 8])
    """

    num_gates = 4

    def __init__(self, units, time_gaps=False, **kwargs):
        super().__init__(units, **kwargs)
        self.time_gaps = bool(time_gaps)
        self.unprojected = int(self.time_gaps)

    def build(self, input_shape):
        super().build((*input_shape[:-1], input_shape[-1] - self.unprojected))

    def project_inputs(self, x):
        if not self.time_gaps:
            return super().project_inputs(x)
        return ops.concatenate([super().project_inputs(x[..., :-1]), x[..., -1:]], axis=-1)

    def step(self, zx, zh, states):
        gap = None
        if self.time_gaps:
            zx, gap = zx[:, :-1], zx[:, -1:]
        heads, a, b = ops.split(zx + zh, [2 * self.units, 3 * self.units], axis=-1)
        p, q = ops.split(tanh(heads), 2, axis=-1)
        s = sigmoid(b - a if gap is None else b - save_residual(a) * gap)
        h = q + s * (p - q)
        return h, (h,)

    def get_config(self):
        return {**super().get_config(), "time_gaps": self.time_gaps}
