"""The implementations of the time loop of a recurrence, and the choice among them."""

import contextlib
import contextvars
import functools
import logging

import tensorflow as tf

from rnn_templates.cells.cell import Cell
from rnn_templates.layers.rnn.cudnn import KERAS_LAYERS
from rnn_templates.layers.rnn.while_loop import litert_loop, single_step, while_loop
from rnn_templates.layers.rnn.xla_loop import may_compile, xla_loop
from rnn_templates.utils.limits import limit

IMPLEMENTATIONS = ("auto", "while_loop", "xla")
LIMIT_REACHED = (
    "this process has compiled loops for {} configurations of cells, and XLA never frees them; the environment "
    "variable RNN_TEMPLATES_MAX_COMPILED_CELLS raises the limit"
)
_EXPORT_TARGET = contextvars.ContextVar("rnn_templates_export_target", default=None)
_PREFERRED = contextvars.ContextVar("rnn_templates_preferred_implementation", default=None)
_INTERCEPTOR = contextvars.ContextVar("rnn_templates_interceptor", default=None)


@contextlib.contextmanager
def _setting(variable, value):
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def litert_export():
    """Context in which recurrences are traced for LiteRT.

    They have static shapes, built-in ops, and no gradient.

    Example:
        >>> layer = rt.Recurrent(rt.LSTMCell(8))
        >>> with litert_export():
        ...     layer.explain_implementation()
        'litert: a LiteRT file is being exported'
    """
    return _setting(_EXPORT_TARGET, "litert")


def saved_model_export():
    """Context in which recurrences are traced as `tf.while_loop`, without XLA.

    The exporters of this package enter it. A Keras model of one's own that has a `Recurrent` and is exported by
    `model.export` needs it too, or `Recurrent(implementation="while_loop")`; otherwise the export raises ValueError,
    since a server without XLA could not run the XLA loop.

    Example:
        >>> inputs = keras.Input((None, 3))
        >>> model = keras.Model(inputs, rt.Recurrent(rt.LSTMCell(8))(inputs))
        >>> with saved_model_export():
        ...     model.export("exported", verbose=False)
        >>> served = tf.saved_model.load("exported")
        >>> served.serve(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """
    return _setting(_EXPORT_TARGET, "saved_model")


def prefer_implementation(implementation):
    """Context in which `implementation="auto"` chooses the given implementation.

    Args:
        implementation: "while_loop" or "xla"; "auto" restores the automatic choice within an outer context.

    Raises:
        ValueError: for any other value.

    Example:
        >>> with prefer_implementation("while_loop"):
        ...     rt.Recurrent(rt.LSTMCell(8)).explain_implementation()
        "while_loop: prefer_implementation('while_loop')"
    """
    if implementation not in IMPLEMENTATIONS:
        names = ", ".join(map(repr, IMPLEMENTATIONS))
        raise ValueError(
            f"prefer_implementation: `implementation` must be one of {names}; received {implementation!r}."
        )
    return _setting(_PREFERRED, None if implementation == "auto" else implementation)


def intercept_loops(interceptor):
    """Context in which a function replaces every time loop, for diagnostics.

    Args:
        interceptor: callable `(cell, zx, states, masks) -> (outputs, states)`, as `run_loop`.

    Example:
        >>> from rnn_templates.layers.rnn.while_loop import while_loop
        >>> cells = []
        >>> def record(cell, zx, states, masks):
        ...     cells.append(cell.name)
        ...     return while_loop(cell, zx, states, masks, return_sequences=True)
        >>> layer = rt.Recurrent(rt.LSTMCell(8, name="lstm"))
        >>> with intercept_loops(record):
        ...     _ = layer(np.ones((2, 5, 3), "float32"))
        >>> cells
        ['lstm']
    """
    return _setting(_INTERCEPTOR, interceptor)


def choose_implementation(requested, dtype, steps, cells=(), *, regularized=True):
    """Chooses the implementation of a time loop.

    Args:
        requested: "auto", "while_loop" or "xla"; the argument of the layer.
        dtype: str, the compute dtype.
        steps: int, the number of steps; None if it is not known.
        cells: list of the cells to run, of this package or of Keras.
        regularized: bool; whether there is recurrent dropout or zoneout.

    Returns:
        `implementation, reason`: two strings, the first of "while_loop", "xla", "cudnn" and "litert".

    Example:
        >>> choose_implementation("auto", "float32", 5)[0]  # not in a `tf.function`
        'while_loop'
    """
    target = _EXPORT_TARGET.get()
    if target == "litert":
        return "litert", "a LiteRT file is being exported"
    if target == "saved_model":
        return "while_loop", "a SavedModel is being exported, which must run without XLA"
    if not all(isinstance(cell, Cell) for cell in cells):
        return "while_loop", "a cell of Keras has no formula of the compiled loop"
    if steps == 0:
        return "while_loop", "there is no step"
    if dtype == "bfloat16" and "xla" in (requested, _PREFERRED.get()):
        return "while_loop", "XLA on a CPU has no matrix product in bfloat16 inside a loop"
    if requested != "auto":
        return requested, f"implementation={requested!r}"
    if preferred := _PREFERRED.get():
        return preferred, f"prefer_implementation({preferred!r})"
    if tf.config.list_logical_devices("GPU"):
        if all(type(cell) in KERAS_LAYERS for cell in cells) and not regularized:
            return "cudnn", "there is a GPU: LSTM and GRU run in the cuDNN kernels of Keras"
        why = "has no recurrent dropout and no zoneout" if regularized else "has LSTM and GRU only"
        return "while_loop", f"there is a GPU, but cuDNN {why}, and the XLA loop was measured on a CPU only"
    if tf.executing_eagerly():
        return "while_loop", "called outside a `tf.function`, where compiling would take longer than running"
    if dtype != "float32":
        return "while_loop", f"the compute dtype is {dtype}, and XLA's loops on a CPU are fast in float32 only"
    if steps == 1:
        return "while_loop", "a single step needs no loop"
    if not may_compile(cells):
        _log_limit()
        return "while_loop", LIMIT_REACHED.format(limit("MAX_COMPILED_CELLS"))
    return "xla", "float32 on a CPU inside a `tf.function`, where the XLA loop is the fastest"


@functools.cache
def _log_limit():
    """Logs once in a process that no more loops are compiled."""
    count = limit("MAX_COMPILED_CELLS")
    logging.getLogger(__name__).warning("Recurrent layers: %s.", LIMIT_REACHED.format(count))


def run_loop(implementation, cell, zx, states, masks, *, return_sequences, training=False):
    """Runs a cell over time on inputs that are projected already.

    Args:
        implementation: "while_loop", "litert" or "xla".
        cell: a built `rnn_templates.cells.cell.Cell`, or a `rnn_templates.layers.rnn.keras_cell.KerasCell`.
        zx: (time, batch, num_gates * units) float, `cell.project_inputs(x)` of time-major inputs; x of a `KerasCell`.
        states: tuple of (batch, units) floats, before the first step.
        masks: `rnn_templates.layers.rnn.step.StepMasks`.
        return_sequences: bool; whether to return the outputs of all steps.
        training: bool; whether gradients will be taken.

    Returns:
        `outputs, states`: (time, batch, units) float, None without `return_sequences`; the states after the last step.

    Example:
        >>> from rnn_templates.layers.rnn.step import StepMasks
        >>> cell = rt.VanillaCell(8)
        >>> cell.build((None, 3))
        >>> zx, states = cell.project_inputs(tf.ones((5, 2, 3))), (tf.zeros((2, 8)),)
        >>> outputs, states = run_loop("while_loop", cell, zx, states, StepMasks(), return_sequences=True)
        >>> outputs.shape
        TensorShape([5, 2, 8])
    """
    if interceptor := _INTERCEPTOR.get():
        return interceptor(cell, zx, states, masks)
    if zx.shape[0] == 1:  # a decoder runs step by step
        return single_step(cell, zx, states, masks, return_sequences)
    if implementation == "xla":
        return xla_loop(cell)(cell, zx, states, masks, return_sequences=return_sequences, training=training)
    static = implementation == "litert" and zx.shape.is_fully_defined()
    return (litert_loop if static else while_loop)(cell, zx, states, masks, return_sequences)
