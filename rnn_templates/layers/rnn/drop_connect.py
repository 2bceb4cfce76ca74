"""Recurrent layer with DropConnect on the recurrent kernels."""

import keras

from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.utils.validation import check_fractions


@keras.saving.register_keras_serializable(package="rnn_templates")
class DropConnectRecurrent(Recurrent):
    """A `Recurrent` that sets random weights of its recurrent kernels to zero in training.

        U' = U * m / (1 - p),   m ~ Bernoulli(1 - p), one mask for all steps and all rows of a batch

    Unlike recurrent dropout, the states are not changed. Outside training, and so in exported files, the layer is a
    `Recurrent` of the same weights.

    Args:
        cell: as of `Recurrent`; all cells must have a recurrent kernel.
        drop_connect: float in [0, 1); p, probability of setting a recurrent weight to zero.
        **kwargs: of `Recurrent`.

    Raises:
        ValueError: if `drop_connect` is out of range, or a cell has no recurrent kernel.

    Source:
        Merity, Keskar and Socher, Regularizing and optimizing LSTM language models, arXiv:1708.02182;
        Wan et al., Regularization of neural networks using DropConnect, ICML 2013.

    Example:
        >>> from rnn_templates.layers.rnn.drop_connect import DropConnectRecurrent
        >>> layer = DropConnectRecurrent(rt.LSTMCell(8), drop_connect=0.5)
        >>> x = np.ones((2, 5, 3), "float32")
        >>> np.array_equal(layer(x), layer(x)), np.array_equal(layer(x, training=True), layer(x, training=True))
        (True, False)
    """

    def __init__(self, cell, *, drop_connect=0.5, **kwargs):
        super().__init__(cell, **kwargs)
        check_fractions("DropConnectRecurrent", drop_connect=drop_connect)
        self.drop_connect = float(drop_connect)

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        for cell in self.ordered_cells:
            if getattr(cell, "recurrent_kernel", None) is None:
                raise ValueError(
                    f"DropConnectRecurrent: `drop_connect` must be 0 for a cell without recurrent kernel, such as "
                    f"{type(cell).__name__}; received {self.drop_connect}."
                )

    def unroll(self, sequences, initial_state=None, mask=None, training=False, return_sequences=True):
        """Runs the stack over sequences; see `Recurrent.unroll`."""
        if not self.built:
            self.build(sequences.shape)
        arguments = sequences, initial_state, mask, training, return_sequences
        if not (training and self.drop_connect):
            return super().unroll(*arguments)
        kernels = [cell.recurrent_kernel for cell in self.ordered_cells]
        dropped = [
            keras.random.dropout(kernel.value, self.drop_connect, seed=self.seed_generator) for kernel in kernels
        ]
        # The time loops read the kernels through the scope. An assignment inside it is local to it, and the dropouts of
        # inputs and states count their draws, so that this count is assigned again.
        with keras.StatelessScope(state_mapping=list(zip(kernels, dropped, strict=True))) as scope:
            results = super().unroll(*arguments)
        count = scope.get_current_value(self.seed_generator.state)
        if count is not None:
            self.seed_generator.state.assign(count)
        return results

    def get_config(self):
        return {**super().get_config(), "drop_connect": self.drop_connect}
