"""Backpropagation through time, compiled: the adjoint of a recurrence, derived from the formula of its cell."""

import functools
import json
from concurrent.futures import ThreadPoolExecutor

import keras
import tensorflow as tf

from rnn_templates.cells.cell import Cell
from rnn_templates.cells.residuals import Residuals, use_residuals
from rnn_templates.layers.rnn.step import masked_step, recurrent_projection


def xla_loop(cell):
    """Returns the `XlaLoop` that serves all cells with the configuration of this one: XLA compiles once for all.

    Example:
        >>> xla_loop(LSTMCell(8)) is xla_loop(LSTMCell(8))
        True
    """
    config = {key: value for key, value in cell.get_config().items() if key not in ("name", "trainable", "dtype")}
    return _loop(type(cell), json.dumps(config, sort_keys=True), cell.compute_dtype)


@functools.lru_cache(maxsize=64)
def _loop(kind, config, dtype):
    def build():
        cell = kind.from_config({**json.loads(config), "dtype": dtype})
        cell.build((None, 1))
        return cell

    # Variables made while a function is traced would belong to it, and a second trace may make none. Another thread
    # traces nothing.
    with ThreadPoolExecutor(1) as thread:
        cell = thread.submit(build).result()
    return XlaLoop(cell)


class XlaLoop:
    """The time loop of a kind of cell, forward and backward, under XLA.

        forward   h_t, s_t = step(zx_t, recurrent_projection(h_{t-1}), s_{t-1})
        backward  dzx_t, dzh_t, ds_{t-1} = step'(ds_t),  dh_{t-1} += recur'(dzh_t)
        after it  dU = sum over t of h_{t-1}^T dzh_t, one matrix product over all steps

    The derivatives of `step` and `recur` are taken by automatic differentiation inside the backward loop, so that a new
    cell needs no more than its formula. What the activations gave on the way forward is kept and not computed again.

    Args:
        cell: a built cell that lends its formula; the weights are those of the cell that is called with.

    Source:
        Werbos, Backpropagation through time: what it does and how to do it, 1990.

    Example:
        >>> outputs, states = xla_loop(cell)(cell, cell.project_inputs(x), states, StepMasks(), sequences=True)
    """

    def __init__(self, cell):
        self.cell = cell
        self.linear = type(cell).project_state is Cell.project_state
        self._infer = {wanted: _compiled(functools.partial(self._run, wanted, False)) for wanted in (True, False)}
        self._forward = _compiled(functools.partial(self._run, True, True))
        self._backward = _compiled(self._walk_back)

    def __call__(self, cell, zx, states, masks, *, sequences, training=False):
        """Runs `cell`; arguments and answer as `rnn_templates.layers.rnn.implementation.run`, gradients included."""
        count, weights = len(states), [tf.convert_to_tensor(variable) for variable in _inner(cell)]

        @tf.custom_gradient
        def differentiable(*inputs):
            # Without the stop an eager tape would look into the compiled functions.
            zx, *states_and_weights = map(tf.stop_gradient, inputs)
            states, weights = tuple(states_and_weights[:count]), list(states_and_weights[count:])
            if training:
                outputs, last, *kept = self._forward(zx, states, weights, masks)
            else:
                outputs, last, _ = self._infer[sequences](zx, states, weights, masks)

            def gradient(*d_answer):
                # Outside training a gradient is rare, and worth a second way forward.
                every, _, before, notes = (
                    (outputs, last, *kept) if training else self._forward(zx, states, weights, masks)
                )
                d_outputs = d_answer[0] if sequences else tf.zeros_like(every)
                d_last = d_answer[-count:]
                d_zx, d_zh, d_states, d_inside, _ = self._backward(
                    d_outputs, d_last, zx, every, states, before, notes, weights, masks
                )
                d_recur = self._recurrent_gradients(every, states, d_zh, weights, masks)
                d_weights = [_sum(a, b) for a, b in zip(d_recur, d_inside, strict=True)]  # None for what the loop left
                return d_zx, *d_states, *d_weights

            return (outputs, *last) if sequences else tuple(last), gradient

        answer = differentiable(zx, *states, *weights)
        return answer[0] if sequences else None, tuple(answer[-count:])

    def _with(self, weights):
        """A scope in which the formula reads these tensors as its variables."""
        return keras.StatelessScope(state_mapping=list(zip(_inner(self.cell), weights, strict=True)))

    def _run(self, sequences, keep, zx, states, weights, masks):
        steps = tf.shape(zx)[0]

        def step(t, states):
            with use_residuals(Residuals()) as notes, self._with(weights):
                zh = recurrent_projection(self.cell, states[0], masks)
                new = masked_step(self.cell, zx[t], zh, states, t, masks)
            return new, notes.values

        def body(t, states, outputs, before, notes):
            new, values = step(t, states)
            outputs = outputs.write(t, new[0]) if sequences else outputs
            if keep:  # h_{t-1} is among the outputs already
                before = [array.write(t, state) for array, state in zip(before, states[1:], strict=True)]
                values = [array.write(t, value) for array, value in zip(notes, values, strict=True)]
            return t + 1, new, outputs, before, values

        _, notes = step(0, states)  # for the number and shapes of the notes; its result is dead code
        notes = [_array(steps, value) if keep else tf.zeros_like(value) for value in notes]
        before = [_array(steps, state) for state in states[1:]] if keep else []
        outputs = _array(steps if sequences else 0, states[0])
        _, last, outputs, before, notes = tf.while_loop(
            lambda t, *_: t < steps,
            body,
            (tf.constant(0), tuple(states), outputs, before, notes),
            maximum_iterations=steps,
        )
        outputs = outputs.stack() if sequences else None
        if not keep:
            return outputs, last, notes
        return outputs, last, [array.stack() for array in before], [array.stack() for array in notes]

    def _walk_back(self, d_outputs, d_last, zx, outputs, first, before, notes, weights, masks):
        steps = tf.shape(zx)[0]
        hs = _before(outputs, first)
        with self._with(weights):
            # Dead code, and so never computed, where the slope of the step asks for no zh.
            zhs = recurrent_projection(self.cell, hs, masks)
        before = [hs, *before]
        transposed = tf.transpose(weights[self._index("recurrent_kernel")]) if self.linear else None

        def step(t, d_states):
            d_states = [d_states[0] + d_outputs[t], *d_states[1:]]
            states, x, h = [array[t] for array in before], zx[t], None if zhs is None else zhs[t]
            read = Residuals([array[t] for array in notes])
            inputs = [x, *states] if h is None else [x, *states, h]
            with tf.GradientTape() as tape, use_residuals(read), self._with(weights):
                tape.watch([*inputs, *weights])
                new = masked_step(self.cell, x, h, tuple(states), t, masks)
            slopes = tape.gradient(new, [*inputs, *weights], d_states)
            d_x, *d_states = [_or_zeros(d, value) for d, value in zip(slopes, [x, *states], strict=False)]
            d_h = None if h is None else slopes[len(inputs) - 1]
            if d_h is not None:
                d_states[0] += self._recur_back(states[0], d_h, transposed, weights, masks)
            return d_x, d_h, tuple(d_states), slopes[len(inputs) :], read.carried

        def body(t, d_states, d_zx, d_zh, d_inside, held):
            d_x, d_h, d_states, d_more, held = step(t, d_states)
            d_inside = {i: total + d_more[i] for i, total in d_inside.items()}
            d_zh = d_zh.write(t, d_h) if apart else d_zh
            return t - 1, d_states, d_zx.write(t, d_x), d_zh, d_inside, held

        d_x, d_h, _, inside, held = step(0, d_last)  # for shapes alone; its result is dead code
        apart = d_h is not None and d_h is not d_x  # where a step reads their sum, one array serves both
        arrays = _array(steps, d_x), _array(steps if apart else 0, d_h if apart else d_x)
        zeros = {i: tf.zeros_like(value) for i, value in enumerate(inside) if value is not None}
        _, d_states, d_zx, d_zh, d_inside, held = tf.while_loop(
            lambda t, *_: t >= 0,
            body,
            (steps - 1, tuple(d_last), *arrays, zeros, [tf.zeros_like(d) for d in held]),
            maximum_iterations=steps,
        )
        d_zx = d_zx.stack()
        d_inside = [d_inside.get(i) for i in range(len(weights))]
        d_zh = None if d_h is None else d_zh.stack() if apart else d_zx
        return d_zx, d_zh, d_states, d_inside, held

    def _recur_back(self, h, d_zh, transposed, weights, masks):
        """From the gradient of zh to that of h_{t-1}."""
        if self.linear:
            d_h = tf.matmul(d_zh, transposed)
            return d_h if masks.recurrent_dropout is None else d_h * masks.recurrent_dropout
        with tf.GradientTape() as tape, self._with(weights):
            tape.watch(h)
            zh = recurrent_projection(self.cell, h, masks)
        return tape.gradient(zh, h, d_zh, unconnected_gradients="zero")

    def _recurrent_gradients(self, outputs, first, d_zh, weights, masks):
        """What all steps together say of the weights of `recur`; None of the others."""
        if d_zh is None:
            return [None] * len(weights)
        with tf.GradientTape() as tape, self._with(weights):
            tape.watch(weights)
            zh = recurrent_projection(self.cell, _before(outputs, first), masks)
        return tape.gradient(zh, weights, d_zh)

    def _index(self, name):
        return [variable.name for variable in _inner(self.cell)].index(name)


def _compiled(function):
    return tf.function(function, jit_compile=True, reduce_retracing=True, autograph=False)


def _before(outputs, first):
    """The output before each step."""
    return tf.concat([first[0][None], outputs[:-1]], axis=0)


def _inner(cell):
    """The weights that the loop may read: all but those of the projection."""
    return [variable for variable in cell.weights if variable.name != "kernel"]


def _sum(a, b):
    return b if a is None else a if b is None else a + b


def _or_zeros(gradient, value):
    return tf.zeros_like(value) if gradient is None else gradient


def _array(steps, example):
    return tf.TensorArray(example.dtype, size=steps, element_shape=example.shape)
