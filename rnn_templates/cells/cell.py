"""Base class of the recurrent cells."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from rnn_templates.utils.validation import check_sizes


class Cell(keras.layers.Layer):
    """One step of a recurrence; a subclass adds its elementwise formula.

    A step projects the input through the kernel and the previous output through the recurrent kernel, and combines
    both elementwise:

        zx = x_t W + b          `project_inputs`, for all time steps at once, outside the loop
        zh = h_{t-1} U (+ b_r)  `project_state`, inside the loop
        h_t, states = step(zx, zh, states)

    The first state is always the output h. A step may use the functions of `rnn_templates.cells.activations` or those
    of `keras.ops`; the former train faster. Weight names, shapes and gate orders are those of `keras.layers`, so that
    `get_weights()` of one side is `set_weights()` of the other. A cell also runs in `keras.layers.RNN`.

    Args:
        units: int, at least 1; size of the output and of every state.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Attributes:
        num_gates: int, of the class; the width of the kernels is num_gates * units.
        state_names: tuple of str, of the class; the first is the output.
        use_recurrent_bias: bool, of the class; whether zh has a bias of its own.
        forget_gate: int or None, of the class; index of the gate whose bias starts at one. All others start at zero.
        unprojected: int; number of last features of the input, such as a time gap, that no kernel projects and that
            dropout never drops.

    Weights:
        kernel: (features, num_gates * units).
        recurrent_kernel: (units, num_gates * units).
        bias: (num_gates * units,), or with `use_recurrent_bias` (2, num_gates * units): a row for zx, a row for zh.

    Raises:
        ValueError: if `units` is not a positive integer.

    Example:
        >>> class LeakyCell(Cell):
        ...     def step(self, zx, zh, states):
        ...         h = 0.9 * states[0] + 0.1 * ops.tanh(zx + zh)
        ...         return h, (h,)
        >>> keras.layers.RNN(LeakyCell(8))(np.ones((2, 5, 3), "float32")).shape
        TensorShape([2, 8])
    """

    num_gates = 1
    state_names = ("h",)
    use_recurrent_bias = False
    forget_gate = None
    unprojected = 0

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_sizes(type(self).__name__, units=units)
        self.units = units

    @property
    def state_size(self):
        """Size of the state: an int for one state, else a list."""
        return self.units if len(self.state_names) == 1 else self.state_sizes

    @property
    def state_sizes(self):
        """Sizes of the states, a list of int."""
        return [self.units] * len(self.state_names)

    @property
    def output_size(self):
        """Size of the output."""
        return self.units

    def build(self, input_shape):
        width = self.num_gates * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], width), initializer="glorot_uniform", name="kernel")
        self.build_recurrent()
        self.bias = self.add_weight(
            shape=(2, width) if self.use_recurrent_bias else (width,), initializer=self._initial_bias, name="bias"
        )

    def build_recurrent(self):
        """Creates the recurrent weights; subclasses may override."""
        shape = (self.units, self.num_gates * self.units)
        self.recurrent_kernel = self.add_weight(shape=shape, initializer="orthogonal", name="recurrent_kernel")

    def _initial_bias(self, shape, dtype=None):
        """Zeros, but ones for the forget gate (Jozefowicz et al. 2015)."""
        rows = np.zeros((shape[0] if len(shape) == 2 else 1, self.num_gates, self.units))
        if self.forget_gate is not None:
            rows[0, self.forget_gate] = 1.0
        return ops.convert_to_tensor(rows.reshape(shape), dtype=dtype)

    def project_inputs(self, x):
        """Returns zx = x W + b, which does not depend on the states.

        Args:
            x: (..., features) float, of any leading shape.

        Returns:
            (..., num_gates * units) float.

        Example:
            >>> cell = rt.LSTMCell(8)
            >>> cell.build((None, 3))
            >>> cell.project_inputs(tf.ones((5, 2, 3))).shape
            TensorShape([5, 2, 32])
        """
        return _affine(x, self.kernel, self.bias[0] if self.use_recurrent_bias else self.bias)

    def project_state(self, h):
        """Returns zh = h U (+ b_r), or None.

        A cell whose step does not read zh returns None.

            Args:
                h: (..., units) float, of any leading shape.

            Returns:
                (..., num_gates * units) float.

            Example:
                >>> cell = rt.GRUCell(8)
                >>> cell.build((None, 3))
                >>> cell.project_state(tf.ones((2, 8))).shape
                TensorShape([2, 24])
        """
        if self.use_recurrent_bias:
            return _affine(h, self.recurrent_kernel, self.bias[1])
        return ops.matmul(h, self.recurrent_kernel)

    def step(self, zx, zh, states):
        """The formula of the cell.

        Args:
            zx, zh: (batch, num_gates * units) floats, from `project_inputs` and `project_state`.
            states: tuple of (batch, units) floats, in the order of `state_names`.

        Returns:
            `h, states`: (batch, units) float, and the tuple of the new states, h first.

        Example:
            >>> h, states = rt.VanillaCell(2).step(tf.zeros((1, 2)), tf.zeros((1, 2)), (tf.zeros((1, 2)),))
            >>> h.numpy().tolist()
            [[0.0, 0.0]]
        """
        raise NotImplementedError(f"{type(self).__name__} must define `step(zx, zh, states)`.")

    def call(self, inputs, states, training=False):
        """Runs one step for `keras.layers.RNN`; returns h and the list of states."""
        h, states = self.step(self.project_inputs(inputs), self.project_state(states[0]), tuple(states))
        return h, list(states)

    def get_initial_state(self, batch_size=None):
        """Returns the states before the first step, a list of zeros.

        Example:
            >>> [state.shape for state in rt.LSTMCell(8).get_initial_state(2)]
            [TensorShape([2, 8]), TensorShape([2, 8])]
        """
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype) for _ in self.state_names]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def _affine(x, kernel, bias):
    """x W + b; the gradient of `bias_add` is several times faster than that of a broadcast sum."""
    return tf.nn.bias_add(ops.matmul(x, kernel), ops.convert_to_tensor(bias))
