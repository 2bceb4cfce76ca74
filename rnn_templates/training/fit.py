"""Training of a template's model on raw splits."""

import dataclasses
import zlib
from pathlib import Path

import numpy as np

from rnn_templates.data.kinds import check_model_kind
from rnn_templates.evaluation.metrics.thresholds import choose_thresholds
from rnn_templates.model_card import Card, versions
from rnn_templates.plots.learning_curve import plot_learning_curve
from rnn_templates.saving import save_model
from rnn_templates.tasks.input_statistics import compute_input_statistics
from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.ema import EMAWeights
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.schedule import WarmupCosine, WarmupStableDecay
from rnn_templates.training.settings import MIN_DELTA, FitSettings


def fit(
    model,
    splits,
    directory=None,
    *,
    epochs: int | None = None,
    batch_size: int = 32,
    schedule: str | None = None,
    ema_decay: float = 0.999,
    monitor: str | None = None,
    patience: int = 3,
    seed: int = 1,
    card=None,
    callbacks=(),
    resume=True,
    progress=True,
):
    """Trains a template's model on raw splits.

    A checkpoint is written after every epoch; the same call resumes an interrupted training and ends with the same
    weights as an uninterrupted one. The model is left with the weights of the best epoch.

    Without a number of epochs the learning rate stays constant until `monitor` has not improved for `patience` epochs
    and 300 steps, or after 100 epochs and 10,000 steps; then it decays to zero, from the weights of the best epoch, in
    a fifth of the epochs up to that one.

    Args:
        model: compiled `rnn_templates.tasks.task.Task`.
        splits: `rnn_templates.data.splits.Splits`, or an object with `train` and `validation`.
        directory: path or None; folder for `model.keras`, the vocabulary, the labels, the learning curve, the card and
            the checkpoint; None writes nothing.
        epochs: positive int or None; passes over the training split; None trains until `patience` ends it.
        batch_size: examples in a training step.
        schedule: "cosine" (linear warm-up during the first 2 % of the steps, then cosine decay to zero), "constant", or
            without a number of epochs "warmup_stable_decay"; None for "cosine" with a number of epochs, else
            "warmup_stable_decay".
        ema_decay: decay of the exponential moving average of the weights, in [0, 1); 0 disables it.
        monitor: validation metric that selects the best epoch; lower is better for losses, higher for all others; None
            for that of the template: "val_span_f1" of taggers of spans, "val_accuracy" of other taggers, else
            "val_loss".
        patience: epochs without improvement of `monitor` before training stops; without a number of epochs also at
            least 300 steps; None never stops.
        seed: of the order of the training examples. For reproducible weights also call `keras.utils.set_random_seed`
            before building the model.
        card: dict or None; further entries of the model card, such as the training command.
        callbacks: further Keras callbacks; their state is not saved in the checkpoint.
        resume: bool; whether to resume from the checkpoint in `directory`.
        progress: bool; whether to print progress.

    Returns:
        The history: dict of metric name to a list with one value per epoch, including epochs before an interruption.

    Raises:
        ValueError: if the splits have another kind than the template, an argument is out of range, or the checkpoint
            belongs to other settings.
        TrainingDivergedError: if the loss is NaN or infinite.

    Example:
        >>> vocabulary = rt.Vocabulary.from_texts(["good", "bad"])
        >>> model = rt.sentiment_model(vocabulary, ["negative", "positive"], units=4, embedding_dim=4)
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> data = make_dataset(["good", "bad"], np.array([1, 0]))
        >>> splits = Splits("example", data, data, None, ("negative", "positive"), sizes={"train": 2, "validation": 2})
        >>> history = fit(model, splits, "runs/example", epochs=2, progress=False)
        >>> sorted(history)
        ['accuracy', 'loss', 'val_accuracy', 'val_loss']
    """
    check_model_kind(model, splits)
    settings = FitSettings.resolve(
        model.monitor,
        learning_rate=float(model.optimizer.learning_rate),
        epochs=epochs,
        batch_size=batch_size,
        schedule=schedule,
        ema_decay=ema_decay,
        monitor=monitor,
        patience=patience,
        seed=seed,
    )
    train, validation = _make_batches(model, splits, settings, progress)
    ema, best, rates = make_callbacks(settings, len(train), validation is not None)
    stateful = {"ema": ema, "best": best, "schedule": rates}
    checkpoint = _checkpoint(directory, model, train, settings, stateful) if directory else None
    first_epoch = checkpoint.resume(model) if checkpoint and resume else 0
    history = checkpoint.history if checkpoint else {}
    last_epoch = settings.last_epoch(len(train))
    if first_epoch < last_epoch and not (checkpoint and checkpoint.finished):
        # Order matters: `best` reads the averages of `ema`, the schedule decays where `best` stops the training, and
        # `checkpoint` saves the state of all.
        ordered = [part for part in (ema, StopOnDivergence(), best, rates, checkpoint) if part]
        bar = TrainingProgress(epochs, getattr(rates, "remark", None)) if progress else None
        run = _run(model, train, validation, first_epoch, last_epoch, [*ordered, *callbacks], bar)
        history = checkpoint.history if checkpoint else run.history
    elif ema:
        ema.assign_averages()
    if best:
        best.restore_best()
    _calibrate(model, splits, validation)
    if directory:
        training = {
            "epochs": len(next(iter(history.values()), [])),
            "best_epoch": best.best_epoch + 1 if best else None,
            "stopped": _stopped(settings, best, rates, len(next(iter(history.values()), []))),
            **{key: value for key, value in dataclasses.asdict(settings).items() if key not in ("epochs", "patience")},
            "parameters": model.count_params(),
        }
        _save(model, splits, history, Path(directory), {"training": training, **(card or {})})
    return history


def _make_batches(model, splits, settings, progress):
    """The batches of the training split and of the validation split, or None."""
    if settings.epochs is None and splits.validation is None:
        raise ValueError(
            "fit: `epochs` must be a positive integer, because there is no validation split that could end the "
            "training; received None. Or hold out a part: `splits.hold_out(0.1, seed=1)`."
        )
    options = {"batch_size": settings.batch_size, "shuffle": True, "seed": settings.seed, "progress": progress}
    train = model.make_batches(splits.train, **options)
    if splits.validation is None:
        return train, None
    return train, model.make_batches(splits.validation, batch_size=model.validation_batch_size)


def make_callbacks(settings, steps_per_epoch, has_validation):
    """Returns the callbacks that determine the weights of a training.

    Args:
        settings: `FitSettings`.
        steps_per_epoch: positive int.
        has_validation: bool; whether there is a validation split.

    Returns:
        `ema, best, schedule`: `EMAWeights`, `BestWeights` and a `Schedule`, or None.

    Example:
        >>> from rnn_templates.training.settings import MIN_DELTA, FitSettings
        >>> make_callbacks(FitSettings.resolve("val_loss", learning_rate=0.1, epochs=2), 10, True)[1].patience
        3
    """
    ema = EMAWeights(settings.ema_decay) if settings.ema_decay else None
    patience, epochs = settings.patience_epochs(steps_per_epoch), settings.max_epochs(steps_per_epoch)
    min_delta = MIN_DELTA if settings.epochs is None else 0.0
    best = BestWeights(settings.monitor, patience, ema, min_delta) if has_validation else None
    schedule = None
    if settings.schedule == "cosine":
        schedule = WarmupCosine(settings.learning_rate, epochs * steps_per_epoch)
    elif settings.schedule == "warmup_stable_decay":
        sizes = {"steps_per_epoch": steps_per_epoch, "max_epochs": epochs}
        schedule = WarmupStableDecay(settings.learning_rate, best, ema, **sizes)
    return ema, best, schedule


def _stopped(settings, best, schedule, epochs):
    """The reason of the end of a training of some number of epochs: "patience", "epochs" or "callback"."""
    if settings.schedule == "warmup_stable_decay" and schedule.stopped:
        return schedule.stopped
    if best and best.is_exhausted(epochs - 1):
        return "patience"
    return "epochs" if epochs == settings.epochs else "callback"


def _checkpoint(directory, model, train, settings, callbacks):
    """The checkpoint of a training; a resumed training must have equal settings, weight shapes and examples."""
    shapes = [list(variable.shape) for variable in model.trainable_variables]
    settings = dataclasses.asdict(settings)
    settings |= {"weights": shapes, "training_examples": [train.size, _targets_checksum(train)]}
    stateful = {name: callback for name, callback in callbacks.items() if callback}
    return Checkpoint(Path(directory) / "checkpoint.npz", settings, stateful)


def _run(model, train, validation, first_epoch, epochs, callbacks, bar):
    """Calls `model.fit`; closes the progress bar also after an error."""
    try:
        return model.fit(
            train,
            epochs=epochs,
            initial_epoch=first_epoch,
            validation_data=validation,
            callbacks=callbacks + ([bar] if bar else []),
            verbose=0,
        )
    finally:
        if bar:
            bar.close()


def _calibrate(model, splits, validation):
    """Sets the thresholds of labels, and the statistics that predictions are compared with."""
    if getattr(model, "multi_label", False) and validation is not None:
        model.thresholds = choose_thresholds(model.predict(splits.validation), validation.targets)
    model.input_statistics = compute_input_statistics(model, splits)


def _targets_checksum(batches):
    """CRC-32 of the encoded targets: a training is only resumed on the same examples."""
    targets = batches.targets if isinstance(batches.targets, list) else [batches.targets]
    return zlib.crc32(b"".join(np.ascontiguousarray(array).tobytes() for array in targets))


def _save(model, splits, history, directory, entries):
    """Writes the model, its vocabulary, the learning curve and the model card."""
    directory.mkdir(parents=True, exist_ok=True)
    save_model(model, directory / "model.keras")
    model.save_vocabulary(directory)
    if history:
        plot_learning_curve(history, directory / "learning_curve.png")
    rejected = getattr(splits, "rejected_rows", [])
    card = Card.load(directory)
    card.update(
        template=model.name,
        data={
            "name": getattr(splits, "name", None),
            "sizes": getattr(splits, "sizes", None),
            "options": getattr(splits, "options", None) or None,
            "held_out": getattr(splits, "held_out", None) or None,
            "labels": list(model.labels) or None,
            "rejected_rows": len(rejected),
            "first_rejected": [f"{row.file}:{row.line}: {row.reason}" for row in rejected[:20]] or None,
        },
        history=history,
        input_statistics=model.input_statistics.to_dict(),
        versions=versions(),
        **entries,
    )
    card.save(directory)
