"""Functions of encoded inputs, run over the batches of a prediction."""

import contextlib

import tensorflow as tf

from rnn_templates.layers.rnn.implementation import prefer_implementation
from rnn_templates.utils.progress import with_progress

MAX_DIRECT_EXAMPLES = 8


class PredictFunction:
    """A function of encoded inputs, traced once for a few examples and once for many.

    Up to `MAX_DIRECT_EXAMPLES` examples are passed without a `tf.data` pipeline, and their recurrences run in
    `tf.while_loop`: it is traced in a fraction of the time that XLA needs to compile for each length.

    Args:
        function: callable from the inputs of the network to a nest of tensors.

    Example:
        >>> from rnn_templates.data.batching import BucketedBatches
        >>> from rnn_templates.tasks.predict_function import PredictFunction
        >>> double = PredictFunction(lambda ids: 2 * ids)
        >>> batches = BucketedBatches([np.array([5, 6])])
        >>> [outputs.tolist() for _, outputs in double.run(batches)]
        [[[10, 12]]]
    """

    def __init__(self, function):
        self._function = function
        self._traced = {}

    def run(self, batches, *further, description="", progress=False):
        """Yields the inputs and the outputs of each batch.

        Args:
            batches: `rnn_templates.data.batching.BucketedBatches`.
            *further: iterators of further arguments of the function, int32 arrays (2,), one for each batch.
            description: str; label of the progress bar.
            progress: bool; whether to show a progress bar.

        Returns:
            A generator of pairs of nests of NumPy arrays; the order is that of the batches.
        """
        few = batches.size <= MAX_DIRECT_EXAMPLES
        traced = self._trace(few, batches, len(further))
        for batch in with_progress(batches.arrays() if few else batches.dataset(), description, progress):
            inputs = batch[0] if isinstance(batch, tuple) else batch
            with prefer_implementation("while_loop") if few else contextlib.nullcontext():
                outputs = traced(inputs, *map(next, further))
            yield tf.nest.map_structure(_to_numpy, (inputs, outputs))

    def _trace(self, few, batches, num_further):
        spec = batches.spec()
        spec = spec[0] if isinstance(spec, tuple) else spec
        key = few, repr(spec)  # cached features of images have another spec than images
        if key not in self._traced:
            signature = [spec, *[tf.TensorSpec((2,), tf.int32)] * num_further]
            # autograph is not needed, and would hide the message of an error in its own
            self._traced[key] = tf.function(self._function, input_signature=signature, autograph=False)
        return self._traced[key]


def _to_numpy(value):
    return value.numpy() if isinstance(value, tf.Tensor) else value
