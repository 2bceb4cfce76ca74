"""Windows of long streams, for truncated backpropagation through time."""

import numpy as np
import tensorflow as tf


def tbptt_windows(inputs, targets, k1, k2=None):
    """Cuts parallel streams into windows for BPTT(k1, k2): a step of training every k1 steps, reaching k2 steps back.

    Window n ends at step (n + 1) k1 of the streams and is k2 long; only its last k1 steps have weight, so that each
    step is learned once. Windows come in order and are not to be shuffled: `Stateful(layer, carry_after=k1)` takes over the
    states, or `Stateful(layer)` where k2 = k1. Steps after the last whole window are left out, and so are the first
    k2 - k1 steps as targets.

    Args:
        inputs: (streams, time, ...) array.
        targets: (streams, time, ...) array.
        k1: steps from one window to the next, a positive integer.
        k2: length of a window, at least k1; None for k1.

    Returns:
        `tf.data.Dataset` of inputs (streams, k2, ...), targets (streams, k2, ...) and weights (streams, k2).

    Raises:
        ValueError: if the lengths do not fit.

    Source:
        Williams and Peng, Neural Computation 2, 1990.

    Example:
        >>> windows = tbptt_windows(inputs, targets, k1=20, k2=60)
        >>> model.fit(windows, epochs=1)
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    k2 = k1 if k2 is None else k2
    if inputs.shape[:2] != targets.shape[:2]:
        raise ValueError(
            f"tbptt_windows: inputs are {inputs.shape[:2]} streams and steps, targets {targets.shape[:2]}."
        )
    if not 1 <= k1 <= k2 <= inputs.shape[1]:
        raise ValueError(f"tbptt_windows: wanted 1 <= k1 <= k2 <= {inputs.shape[1]} steps, got k1={k1}, k2={k2}.")
    starts = range(0, inputs.shape[1] - k2 + 1, k1)
    weights = np.zeros((inputs.shape[0], k2), "float32")
    weights[:, k2 - k1 :] = 1

    def windows():
        for start in starts:
            yield inputs[:, start : start + k2], targets[:, start : start + k2], weights

    spec = [tf.TensorSpec((inputs.shape[0], k2, *array.shape[2:]), array.dtype) for array in (inputs, targets)]
    dataset = tf.data.Dataset.from_generator(windows, output_signature=(*spec, tf.TensorSpec(weights.shape)))
    return dataset.apply(tf.data.experimental.assert_cardinality(len(starts)))
