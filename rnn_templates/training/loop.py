"""Training loop: batches, callbacks, and the state after the last epoch."""

import dataclasses

import keras

from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.ema import EMAWeights
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.schedule import WarmupCosine, WarmupStableDecay


class TrainingLoop:
    """Training of a model on encoded batches, with the callbacks that determine the weights.

    Args:
        model: compiled `rnn_templates.tasks.task.Task`.
        splits: `rnn_templates.data.splits.Splits`.
        settings: `FitSettings`.
        progress: bool; whether to print progress.

    Attributes:
        train, validation: `BucketedBatches`; validation may be None.
        ema, best, schedule: `EMAWeights`, `BestWeights` and a `Schedule`, or None.
        history: dict of metric name to a list with one value per epoch.

    Raises:
        ValueError: if the number of epochs is None, and there is no validation split.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> from rnn_templates.training.settings import FitSettings
        >>> model = rt.sentiment_model(rt.Vocabulary.from_texts(["good"]), ["no", "yes"], units=2, embedding_dim=2)
        >>> data = make_dataset(["good", "bad"], np.array([1, 0]))
        >>> settings = FitSettings.resolve("val_loss", learning_rate=0.1, epochs=2)
        >>> TrainingLoop(model, Splits("example", data, data, None, ("no", "yes")), settings).best.patience
        3
    """

    def __init__(self, model, splits, settings, progress=False):
        if settings.epochs is None and splits.validation is None:
            raise ValueError(
                "fit: `epochs` must be a positive integer, because there is no validation split that could end the "
                "training; received None. Or hold out a part: `splits.hold_out(0.1, seed=1)`."
            )
        self.model, self.settings, self.progress = model, settings, progress
        options = {"batch_size": settings.batch_size, "shuffle": True, "seed": settings.seed, "progress": progress}
        self.train = model.make_batches(splits.train, **options)
        self.validation = None
        if splits.validation is not None:
            self.validation = model.make_batches(splits.validation, batch_size=model.validation_batch_size)
        self.ema = EMAWeights(settings.ema_decay) if settings.ema_decay else None
        self.best = self._make_best()
        self.schedule = self._make_schedule()
        self.history = {}

    def _make_best(self):
        if self.validation is None:
            return None
        patience = self.settings.patience_epochs(len(self.train))
        return BestWeights(self.settings.monitor, patience, self.ema, self.settings.min_delta)

    def _make_schedule(self):
        peak, steps = self.settings.learning_rate, len(self.train)
        epochs = self.settings.max_epochs(steps)
        if self.settings.schedule == "cosine":
            return WarmupCosine(peak, epochs * steps)
        if self.settings.schedule == "warmup_stable_decay":
            return WarmupStableDecay(peak, self.best, self.ema, steps_per_epoch=steps, max_epochs=epochs)
        return None

    @property
    def stateful(self):
        """The callbacks whose state a checkpoint saves, a dict by name."""
        callbacks = {"ema": self.ema, "best": self.best, "schedule": self.schedule}
        return {name: callback for name, callback in callbacks.items() if callback}

    def run(self, callbacks=(), checkpoint=None, first_epoch=0):
        """Trains to the end, and leaves the model with the weights of the best epoch.

        Args:
            callbacks: further Keras callbacks.
            checkpoint: `Checkpoint` or None.
            first_epoch: int; number of completed epochs, from `Checkpoint.resume`; default 0.
        """
        self.history = checkpoint.history if checkpoint else {}
        last_epoch = self.settings.last_epoch(len(self.train))
        if first_epoch < last_epoch and not (checkpoint and checkpoint.finished):
            # Order matters: `best` reads the averages of `ema`, the schedule decays where `best` stops the training,
            # and `checkpoint` saves the state of all.
            ordered = [self.ema, StopOnDivergence(), self.best, self.schedule, checkpoint]
            run = self._fit(first_epoch, last_epoch, [*(one for one in ordered if one), *callbacks])
            self.history = checkpoint.history if checkpoint else run.history
        elif self.ema:
            self.ema.assign_averages()
        if self.best:
            self.best.restore_best()

    def _fit(self, first_epoch, last_epoch, callbacks):
        """Calls `model.fit`; closes the progress bar also after an error."""
        bar = None
        if self.progress:
            bar = TrainingProgress(self.settings.epochs, getattr(self.schedule, "remark", None))
        try:
            return self.model.fit(
                self.train,
                epochs=last_epoch,
                initial_epoch=first_epoch,
                validation_data=self.validation,
                callbacks=callbacks + ([bar] if bar else []),
                verbose=0,
            )
        finally:
            if bar:
                bar.close()

    @property
    def num_epochs(self):
        """Number of completed epochs, an int."""
        return len(next(iter(self.history.values()), []))

    @property
    def stopped(self):
        """The reason of the end: "patience", "epochs", or "callback" for a callback of the caller."""
        if reason := getattr(self.schedule, "stopped", None):
            return reason
        if self.best and self.best.is_exhausted(self.num_epochs - 1):
            return "patience"
        return "epochs" if self.num_epochs == self.settings.epochs else "callback"

    def describe(self):
        """Returns the entries of the model card's section on training, a dict."""
        settings = dataclasses.asdict(self.settings)
        return {
            "epochs": self.num_epochs,
            "best_epoch": self.best.best_epoch + 1 if self.best else None,
            "stopped": self.stopped,
            **{key: value for key, value in settings.items() if key != "epochs"},
            "parameters": self.model.count_params(),
        }

    def num_bytes(self):
        """Returns the approximate size of the files of a training: two checkpoints and the model, an int."""
        weights = sum(int(variable.numpy().nbytes) for variable in self.model.trainable_variables)
        slots = 2 if isinstance(self.model.optimizer, keras.optimizers.Adam) else 1
        return (2 * (3 + slots) + 1) * weights + 1_000_000
