"""Damped linear oscillatory state-space cell."""

import keras
import numpy as np
from keras import ops

from rnn_templates.cells.activations import sigmoid
from rnn_templates.cells.cell import Cell


@keras.saving.register_keras_serializable(package="rnn_templates")
class DLinOSSCell(Cell):
    """Damped linear oscillators (D-LinOSS): each unit is a spring with friction, driven by the input.

    The oscillator x'' = -A x - G x' + W x_t + b with position x and velocity v takes an implicit-explicit Euler step
    of length d; the output is its position with the activation SiLU, so that a stack of layers is not linear.

        v_t = (v_{t-1} + d * (W x_t + b - A x_{t-1})) / (1 + d G)
        x_t = x_{t-1} + d * v_t
        h_t = x_t * sigmoid(x_t)

        d = sigmoid(time_step),   G = relu(damping),
        A = stiffness, clipped to [(s - 1)^2 / d^2, (s + 1)^2 / d^2] with s = sqrt(1 + d G)

    Within these bounds both eigenvalues of a step are complex with absolute value 1 / s, at most one, whatever the
    weights: a memory of any length, for signals of thousands of steps. There is no product with h_{t-1}.

    Args:
        units: int, at least 1; number of oscillators, size of h, x and v.

    Weights:
        kernel (features, units), time_step (units,), normal with standard deviation 0.5; damping and stiffness
        (units,), initially such that the eigenvalues are uniform in the ring of radii 0.9 to 1; bias (units,).

    Source:
        Boyer, Rusch and Rus, Learning to dissipate energy in oscillatory state-space models, arXiv:2505.12171, whose
        read-out is a dense layer; Rusch and Rus, Oscillatory state-space models, arXiv:2410.03943.

    Example:
        >>> h, *states = rt.Recurrent(rt.DLinOSSCell(8), return_state=True)(np.ones((2, 5, 3), "float32"))
        >>> len(states)
        3
    """

    state_names = ("h", "x", "v")

    def build_recurrent(self):
        for name, initializer in (
            ("time_step", keras.initializers.RandomNormal(stddev=0.5)),
            ("damping", self._initial_damping),
            ("stiffness", self._initial_stiffness),
        ):
            setattr(self, name, self.add_weight(shape=(self.units,), initializer=initializer, name=name))

    def _initial_damping(self, shape, dtype=None):
        squared_radius = keras.initializers.RandomUniform(0.9**2, 1.0)(shape, dtype)
        return (1 / squared_radius - 1) / ops.sigmoid(self.time_step)

    def _initial_stiffness(self, shape, dtype=None):
        time_step = ops.sigmoid(self.time_step)
        squared = 1 + time_step * self.damping  # 1 / radius^2
        angle = keras.initializers.RandomUniform(0.0, np.pi)(shape, dtype)
        return (squared + 1 - 2 * ops.sqrt(squared) * ops.cos(angle)) / time_step**2

    def oscillators(self):
        """Returns d, G and A of the formula, three (units,) floats.

        Example:
            >>> cell = rt.DLinOSSCell(8)
            >>> cell.build((None, 3))
            >>> time_step, damping, stiffness = cell.oscillators()
            >>> bool(np.all(damping >= 0))
            True
        """
        time_step, damping = ops.sigmoid(self.time_step), ops.relu(self.damping)
        root = ops.sqrt(1 + time_step * damping)
        low = (damping / (root + 1)) ** 2  # without the cancellation of s - 1
        high = ((root + 1) / ops.maximum(time_step, 1e-3)) ** 2
        return time_step, damping, ops.minimum(ops.maximum(self.stiffness, low), high)

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        _, x, v = states
        time_step, damping, stiffness = self.oscillators()
        v = (v + time_step * (zx - stiffness * x)) / (1 + time_step * damping)
        x = x + time_step * v
        h = x * sigmoid(x)
        return h, (h, x, v)
