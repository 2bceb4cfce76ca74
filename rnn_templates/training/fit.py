"""Training of a template's model on raw splits."""

import zlib
from pathlib import Path

import numpy as np

from rnn_templates.evaluation.metrics.thresholds import choose_thresholds
from rnn_templates.model_card import Card, versions
from rnn_templates.plots.learning_curve import plot_learning_curve
from rnn_templates.saving import save_model
from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.ema import EMAWeights
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.schedule import WarmupCosine

SCHEDULES = ("cosine", "constant")


def fit(
    model,
    splits,
    directory=None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    schedule: str = "cosine",
    ema_decay: float = 0.999,
    monitor: str = "val_loss",
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

    Args:
        model: compiled `rnn_templates.tasks.task.Task`.
        splits: `rnn_templates.data.splits.Splits`, or an object with `train` and `validation`.
        directory: path or None; folder for `model.keras`, the vocabulary, the labels, the learning curve, the card and
            the checkpoint; None writes nothing.
        epochs: passes over the training split.
        batch_size: examples in a training step.
        schedule: "cosine" (linear warm-up during the first 2 % of the steps, then cosine decay to zero) or "constant".
        ema_decay: decay of the exponential moving average of the weights, in [0, 1); 0 disables it.
        monitor: validation metric that selects the best epoch; lower is better for losses, higher for all others.
        patience: epochs without improvement of `monitor` before training stops; None never stops.
        seed: of the order of the training examples. For reproducible weights also call `keras.utils.set_random_seed`
            before building the model.
        card: dict or None; further entries of the model card, such as the training command.
        callbacks: further Keras callbacks; their state is not saved in the checkpoint.
        resume: bool; whether to resume from the checkpoint in `directory`.
        progress: bool; whether to print progress.

    Returns:
        The history: dict of metric name to a list with one value per epoch, including epochs before an interruption.

    Raises:
        ValueError: if an argument is out of range, or the checkpoint belongs to other settings.
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
    if schedule not in SCHEDULES:
        raise ValueError(f"fit: `schedule` must be one of {SCHEDULES}; received {schedule!r}.")
    learning_rate = float(model.optimizer.learning_rate)
    train = model.make_batches(splits.train, batch_size=batch_size, shuffle=True, seed=seed, progress=progress)
    validation = splits.validation
    if validation is not None:
        validation = model.make_batches(validation, batch_size=model.validation_batch_size)
    ema = EMAWeights(ema_decay) if ema_decay else None
    best = BestWeights(monitor, patience, ema) if validation is not None else None
    cosine = WarmupCosine(learning_rate, epochs * len(train)) if schedule == "cosine" else None
    options = {
        "epochs": epochs,
        "batch_size": batch_size,
        "schedule": [schedule, learning_rate],
        "ema_decay": ema_decay,
        "monitor": [monitor, patience],
        "seed": seed,
    }
    checkpoint = _checkpoint(directory, model, train, options, {"ema": ema, "best": best}) if directory else None
    first_epoch = checkpoint.resume(model) if checkpoint and resume else 0
    history = checkpoint.history if checkpoint else {}
    if first_epoch < epochs and not (checkpoint and checkpoint.finished):
        # Order matters: `best` reads the averages of `ema`, `checkpoint` saves the state of both.
        ordered = [part for part in (ema, cosine, StopOnDivergence(), best, checkpoint) if part]
        run = _run(model, train, validation, first_epoch, epochs, [*ordered, *callbacks], progress)
        history = checkpoint.history if checkpoint else run.history
    elif ema:
        ema.assign_averages()
    if best:
        best.restore_best()
    if getattr(model, "multi_label", False) and validation is not None:
        model.thresholds = choose_thresholds(model.predict(splits.validation), validation.targets)
    if directory:
        training = {
            "epochs": len(next(iter(history.values()), [])),
            "best_epoch": best.best_epoch + 1 if best else None,
            **{key: value for key, value in options.items() if key in ("batch_size", "ema_decay", "seed")},
            "schedule": schedule,
            "learning_rate": learning_rate,
            "parameters": model.count_params(),
        }
        _save(model, splits, history, Path(directory), {"training": training, **(card or {})})
    return history


def _checkpoint(directory, model, train, options, callbacks):
    """The checkpoint of a training; a resumed training must have equal options, weight shapes and examples."""
    shapes = [list(variable.shape) for variable in model.trainable_variables]
    settings = {**options, "weights": shapes, "training_examples": [train.size, _targets_checksum(train)]}
    stateful = {name: callback for name, callback in callbacks.items() if callback}
    return Checkpoint(Path(directory) / "checkpoint.npz", settings, stateful)


def _run(model, train, validation, first_epoch, epochs, callbacks, progress):
    """Calls `model.fit`; closes the progress bar also after an error."""
    bar = TrainingProgress() if progress else None
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
            "labels": list(model.labels) or None,
            "rejected_rows": len(rejected),
            "first_rejected": [f"{row.file}:{row.line}: {row.reason}" for row in rejected[:20]] or None,
        },
        history=history,
        versions=versions(),
        **entries,
    )
    card.save(directory)
