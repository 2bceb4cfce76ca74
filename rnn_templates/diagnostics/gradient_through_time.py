"""The gradient of a recurrence, taken apart into what each step of time adds to it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.layers.rnn.implementation import intercept_loops
from rnn_templates.layers.rnn.step import masked_step, recurrent_projection

VANISHING, EXPLODING = 1e-3, 1e3
ADVICE = {
    "vanishing": "vanishing: try an LSTM or a GRU, a larger forget bias, shorter regions, or pooling over all steps",
    "exploding": "exploding: try gradient clipping (clip_norm), a smaller learning rate, or layer normalization",
    "not a number": "not a number: lower the learning rate, clip the gradient, and look for NaN in the inputs",
    "healthy": "healthy: neither vanishing nor exploding",
}


@dataclass
class GradientThroughTime:
    """How a loss reaches back through one cell.

    cell: path of the cell in the model.
    contributions: (time, *shape of the recurrent weight) float32: what step k adds to dL/dU, in the order of reading.
    gradient: their sum, dL/dU, (*shape of the recurrent weight).
    jacobian_norms: (time + 1,) float32: the norm of dh_T/dh_t for t = 0 to T, over the square root of the number of units, so
        that it is 1 for t = T; mean of a few examples.
    """

    cell: str
    contributions: np.ndarray
    gradient: np.ndarray
    jacobian_norms: np.ndarray

    @property
    def norms(self):
        """Size of each step's contribution, (time,)."""
        return np.linalg.norm(self.contributions.reshape(len(self.contributions), -1), axis=1)

    @property
    def status(self):
        """ "vanishing", "exploding", "not a number", or "healthy"."""
        far = self.jacobian_norms[0]
        if not np.isfinite(self.jacobian_norms).all() or not np.isfinite(self.gradient).all():
            return "not a number"
        return "vanishing" if far < VANISHING else "exploding" if far > EXPLODING else "healthy"

    def report(self):
        """One sentence with the numbers, and what to try."""
        steps, far = len(self.contributions), float(self.jacobian_norms[0])
        factor = far ** (1 / steps) if far > 0 else 0.0
        told = f"{self.cell}: |dh_T/dh_0| is {far:.1e} over {steps} steps, a factor of {factor:.2f} a step"
        return f"{told}; {ADVICE[self.status]}."

    def plot(self, path=None):
        """Draws both curves over time; returns the matplotlib figure, and writes it to `path` if there is one."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.semilogy(np.arange(len(self.jacobian_norms)), np.maximum(self.jacobian_norms, 1e-30))
        left.axhspan(1e-30, VANISHING, color="tab:blue", alpha=0.08)
        left.axhspan(EXPLODING, max(EXPLODING * 10, np.nanmax(self.jacobian_norms)), color="tab:red", alpha=0.08)
        left.set(title="|dh_T / dh_t|", xlabel="step t", ylim=(max(1e-30, np.nanmin(self.jacobian_norms) / 10), None))
        right.semilogy(np.arange(1, len(self.norms) + 1), np.maximum(self.norms, 1e-30), color="tab:orange")
        right.set(title="what step k adds to dL/dU", xlabel="step k")
        figure.suptitle(f"{self.cell}: {self.status}")
        if path is not None:
            figure.savefig(Path(path), dpi=120)
        return figure


def gradient_through_time(model, batch, examples=4):
    """Takes the gradient of the loss apart, for every cell of a model that has recurrent weights.

        dL/dU = sum over k of  (sum over t >= k of dL/dh_t dh_t/dh_k)  dh_k/dU

    The outer sum is over the steps at which U is used; its terms are what this returns. Dropout is off.

    Args:
        model: a compiled Keras model with `Recurrent` layers, or a model of this package.
        batch: inputs and targets, raw ones if the model takes raw inputs.
        examples: how many of the batch to take for dh_T/dh_t, which is exact and costs units^2 an example.

    Returns:
        A list of `GradientThroughTime`, in the order in which the cells are run.

    Raises:
        ValueError: if the model has no cell with recurrent weights.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, arXiv:1211.5063.

    Example:
        >>> for flow in gradient_through_time(model, (texts, labels)):
        ...     print(flow.report())
    """
    inputs, targets = _prepared(model, batch)
    runs = []

    def watch(cell, zx, states, masks):
        run = _RecordedLoop(cell, zx, states, masks)
        runs.append(run)
        return run.outputs, run.states[-1]

    with tf.GradientTape(persistent=True) as tape, intercept_loops(watch):
        loss = model.compute_loss(inputs, targets, model(inputs, training=False), training=False)
    flows = [run.report(tape, loss, examples) for run in runs if run.weight is not None]
    if not flows:
        raise ValueError("gradient_through_time: the model has no recurrent cell whose state meets weights.")
    return flows


def _prepared(model, batch):
    """Inputs and targets as the network takes them."""
    inputs, targets = batch
    if hasattr(model, "batches"):
        inputs, targets = next(iter(model.make_batches(inputs, targets, batch_size=len(inputs)).dataset()))
    return tf.convert_to_tensor(inputs), tf.convert_to_tensor(targets)


class _RecordedLoop:
    """One cell over time, step by step, with every step in sight of the tape."""

    def __init__(self, cell, zx, states, masks):
        self.cell, self.zx, self.masks = cell, zx, masks
        self.weight = next(
            (w for w in cell.trainable_variables if w.name in ("recurrent_kernel", "recurrent_weight")), None
        )
        self.states, self.zhs = [tuple(states)], []
        for t in range(zx.shape[0]):
            states = self.states[-1]
            zh = recurrent_projection(cell, states[0], masks)
            self.zhs.append(zh)
            self.states.append(masked_step(cell, zx[t], zh, states, t, masks))
        self.outputs = tf.stack([state[0] for state in self.states[1:]])

    def report(self, tape, loss, examples):
        slopes = tape.gradient(loss, self.zhs, unconnected_gradients="zero")
        parts = []
        for states, slope in zip(self.states, slopes, strict=False):
            with tf.GradientTape() as inner:
                zh = recurrent_projection(self.cell, states[0], self.masks)
            parts.append(inner.gradient(zh, self.weight.value, slope).numpy())
        contributions = np.stack(parts)
        return GradientThroughTime(
            self.cell.path, contributions, contributions.sum(axis=0), self.jacobian_norms(examples)
        )

    def jacobian_norms(self, examples):
        """Norms of dh_T/dh_t, from the product of the Jacobians of all later steps."""
        units, count = self.cell.units, len(self.states[0])
        mask, drop, zones = self.masks
        few = type(self.masks)(
            None if mask is None else mask[:, :examples], None if drop is None else drop[:examples], zones
        )

        @tf.function
        def jacobian(zx, together, t):
            with tf.GradientTape() as tape:
                tape.watch(together)
                states = tuple(tf.split(together, count, axis=-1))
                new = masked_step(self.cell, zx, recurrent_projection(self.cell, states[0], few), states, t, few)
                new = tf.concat(new, axis=-1)
            return tape.batch_jacobian(new, together)

        rows = min(examples, self.states[0][0].shape[0])
        product = tf.eye(count * units, batch_shape=[rows])[:, :units]
        norms = [1.0]
        for t in reversed(range(self.zx.shape[0])):
            together = tf.concat([state[:rows] for state in self.states[t]], axis=-1)
            product = product @ jacobian(self.zx[t, :rows], together, tf.constant(t))
            norms.append(float(tf.reduce_mean(tf.norm(product[:, :, :units], axis=(1, 2)))) / units**0.5)
        return np.array(norms[::-1], "float32")
