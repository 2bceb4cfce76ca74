"""Backpropagation through time: the adjoint of a recurrence, derived from the formula of its cell.

forward      for t = 1 ... T:  s_t, residuals_t = step(zx_t, project_state(h_{t-1}), s_{t-1})
backward     for t = T ... 1:  dzx_t, dzh_t, ds_{t-1}, dw += _step_vjp(ds_t, residuals_t)
                               dh_{t-1} += _state_vjp(dzh_t)
afterwards                     dw += weight_gradients(h_0 ... h_{T-1}, dzh_1 ... dzh_T), one product for all steps
"""

from typing import NamedTuple

import keras
import tensorflow as tf

from rnn_templates.cells.cell import Cell
from rnn_templates.cells.residuals import Residuals, use_residuals
from rnn_templates.layers.rnn.step import masked_step, recurrent_projection
from rnn_templates.layers.rnn.vjp import or_zeros, vjp


class Saved(NamedTuple):
    """Tensors that the forward pass saves for the backward pass, time-major.

    outputs: (time, batch, units), h_1 ... h_T.
    previous_states: list of (time, batch, units): all states but h before each step.
    residuals: list of (time, batch, ...): outputs of the activations.

    Example:
        >>> Saved(tf.zeros((5, 2, 8)), [], []).outputs.shape
        TensorShape([5, 2, 8])
    """

    outputs: tf.Tensor
    previous_states: list
    residuals: list


class Gradients(NamedTuple):
    """Gradients of one step, or of all steps together.

    zx, zh: of the projections; zh is None if the gradient of the step does not reach it.
    states: tuple, of the states before the step.
    weights: list, of the weights that the loop reads; None where there is no gradient.

    Example:
        >>> Gradients(tf.zeros((2, 8)), None, (tf.zeros((2, 8)),), []).zh is None
        True
    """

    zx: tf.Tensor
    zh: tf.Tensor | None
    states: tuple
    weights: list


class BackpropagationThroughTime:
    """Forward and backward pass of a cell over time, for compilation.

    The derivatives of `step` and `project_state` are taken by automatic differentiation inside the backward loop, so
    that a new cell needs no more than its formula. Outputs of activations are saved and not computed again.

    Args:
        cell: a built cell that lends its formula; its weights are replaced by the argument `weights` of each function.

    Source:
        Werbos, Backpropagation through time: what it does and how to do it, 1990.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> cell = rt.VanillaCell(8)
        >>> cell.build((None, 3))
        >>> passes = BackpropagationThroughTime(cell)
        >>> weights = [tf.convert_to_tensor(variable) for variable in loop_weights(cell)]
        >>> @tf.function
        ... def differentiate(zx, states):
        ...     outputs, last, saved = passes.forward(True, True, zx, states, weights, StepMasks())
        ...     d_last = (tf.ones_like(last[0]),)
        ...     d, _ = passes.backward(tf.zeros_like(outputs), d_last, saved, StepMasks(), zx, states, weights)
        ...     before = previous_outputs(outputs, states[0])
        ...     return d, passes.weight_gradients(before, d.zh, weights, StepMasks())
        >>> d, (d_recurrent_kernel, _) = differentiate(cell.project_inputs(tf.ones((5, 2, 3))), (tf.zeros((2, 8)),))
        >>> d.zx.shape, d_recurrent_kernel.shape
        (TensorShape([5, 2, 8]), TensorShape([8, 8]))
    """

    def __init__(self, cell):
        self.cell = cell
        self._linear = type(cell).project_state is Cell.project_state
        names = [variable.name for variable in loop_weights(cell)]
        self._recurrent_kernel = names.index("recurrent_kernel") if self._linear else None

    def forward(self, return_sequences, save, zx, states, weights, masks):
        """Unrolls the cell.

        Args:
            return_sequences: bool; whether to return the outputs of all steps.
            save: bool; whether to save tensors for `backward`; needs `return_sequences`.
            zx: (time, batch, num_gates * units) float, the projected inputs.
            states: tuple of (batch, units) floats, before the first step.
            weights: list of tensors, the values of `loop_weights(cell)`.
            masks: `StepMasks`.

        Returns:
            `outputs, states, saved`: (time, batch, units) or None; the states after the last step; and a `Saved`, or
            without `save` the residuals of the last step. Residuals are loop variables in both cases, otherwise XLA
            computes an activation for each of its readers.
        """
        steps = tf.shape(zx)[0]

        def step(t, states):
            with use_residuals(Residuals()) as residuals, self._with(weights):
                zh = recurrent_projection(self.cell, states[0], masks)
                return masked_step(self.cell, zx[t], zh, states, t, masks), residuals.values

        def body(t, states, outputs, previous, residuals):
            new, values = step(t, states)
            outputs = outputs.write(t, new[0]) if return_sequences else outputs
            if save:  # h_{t-1} is among the outputs
                previous = [array.write(t, state) for array, state in zip(previous, states[1:], strict=True)]
                values = [array.write(t, value) for array, value in zip(residuals, values, strict=True)]
            return t + 1, new, outputs, previous, values

        _, examples = _abstract(step, 0, states)
        residuals = [_array(steps, value) if save else tf.zeros_like(value) for value in examples]
        previous = [_array(steps, state) for state in states[1:]] if save else []
        outputs = _array(steps if return_sequences else 0, states[0])
        _, last, outputs, previous, residuals = tf.while_loop(
            lambda t, *_: t < steps,
            body,
            (tf.constant(0), tuple(states), outputs, previous, residuals),
            maximum_iterations=steps,
        )
        outputs = outputs.stack() if return_sequences else None
        if save:
            residuals = Saved(outputs, [array.stack() for array in previous], [array.stack() for array in residuals])
        return outputs, last, residuals

    def backward(self, d_outputs, d_last, saved, masks, zx, states, weights):
        """Returns `Gradients` without `weight_gradients`, and the tensors that the loop carries.

        Args:
            d_outputs: (time, batch, units) float, the gradient of the outputs.
            d_last: tuple of (batch, units) floats, the gradients of the states after the last step.
            saved, masks, zx, states, weights: of the forward pass.
        """
        steps = tf.shape(zx)[0]
        previous = [previous_outputs(saved.outputs, states[0]), *saved.previous_states]
        zh = self._project_state(previous[0], weights, masks)  # dead code if no gradient of the step needs it
        transposed = tf.transpose(weights[self._recurrent_kernel]) if self._linear else None

        def step(t, d_states):
            before = [array[t] for array in previous]
            inputs = zx[t], None if zh is None else zh[t], before
            d_states = [d_states[0] + d_outputs[t], *d_states[1:]]
            d, carried = self._step_vjp(t, inputs, [array[t] for array in saved.residuals], weights, masks, d_states)
            if d.zh is not None:
                d_h = d.states[0] + self._state_vjp(before[0], d.zh, transposed, weights, masks)
                d = d._replace(states=(d_h, *d.states[1:]))
            return d, carried

        def body(t, d_states, d_zx, d_zh, d_weights, carried):
            d, carried = step(t, d_states)
            d_weights = [total + d.weights[i] for i, total in zip(in_step, d_weights, strict=True)]
            d_zh = d_zh.write(t, d.zh) if separate_zh else d_zh
            return t - 1, d.states, d_zx.write(t, d.zx), d_zh, d_weights, carried

        example, carried = _abstract(step, 0, d_last)
        separate_zh = example.zh is not None and example.zh is not example.zx  # else the step reads zx + zh
        in_step = [i for i, d in enumerate(example.weights) if d is not None]
        arrays = (
            _array(steps, example.zx),
            _array(steps if separate_zh else 0, example.zh if separate_zh else example.zx),
        )
        zeros = [tf.zeros_like(example.weights[i]) for i in in_step], [tf.zeros_like(d) for d in carried]
        _, d_states, d_zx, d_zh, d_weights, carried = tf.while_loop(
            lambda t, *_: t >= 0, body, (steps - 1, tuple(d_last), *arrays, *zeros), maximum_iterations=steps
        )
        d_zx = d_zx.stack()
        d_zh = None if example.zh is None else d_zh.stack() if separate_zh else d_zx
        d_weights = dict(zip(in_step, d_weights, strict=True))
        return Gradients(d_zx, d_zh, d_states, [d_weights.get(i) for i in range(len(weights))]), carried

    def weight_gradients(self, h, d_zh, weights, masks):
        """Returns the gradients of the weights that `project_state` reads.

        Args:
            h: (time, batch, units) float, the outputs before each step.
            d_zh: (time, batch, num_gates * units) float, or None.
            weights, masks: of the forward pass.

        Returns:
            A list, with None for the other weights.
        """
        if d_zh is None:
            return [None] * len(weights)
        (d_weights,) = vjp(lambda weights: self._project_state(h, weights, masks), (weights,), d_zh)
        return d_weights

    def _step_vjp(self, t, inputs, residuals, weights, masks, d_states):
        """From ds_t to dzx_t, dzh_t, ds_{t-1} and dw of one step; also the gradients that the loop must carry."""
        zx, zh, states = inputs

        def step(zx, zh, states, weights):
            with self._with(weights):
                return masked_step(self.cell, zx, zh, tuple(states), t, masks)

        with use_residuals(Residuals(residuals)) as loaded:
            d_zx, d_zh, d_states, d_weights = vjp(step, (zx, zh, states, weights), d_states)
        d_states = tuple(or_zeros(d, state) for d, state in zip(d_states, states, strict=True))
        return Gradients(or_zeros(d_zx, zx), d_zh, d_states, d_weights), loaded.carried

    def _state_vjp(self, h, d_zh, transposed, weights, masks):
        """From dzh_t to the part of dh_{t-1} that passes through `project_state`."""
        if self._linear:
            d_h = tf.matmul(d_zh, transposed)
            return d_h if masks.recurrent_dropout is None else d_h * masks.recurrent_dropout
        (d_h,) = vjp(lambda h: self._project_state(h, weights, masks), (h,), d_zh)
        return or_zeros(d_h, h)

    def _project_state(self, h, weights, masks):
        with self._with(weights):
            return recurrent_projection(self.cell, h, masks)

    def _with(self, weights):
        """A scope in which the cell reads these tensors as its variables."""
        return keras.StatelessScope(state_mapping=list(zip(loop_weights(self.cell), weights, strict=True)))


def loop_weights(cell):
    """Returns the variables that the loop reads: all but `kernel`.

    Example:
        >>> cell = rt.LSTMCell(8)
        >>> cell.build((None, 3))
        >>> [variable.name for variable in loop_weights(cell)]
        ['recurrent_kernel', 'bias']
    """
    return [variable for variable in cell.weights if variable.name != "kernel"]


def previous_outputs(outputs, initial):
    """Returns the output before each step.

    Args:
        outputs: (time, batch, units) float, of all steps.
        initial: (batch, units) float, before the first step.

    Returns:
        (time, batch, units) float.

    Example:
        >>> previous_outputs(tf.constant([[[1.0]], [[2.0]]]), tf.constant([[0.0]])).numpy().ravel().tolist()
        [0.0, 1.0]
    """
    return tf.concat([initial[None], outputs[:-1]], axis=0)


def _abstract(function, *arguments):
    """Returns results of which only shapes and dtypes are used: their computation is dead code."""
    return function(*arguments)


def _array(steps, example):
    return tf.TensorArray(example.dtype, size=steps, element_shape=example.shape)
