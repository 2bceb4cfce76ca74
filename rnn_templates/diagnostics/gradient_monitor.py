"""Callback that reports vanishing and exploding gradients."""

import keras
import tensorflow as tf

from rnn_templates.diagnostics.gradient_through_time import gradient_through_time
from rnn_templates.utils.extras import require
from rnn_templates.utils.validation import check_ints


class GradientMonitor(keras.callbacks.Callback):
    """Reports after an epoch, for every cell, whether its gradient vanishes or explodes.

    Args:
        batch: tuple of inputs and targets, about ten examples; raw ones if the model takes raw inputs.
        log_dir: str or `Path`; folder for TensorBoard summaries of gradient norms. None for none.
        every: int, at least 1; number of epochs between two reports.
        print_fn: callable that takes one line; None for no output. Default `print`.

    Attributes:
        history: list with a dict per report, from the path of a cell to its `GradientThroughTime`.

    Raises:
        ValueError: if `every` is not a positive integer.
        ImportError: if `log_dir` is given and TensorBoard is not installed.

    Example:
        >>> inputs = keras.Input((None, 3))
        >>> model = keras.Model(inputs, keras.layers.Dense(1)(rt.Recurrent(rt.VanillaCell(4))(inputs)))
        >>> model.compile("adam", "mse")
        >>> x, y = np.ones((8, 5, 3), "float32"), np.ones((8, 1), "float32")
        >>> monitor = GradientMonitor((x, y), print_fn=None)
        >>> _ = model.fit(x, y, verbose=0, callbacks=[monitor])
        >>> len(monitor.history)
        1
    """

    def __init__(self, batch, log_dir=None, every=1, print_fn=print):
        super().__init__()
        check_ints("GradientMonitor", every=every)
        self.batch, self.every, self.print_fn = batch, every, print_fn
        self.history = []
        if log_dir is not None:  # TensorFlow imports the summaries from it
            require("tensorboard", "tensorboard", "GradientMonitor with `log_dir`")
        self._summary = tf.summary.create_file_writer(str(log_dir)) if log_dir is not None else None

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        results = gradient_through_time(self.model, self.batch)
        self.history.append({result.cell: result for result in results})
        for result in results:
            if self.print_fn:
                self.print_fn(f"epoch {epoch + 1}: {result.report()}")
            if self._summary:
                with self._summary.as_default(step=epoch):
                    tf.summary.scalar(f"gradient/{result.cell}/norm", tf.norm(result.gradient))
                    tf.summary.scalar(f"gradient/{result.cell}/jacobian_norm", result.jacobian_norms[0])
                    tf.summary.histogram(f"gradient/{result.cell}/contributions", result.norms)

    def on_train_end(self, logs=None):
        if self._summary:
            self._summary.close()
