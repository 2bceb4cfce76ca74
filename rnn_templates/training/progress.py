"""Progress bar and epoch summary of a training."""

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class TrainingProgress(keras.callbacks.Callback):
    """Prints a progress bar for the current epoch and one line with the metrics of every completed epoch.

    If the console is not a terminal, only the lines are printed.

    Args:
        console: `rich.console.Console` or None; None for standard error.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("adam", "mse")
        >>> history = model.fit(np.ones((4, 1)), np.zeros((4, 1)), verbose=0, callbacks=[TrainingProgress()])
    """

    def __init__(self, console=None):
        super().__init__()
        self.console = console or Console(stderr=True)
        self._bar = None

    def on_epoch_begin(self, epoch, logs=None):
        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
        columns += [TimeRemainingColumn(), TextColumn("{task.fields[loss]}")]
        self._bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self._bar.start()
        total = self.params.get("steps")
        self._task = self._bar.add_task(f"epoch {epoch + 1}/{self.params['epochs']}", total=total, loss="")

    def on_train_batch_end(self, batch, logs=None):
        self._bar.update(self._task, advance=1, loss=f"loss {(logs or {}).get('loss', float('nan')):.4f}")

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        metrics = "  ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        self.console.print(f"epoch {epoch + 1}/{self.params['epochs']}  {metrics}", highlight=False, soft_wrap=True)

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        """Removes the progress bar; also called if training raises an error."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
