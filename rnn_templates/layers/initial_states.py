"""Zero states of a recurrence, for a functional model."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="rnn_templates")
class InitialStates(keras.layers.Layer):
    """Returns zeros as the states before the first step of each row of a batch.

    Args:
        sizes: list of int; size of each state.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: (batch, ...); only the number of rows is read.

    Returns:
        List of (batch, size) float zeros.

    Example:
        >>> from rnn_templates.layers.initial_states import InitialStates
        >>> [state.shape for state in InitialStates([8, 4])(np.array([[5, 7]]))]
        [TensorShape([1, 8]), TensorShape([1, 4])]
    """

    def __init__(self, sizes, **kwargs):
        super().__init__(**kwargs)
        self.sizes = list(sizes)

    def call(self, inputs):
        batch = inputs.shape[0] or tf.shape(inputs)[0]
        return [tf.zeros((batch, size), self.compute_dtype) for size in self.sizes]

    def compute_mask(self, inputs, mask=None):
        return [None] * len(self.sizes)

    def compute_output_spec(self, inputs):
        return [keras.KerasTensor((inputs.shape[0], size), dtype=self.compute_dtype) for size in self.sizes]

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes}
