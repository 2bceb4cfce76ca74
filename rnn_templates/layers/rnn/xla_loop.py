"""The time loop compiled by XLA, with its own backpropagation through time."""

import functools
import json
import weakref
from typing import NamedTuple

import tensorflow as tf

from rnn_templates.layers.rnn.bptt import BackpropagationThroughTime, loop_weights, previous_outputs
from rnn_templates.layers.rnn.untraced import run_untraced
from rnn_templates.layers.rnn.vjp import add, flatten
from rnn_templates.utils.limits import limit

# Loops by configuration. XLA keeps what it has compiled until the process ends, and finds it by the names of the traced
# functions: a loop that is created again is compiled again. So loops live as long as the process, up to a limit; those
# beyond it, which only `implementation="xla"` creates, live as long as one of the cells that have used them.
_LOOPS = weakref.WeakValueDictionary()
_KEPT = {}
_LOOP_OF_CELL = weakref.WeakKeyDictionary()
_TRACES = weakref.WeakKeyDictionary()  # graph of a traced call -> `_Trace`
_GRADIENT = "RnnTemplatesXlaLoop"


def xla_loop(cell):
    """Returns the `XlaLoop` of all cells with the configuration of this one; XLA compiles once for all of them.

    Args:
        cell: a `rnn_templates.cells.cell.Cell`.

    Example:
        >>> first, second = rt.LSTMCell(8), rt.LSTMCell(8)
        >>> xla_loop(first) is xla_loop(second)
        True
    """
    if cell not in _LOOP_OF_CELL:
        key = class_, config, dtype = _configuration(cell)
        loop = _LOOPS.get(key)
        if loop is None:
            loop = _LOOPS[key] = XlaLoop(class_.from_config({**json.loads(config), "dtype": dtype}))
            if len(_KEPT) < limit("MAX_COMPILED_CELLS"):
                _KEPT[key] = loop
        _LOOP_OF_CELL[cell] = loop
    return _LOOP_OF_CELL[cell]


def may_compile(cells):
    """Returns whether this process has the loops of the cells, or may compile them.

    XLA never frees a compiled loop, some 20 MB for each configuration of a cell, such as its number of units. The limit
    is `rnn_templates.utils.limits.MAX_COMPILED_CELLS`.

    Args:
        cells: list of `rnn_templates.cells.cell.Cell`.

    Example:
        >>> may_compile([rt.LSTMCell(8)])
        True
    """
    new = {key for key in map(_configuration, cells) if key not in _LOOPS}
    return not new or len(_KEPT) + len(new) <= limit("MAX_COMPILED_CELLS")


def _configuration(cell):
    """The class of a cell, its arguments without its name as JSON, and its compute dtype."""
    config = {key: value for key, value in cell.get_config().items() if key not in ("name", "trainable", "dtype")}
    return type(cell), json.dumps(config, sort_keys=True), cell.compute_dtype


class XlaLoop:
    """The time loop of the cells of one configuration under XLA, differentiable.

    Args:
        cell: a cell that lends its formula; the weights are those of the cell of each call.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> cell = rt.VanillaCell(8)
        >>> cell.build((None, 3))
        >>> zx = cell.project_inputs(tf.ones((5, 2, 3)))
        >>> outputs, states = xla_loop(cell)(cell, zx, (tf.zeros((2, 8)),), StepMasks(), return_sequences=True)
        >>> outputs.shape
        TensorShape([5, 2, 8])
    """

    def __init__(self, cell):
        run_untraced(functools.partial(cell.build, (None, 1)))
        passes = BackpropagationThroughTime(cell)
        self._infer = {every: _jit(functools.partial(passes.forward, every, False)) for every in (True, False)}
        self._forward = _jit(functools.partial(passes.forward, True, True))
        self._backward = _jit(passes.backward)
        self._weight_gradients = passes.weight_gradients  # one product for all steps, outside XLA on all cores
        self._calls = {}

    def __call__(self, cell, zx, states, masks, *, return_sequences, training=False):
        """Unrolls `cell`; arguments and results are those of `rnn_templates.layers.rnn.implementation.run_loop`."""
        key = return_sequences, training
        if key not in self._calls:
            # TensorFlow derives the gradient of a traced function from its graph, and so finds `_gradient_of_call`.
            call = functools.partial(self._traced_call, *key)
            self._calls[key] = tf.function(call, reduce_retracing=True, autograph=False)
        weights = [tf.convert_to_tensor(variable) for variable in loop_weights(cell)]
        return self._calls[key](zx, tuple(states), weights, masks)

    def _traced_call(self, return_sequences, training, zx, states, weights, masks):
        """The call in a graph of its own, in which an identity op stands for its gradient.

        `tf.custom_gradient` would register a closure that keeps the caller's graph for as long as the process runs.
        """
        if training:
            outputs, last, saved = self._forward(zx, states, weights, masks)
        else:
            (outputs, last, _), saved = self._infer[return_sequences](zx, states, weights, masks), None
        results = outputs if return_sequences else None, last
        present = tf.nest.map_structure(lambda value: value is not None, (results, saved, masks, zx, states, weights))
        trace = _Trace(weakref.ref(self), present)
        constants = [tf.stop_gradient(tensor) for tensor in flatten((results, saved, masks))]
        graph = tf.compat.v1.get_default_graph()
        with graph.gradient_override_map({"IdentityN": _GRADIENT}):
            identities = tf.identity_n([*constants, zx, *states, *weights])
        _TRACES[graph] = trace
        return trace.pack(identities)[0]

    def _gradients(self, d_outputs, d_last, saved, masks, zx, states, weights):
        """Returns the `Gradients` of a whole call.

        Args:
            d_outputs: (time, batch, units) float, or None without `return_sequences`.
            d_last: tuple of (batch, units) floats.
            saved: `Saved`, or None if the forward pass did not save.
            masks, zx, states, weights: of the forward pass.
        """
        if saved is None:  # outside training a gradient is rare, and worth a second forward pass
            _, _, saved = self._forward(zx, states, weights, masks)
        if d_outputs is None:
            d_outputs = tf.zeros_like(saved.outputs)
        total, _ = self._backward(d_outputs, d_last, saved, masks, zx, states, weights)
        d_weights = self._weight_gradients(previous_outputs(saved.outputs, states[0]), total.zh, weights, masks)
        return total._replace(weights=[add(a, b) for a, b in zip(d_weights, total.weights, strict=True)])


class _Trace(NamedTuple):
    """The loop of a traced call, and how the inputs of its identity op are nested."""

    loop: weakref.ref
    present: tuple  # nested bools, false for None

    def pack(self, tensors):
        """Returns the nested structure of a flat list."""
        tensors = iter(tensors)
        return tf.nest.map_structure(lambda present: next(tensors) if present else None, self.present)


@tf.RegisterGradient(_GRADIENT)
def _gradient_of_call(op, *upstream):
    """Returns the gradients of the identity op of `XlaLoop._traced_call`."""
    if op is None:  # `tf.saved_model.save` traces the gradients of a graph without its ops
        raise ValueError(
            'Recurrent: the XLA loop cannot be exported. Pass `implementation="while_loop"` to the layer, or export '
            "within `rnn_templates.layers.rnn.implementation.saved_model_export()`."
        )
    trace = _TRACES[op.graph]
    (d_outputs, d_last), *_ = trace.pack(upstream)
    _, *inputs = trace.pack(op.inputs)
    d = trace.loop()._gradients(d_outputs, d_last, *inputs)
    gradients = [d.zx, *d.states, *d.weights]
    return [None] * (len(op.inputs) - len(gradients)) + gradients


def _jit(function):
    return tf.function(function, jit_compile=True, reduce_retracing=True, autograph=False)
