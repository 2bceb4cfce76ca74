"""D-LinOSS: eigenvalues, stability for all weights, and the differential equation."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import DLinOSSCell
from rnn_templates.layers.rnn.recurrent import Recurrent


def eigenvalues(cell):
    """Eigenvalues (units, 2) of the linear map from (x, v) to the next (x, v)."""
    units, columns = cell.units, []
    for start in ((1.0, 0.0), (0.0, 1.0)):
        states = (tf.zeros((1, units)), *[tf.fill((1, units), value) for value in start])
        _, (_, x, v) = cell.step(tf.zeros((1, units)), None, states)
        columns.append(np.stack([x[0], v[0]], axis=-1))
    return np.linalg.eigvals(np.stack(columns, axis=-1).astype(np.float64))


def test_initial_eigenvalues_are_uniform_in_the_ring_of_the_source():
    cell = DLinOSSCell(2000)
    cell.build((None, 2))
    found = eigenvalues(cell)
    radius, angle = np.abs(found[:, 0]), np.abs(np.angle(found[:, 0]))
    assert radius.min() > 0.9 - 1e-3 and radius.max() < 1 + 1e-3
    assert abs((radius**2).mean() - (0.81 + 1) / 2) < 0.01  # uniform in area
    assert abs(angle.mean() - np.pi / 2) < 0.08 and abs(angle.std() - np.pi / 12**0.5) < 0.08


def test_no_weights_make_it_unstable():
    cell = DLinOSSCell(3000)
    cell.build((None, 2))
    rng = np.random.default_rng(0)
    for scale in (0.1, 1.0, 10.0, 1e4):
        for variable in (cell.time_step, cell.damping, cell.stiffness):
            variable.assign(rng.normal(scale=min(scale, 20) if variable is cell.time_step else scale, size=3000))
        assert np.abs(eigenvalues(cell)).max() < 1 + 1e-3  # 1 is a double eigenvalue without damping and stiffness


@pytest.mark.parametrize(("damping", "stiffness"), [(0.0, 0.5), (0.3, 2.0)])
def test_small_steps_follow_the_differential_equation(damping, stiffness):
    """Free oscillation from x = 1 at rest against its closed form."""
    length = 0.01
    layer = Recurrent(DLinOSSCell(1), return_state=True)
    layer.build((None, None, 1))
    weights = {"time_step": np.log(length / (1 - length)), "damping": damping, "stiffness": stiffness}
    for name, value in weights.items():
        getattr(layer.cells[0], name).assign([value])
    start = [np.array([[value]], "float32") for value in (0, 1, 0)]
    _, _, x, _ = layer(np.zeros((1, 500, 1), "float32"), initial_state=start)
    rate, frequency = damping / 2, np.sqrt(stiffness - damping**2 / 4)
    expected = np.exp(-rate * 5) * (np.cos(frequency * 5) + rate / frequency * np.sin(frequency * 5))
    np.testing.assert_allclose(x, [[expected]], atol=0.02)


def test_an_oscillator_without_damping_keeps_its_energy_and_one_with_damping_loses_it():
    cell = DLinOSSCell(2)
    cell.build((None, 1))
    cell.time_step.assign([0.0, 0.0]), cell.damping.assign([-1.0, 0.05]), cell.stiffness.assign([1.0, 1.0])
    layer = Recurrent(cell, return_state=True)
    layer.build((None, None, 1))

    @tf.function
    def run(start):
        return layer(tf.zeros((1, 5000, 1)), initial_state=start)

    _, _, x, v = run([tf.zeros((1, 2)), tf.ones((1, 2)), tf.zeros((1, 2))])
    amplitude = np.hypot(x, v)[0]
    assert 0.5 < amplitude[0] < 2 and amplitude[1] < 1e-6
