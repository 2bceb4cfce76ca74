"""A watch on the gradients of a training."""

import keras
import tensorflow as tf

from rnn_templates.diagnostics.gradient_through_time import gradient_through_time


class GradientMonitor(keras.callbacks.Callback):
    """Says after every epoch, layer by layer, whether the gradient vanishes or explodes, and what to try.

    Args:
        batch: a few inputs and targets to look at, raw ones if the model takes raw inputs; some ten are enough.
        log_dir: None, or a folder for TensorBoard: gradient norms of every layer, and how far back they reach.
        every: look after every so many epochs.
        print_fn: what is called with each line for the terminal; None for silence.

    Attributes:
        history: one dict an epoch, cell path to `GradientThroughTime`.

    Example:
        >>> model.fit(x, y, callbacks=[GradientMonitor((x[:8], y[:8]))])
    """

    def __init__(self, batch, log_dir=None, every=1, print_fn=print):
        super().__init__()
        self.batch, self.every, self.print_fn = batch, every, print_fn
        self.history = []
        self._summary = tf.summary.create_file_writer(str(log_dir)) if log_dir is not None else None

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        flows = gradient_through_time(self.model, self.batch)
        self.history.append({flow.cell: flow for flow in flows})
        for flow in flows:
            if self.print_fn:
                self.print_fn(f"epoch {epoch + 1}: {flow.report()}")
            if self._summary:
                with self._summary.as_default(step=epoch):
                    tf.summary.scalar(f"gradient/{flow.cell}/norm", tf.norm(flow.gradient))
                    tf.summary.scalar(f"gradient/{flow.cell}/reach", flow.jacobian_norms[0])
                    tf.summary.histogram(f"gradient/{flow.cell}/contributions", flow.norms)

    def on_train_end(self, logs=None):
        if self._summary:
            self._summary.close()
