"""Decomposition of the gradient of a recurrence into contributions of time steps."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from rnn_templates.layers.rnn.implementation import intercept_loops
from rnn_templates.layers.rnn.step import StepMasks, masked_step, recurrent_projection
from rnn_templates.plots.gradient_flow import plot_gradient_flow
from rnn_templates.utils.validation import check_ints

VANISHING, EXPLODING = 1e-3, 1e3  # of |dh_T/ds_0|
RECURRENT_WEIGHTS = ("recurrent_kernel", "recurrent_weight")
ADVICE = {
    "vanishing": "vanishing: try an LSTM or a GRU, shorter sequences, or pooling over all steps",
    "exploding": "exploding: try gradient clipping (clip_norm), a lower learning rate, or layer normalization",
    "not finite": "not finite: try a lower learning rate or gradient clipping, and check the inputs for NaN",
    "healthy": "healthy: neither vanishing nor exploding",
}
GATED_ADVICE = {
    **ADVICE,
    "vanishing": "vanishing: try a larger bias of the forget or update gate, shorter sequences, or pooling over steps",
}


@dataclass
class GradientThroughTime:
    """Gradient of a loss through the time steps of one cell.

    cell: str, the path of the cell in the model.
    contributions: (time, *shape of the recurrent weight U) float32; the term of step k in dL/dU, in processing order.
    gradient: (*shape of U) float32; their sum, dL/dU.
    jacobian_norms: (time + 1,) float32; the norm of dh_T/ds_t for t = 0 to T divided by the square root of the number
        of units, so that it is 1 for t = T; mean over examples. s_t are all states of the cell: h_t, and c_t of an
        LSTM, whose gradient is preserved along c.
    is_gated: bool; whether the cell has gates, whose bias is the remedy for a vanishing gradient.

    Example:
        >>> result = GradientThroughTime("lstm", np.ones((2, 1)), np.full(1, 2.0), np.array([0.25, 0.5, 1.0]))
        >>> result.status
        'healthy'
    """

    cell: str
    contributions: np.ndarray
    gradient: np.ndarray
    jacobian_norms: np.ndarray
    is_gated: bool = False

    @property
    def norms(self):
        """Norm of the contribution of each step, (time,)."""
        return np.linalg.norm(self.contributions.reshape(len(self.contributions), -1), axis=1)

    @property
    def status(self):
        """One of "vanishing", "exploding", "not finite" and "healthy"."""
        if not np.isfinite(self.jacobian_norms).all() or not np.isfinite(self.gradient).all():
            return "not finite"
        norm = self.jacobian_norms[0]
        return "vanishing" if norm < VANISHING else "exploding" if norm > EXPLODING else "healthy"

    def report(self):
        """Returns a sentence with the norm of dh_T/ds_0, the status, and a remedy for this cell.

        Example:
            >>> result = GradientThroughTime("lstm", np.ones((2, 1)), np.full(1, 2.0), np.array([1e-4, 1e-2, 1.0]))
            >>> print(result.report().split(": try")[0])
            lstm: |dh_T/ds_0| is 1.0e-04 over 2 steps, a factor of 0.01 per step; vanishing
        """
        steps, norm = len(self.contributions), float(self.jacobian_norms[0])
        numbers = f"|dh_T/ds_0| is 0 over {steps} steps, below the smallest float32"
        if norm > 0 or np.isnan(norm):
            numbers = f"|dh_T/ds_0| is {norm:.1e} over {steps} steps, a factor of {norm ** (1 / steps):.2f} per step"
        advice = GATED_ADVICE if self.is_gated else ADVICE
        return f"{self.cell}: {numbers}; {advice[self.status]}."

    def plot(self, path=None):
        """Draws `jacobian_norms` and `norms` over time; see `rnn_templates.plots.gradient_flow`.

        Args:
            path: PNG file to write; None for none.

        Returns:
            `matplotlib.figure.Figure`.

        Example:
            >>> result = GradientThroughTime("lstm", np.ones((2, 1)), np.full(1, 2.0), np.array([0.25, 0.5, 1.0]))
            >>> len(result.plot("flow.png").axes)
            2
        """
        title = f"{self.cell}: {self.status}"
        return plot_gradient_flow(
            self.jacobian_norms, self.norms, path, title=title, vanishing=VANISHING, exploding=EXPLODING
        )


def gradient_through_time(model, batch, examples=4):
    """Decomposes the gradient of the loss for every cell with recurrent weights.

        dL/dU = sum over k of  (sum over t >= k of dL/dh_t dh_t/dh_k)  dh_k/dU

    The terms of the outer sum, over the steps at which U is used, are the `contributions`. Dropout is off.

    Args:
        model: a compiled Keras model with `Recurrent` layers, or a model of this package.
        batch: tuple of inputs and targets; raw ones if the model takes raw inputs.
        examples: int, at least 1; number of examples of the batch for dh_T/ds_t, which is exact and costs units^2 per
            example.

    Returns:
        A list of `GradientThroughTime`, in the order in which the cells run.

    Raises:
        ValueError: if the model has no cell with recurrent weights.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063.

    Example:
        >>> inputs = keras.Input((None, 3))
        >>> model = keras.Model(inputs, keras.layers.Dense(1)(rt.Recurrent(rt.VanillaCell(4))(inputs)))
        >>> model.compile("adam", "mse")
        >>> (result,) = gradient_through_time(model, (np.ones((8, 5, 3), "float32"), np.ones((8, 1), "float32")))
        >>> result.contributions.shape, result.jacobian_norms.shape
        ((5, 4, 4), (6,))
    """
    check_ints("gradient_through_time", examples=examples)
    inputs, targets = _network_batch(model, batch)
    loops = []

    def record(cell, zx, states, masks):
        loop = _RecordedLoop(cell, zx, states, masks)
        loops.append(loop)
        return loop.outputs, loop.states[-1]

    with tf.GradientTape(persistent=True) as tape, intercept_loops(record):
        loss = model.compute_loss(inputs, targets, model(inputs, training=False), training=False)
    results = [loop.decompose(tape, loss, examples) for loop in loops if loop.weight is not None]
    if not results:
        raise ValueError("gradient_through_time: `model` must have a recurrent cell with recurrent weights.")
    return results


def _network_batch(model, batch):
    """Inputs and targets in the form of the network."""
    inputs, targets = batch
    if hasattr(model, "make_batches"):
        inputs, targets = next(iter(model.make_batches(inputs, targets, batch_size=len(inputs)).dataset()))
    return tf.convert_to_tensor(inputs), tf.convert_to_tensor(targets)


class _RecordedLoop:
    """A cell over time, unrolled so that the tape records every step."""

    def __init__(self, cell, zx, states, masks):
        self.cell, self.zx, self.masks = cell, zx, masks
        self.weight = next((w for w in cell.trainable_variables if w.name in RECURRENT_WEIGHTS), None)
        self.states, self.zhs = [tuple(states)], []
        for t in range(zx.shape[0]):
            states = self.states[-1]
            zh = recurrent_projection(cell, states[0], masks)
            self.zhs.append(zh)
            self.states.append(masked_step(cell, zx[t], zh, states, t, masks))
        self.outputs = tf.stack([state[0] for state in self.states[1:]])

    def decompose(self, tape, loss, examples):
        """Returns the `GradientThroughTime` of a loss."""
        terms = []
        for states, d_zh in zip(self.states, tape.gradient(loss, self.zhs, unconnected_gradients="zero"), strict=False):
            with tf.GradientTape() as inner:
                zh = recurrent_projection(self.cell, states[0], self.masks)
            terms.append(inner.gradient(zh, self.weight.value, d_zh).numpy())
        contributions = np.stack(terms)
        norms = self._jacobian_norms(min(examples, self.states[0][0].shape[0]))
        gates = getattr(self.cell, "num_gates", 1)
        return GradientThroughTime(self.cell.path, contributions, contributions.sum(axis=0), norms, gates > 1)

    def _jacobian_norms(self, rows):
        """Norms of dh_T/ds_t, the product of the Jacobians of all later steps, for the first rows of the batch."""
        units, count = self.cell.units, len(self.states[0])
        padding, dropout, zoneout = self.masks
        masks = StepMasks(
            None if padding is None else padding[:, :rows], None if dropout is None else dropout[:rows], zoneout
        )

        @tf.function
        def jacobian(zx, states, t):
            with tf.GradientTape() as tape:
                tape.watch(states)
                before = tuple(tf.split(states, count, axis=-1))
                zh = recurrent_projection(self.cell, before[0], masks)
                after = tf.concat(masked_step(self.cell, zx, zh, before, t, masks), axis=-1)
            return tape.batch_jacobian(after, states)

        product = tf.eye(count * units, batch_shape=[rows])[:, :units]
        norms = [1.0]
        for t in reversed(range(self.zx.shape[0])):
            states = tf.concat([state[:rows] for state in self.states[t]], axis=-1)
            product = product @ jacobian(self.zx[t, :rows], states, tf.constant(t))
            norms.append(float(tf.reduce_mean(tf.norm(product, axis=(1, 2)))) / units**0.5)
        return np.array(norms[::-1], "float32")
