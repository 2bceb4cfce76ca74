"""Windows of long sequences, for truncated backpropagation through time."""

import numpy as np
import tensorflow as tf


def tbptt_windows(inputs, targets, k1, k2=None):
    """Cuts parallel sequences into windows for BPTT(k1, k2).

    There is one training step every `k1` time steps, which backpropagates through `k2` time steps. Window n ends at
    time step (n + 1) k1 and has k2 steps; only its last k1 steps have weight 1, so that each step is a target once.
    Windows must not be shuffled: `Stateful(layer, carry_after=k1)` carries the states from one to the next, or
    `Stateful(layer)` if k2 = k1. Time steps after the last whole window are dropped, and the first k2 - k1 steps are
    not targets.

    Args:
        inputs: array (streams, time, ...).
        targets: array (streams, time, ...).
        k1: positive int; time steps from one window to the next.
        k2: int >= k1; length of a window; None for k1.

    Returns:
        `tf.data.Dataset` of inputs (streams, k2, ...), targets (streams, k2, ...) and weights (streams, k2).

    Raises:
        ValueError: if the shapes and lengths do not fit.

    Source:
        Williams and Peng, Neural Computation 2, 1990.

    Example:
        >>> steps = np.arange(6).reshape(1, 6)
        >>> [inputs.numpy().tolist() for inputs, _, _ in tbptt_windows(steps, steps, k1=2, k2=4)]
        [[[0, 1, 2, 3]], [[2, 3, 4, 5]]]
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    k2 = k1 if k2 is None else k2
    if inputs.shape[:2] != targets.shape[:2]:
        raise ValueError(
            f"tbptt_windows: `inputs` and `targets` must have the same streams and time steps; received "
            f"{inputs.shape[:2]} and {targets.shape[:2]}."
        )
    if not 1 <= k1 <= k2 <= inputs.shape[1]:
        raise ValueError(
            f"tbptt_windows: `k1` and `k2` must satisfy 1 <= k1 <= k2 <= {inputs.shape[1]} time steps; received "
            f"k1={k1}, k2={k2}."
        )
    starts = range(0, inputs.shape[1] - k2 + 1, k1)
    weights = np.zeros((inputs.shape[0], k2), "float32")
    weights[:, k2 - k1 :] = 1

    def windows():
        for start in starts:
            yield inputs[:, start : start + k2], targets[:, start : start + k2], weights

    spec = [tf.TensorSpec((inputs.shape[0], k2, *array.shape[2:]), array.dtype) for array in (inputs, targets)]
    dataset = tf.data.Dataset.from_generator(windows, output_signature=(*spec, tf.TensorSpec(weights.shape)))
    return dataset.apply(tf.data.experimental.assert_cardinality(len(starts)))
