"""What every recurrent cell shares: its weights, its state, and its place inside a stock `keras.layers.RNN`."""

import keras
import tensorflow as tf
from keras import ops


class Cell(keras.layers.Layer):
    """One step of a recurrence; a subclass adds only its elementwise formula.

    A step reads the input through the kernel, the previous output through the recurrent kernel, and combines the two
    elementwise:

        zx = x_t W + b          `project`, for all time steps at once, outside the loop
        zh = h_{t-1} U (+ b_r)  `recur`, inside the loop
        h_t, states = step(zx, zh, states)

    The first state is always the output h. The functions of `rnn_templates.cells.activations` are as good as those of
    `keras.ops` in a step, and faster to train. Weight names, shapes and gate orders are those of `keras.layers`, so
    `get_weights()` of one side is `set_weights()` of the other.

    Args:
        units: size of the output and of every state, a positive integer.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Weights:
        kernel: (features, gates * units).
        recurrent_kernel: (units, gates * units).
        bias: (gates * units,), or (2, gates * units) where `recurrent_bias` is true: one row for zx, one for zh.

    Raises:
        ValueError: if `units` is not a positive integer.

    Example:
        >>> class Leaky(Cell):
        ...     def step(self, zx, zh, states):
        ...         h = 0.9 * states[0] + 0.1 * ops.tanh(zx + zh)
        ...         return h, (h,)
        >>> keras.layers.RNN(Leaky(8))(ops.ones((2, 5, 3))).shape
        TensorShape([2, 8])
    """

    gates = 1
    state_names = ("h",)
    recurrent_bias = False

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(units, int) or isinstance(units, bool) or units < 1:
            raise ValueError(f"{type(self).__name__}: `units` must be a positive integer, got {units!r}.")
        self.units = units

    @property
    def state_size(self):
        """Sizes of the states, as `keras.layers.RNN` asks for them: an int for one state, else a list."""
        sizes = [self.units] * len(self.state_names)
        return sizes[0] if len(sizes) == 1 else sizes

    @property
    def output_size(self):
        return self.units

    def build(self, input_shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], width), initializer="glorot_uniform", name="kernel")
        self.build_recurrent()
        self.bias = self.add_weight(
            shape=(2, width) if self.recurrent_bias else (width,), initializer=self.initial_bias, name="bias"
        )

    def build_recurrent(self):
        """Makes the weights that `recur` reads; the kernel U unless a cell knows better."""
        shape = (self.units, self.gates * self.units)
        self.recurrent_kernel = self.add_weight(shape=shape, initializer="orthogonal", name="recurrent_kernel")

    def initial_bias(self, shape, dtype=None):
        """Values of the bias before training; zeros unless a cell knows better."""
        return ops.zeros(shape, dtype=dtype)

    def project(self, x):
        """Returns zx = x W + b for an `x` of any leading shape, (..., features) -> (..., gates * units)."""
        return _affine(x, self.kernel, self.bias[0] if self.recurrent_bias else self.bias)

    def recur(self, h):
        """Returns zh = h U (+ b_r) for an `h` of any leading shape, (..., units) -> (..., gates * units)."""
        if self.recurrent_bias:
            return _affine(h, self.recurrent_kernel, self.bias[1])
        return ops.matmul(h, self.recurrent_kernel)

    def step(self, zx, zh, states):
        """The formula: from zx, zh (batch, gates * units) and the states to `h, (h, ...)`."""
        raise NotImplementedError(f"{type(self).__name__} must define `step(zx, zh, states)`.")

    def call(self, inputs, states, training=False):
        """One step for `keras.layers.RNN`: inputs (batch, features), a list of states, back to both."""
        h, states = self.step(self.project(inputs), self.recur(states[0]), tuple(states))
        return h, list(states)

    def get_initial_state(self, batch_size=None):
        """Returns the states before the first step: zeros, one (batch, units) tensor a state."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype) for _ in self.state_names]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def _affine(x, kernel, bias):
    """x W + b; the gradient of `bias_add` is several times faster than that of a broadcast sum."""
    return tf.nn.bias_add(ops.matmul(x, kernel), ops.convert_to_tensor(bias))
