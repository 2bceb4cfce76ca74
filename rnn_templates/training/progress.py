"""Progress bar and epoch summary of a training."""

import time

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rnn_templates.utils.numbers import format_metric


class TrainingProgress(keras.callbacks.Callback):
    """Prints a progress bar for the current epoch and one line with the metrics of every completed epoch.

    If the console is not a terminal, only the lines are printed. Before the first epoch a line states that the step is
    compiled, which takes seconds.

    Args:
        epochs: int or None; number of epochs for the line, such as 3/10; None for an unknown number.
        remark: None, or function from the number of a completed epoch (from 0) to a str, which is printed, or None.
        console: `rich.console.Console` or None; None for standard error.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> history = model.fit(np.ones((4, 1)), np.zeros((4, 1)), verbose=0, callbacks=[TrainingProgress()])
    """

    def __init__(self, epochs=None, remark=None, console=None):
        super().__init__()
        self.epochs = f"/{epochs}" if epochs else ""
        self.remark = remark
        self.console = console or Console(stderr=True)
        self._bar = None

    def set_model(self, model):
        super().set_model(model)
        if model.train_function is None:
            self._print("compiling the training step ...")

    def on_epoch_begin(self, epoch, logs=None):
        self._start = time.perf_counter()
        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
        columns += [TimeRemainingColumn(), TextColumn("{task.fields[loss]}")]
        self._bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._bar.start()
        total = self.params.get("steps")
        self._task = self._bar.add_task(f"epoch {epoch + 1}{self.epochs}", total=total, loss="")

    def on_train_batch_end(self, batch, logs=None):
        self._bar.update(self._task, advance=1, loss=f"loss {format_metric((logs or {}).get('loss', float('nan')))}")

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        metrics = "  ".join(f"{name} {format_metric(value)}" for name, value in (logs or {}).items())
        seconds = time.perf_counter() - self._start
        self._print(f"epoch {epoch + 1}{self.epochs}  {metrics}  {format_metric(seconds, digits=1)} s")
        if self.remark and (remark := self.remark(epoch)):
            self._print(remark)

    def _print(self, line):
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Removes the progress bar; also called if training raises an error."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
