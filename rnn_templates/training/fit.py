"""Training, from raw splits to a model worth keeping."""

import zlib
from pathlib import Path

import numpy as np

from rnn_templates.evaluation.metrics.thresholds import choose_thresholds
from rnn_templates.model_card import Card, versions
from rnn_templates.plots.learning_curve import plot_learning_curve
from rnn_templates.training.best_weights import BestWeights
from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.ema import EMAWeights
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.schedule import CosineSchedule
from rnn_templates.utils.atomic import atomic_write


def fit(
    model,
    splits,
    directory=None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    patience: int = 3,
    monitor: str = "val_loss",
    schedule: str = "cosine",
    average: float = 0.999,
    seed: int = 1,
    resume=True,
    progress=True,
    callbacks=(),
    facts=None,
):
    """Trains a template's model on raw splits.

    Every epoch ends with a checkpoint, from which the same call goes on after an interruption, to the same weights as
    without it. The best epoch's weights are the ones that stay.

    Args:
        model: a compiled model of this package that takes raw inputs.
        splits: `rnn_templates.data.splits.Splits`, or anything with `train` and `validation`.
        directory: where `model.keras`, the vocabulary, the labels, the learning curve, the card and the checkpoint
            go; None to write nothing.
        epochs: passes over the training split.
        batch_size: examples in a step.
        patience: epochs without a better `monitor` before training ends; None waits for ever.
        monitor: the validation figure that decides which epoch is best; losses fall, all others rise.
        schedule: "cosine" (with a warm-up of one fiftieth of the steps), or "constant".
        average: decay of the moving average of the weights, in [0, 1); 0 for none.
        seed: of the order of the examples. For equal weights set `keras.utils.set_random_seed` before building too.
        resume: whether to go on from the checkpoint in `directory`.
        progress: whether to show it.
        callbacks: further Keras callbacks.
        facts: dict of what else the card should tell, such as the command.

    Returns:
        The history: a dict of lists, one value an epoch, those before an interruption included.

    Raises:
        ValueError: if there is nothing to train on, or the checkpoint belongs to other settings.
        TrainingDivergedError: if the loss is not a number any more.

    Example:
        >>> history = fit(model, rnn_templates.load("reviews"), "runs/reviews", epochs=5)
    """
    rate = float(model.optimizer.learning_rate)
    if schedule not in ("cosine", "constant"):
        raise ValueError(f"fit: `schedule` is 'cosine' or 'constant', not {schedule!r}.")
    train = model.batches(splits.train, batch_size=batch_size, shuffle=True, seed=seed, progress=progress)
    validation = (
        model.batches(splits.validation, batch_size=model.validation_batch_size)
        if splits.validation is not None
        else None
    )
    averaging = EMAWeights(average) if average else None
    best = BestWeights(monitor, patience, averaging) if validation is not None else None
    steps = epochs * len(train)
    watchers = [averaging] if averaging else []
    watchers += [CosineSchedule(rate, steps, warmup=max(1, steps // 50))] if schedule == "cosine" else []
    watchers += [StopOnDivergence()] + ([best] if best else [])
    checkpoint, first_epoch = None, 0
    if directory is not None:
        settings = {
            "epochs": epochs,
            "batch_size": batch_size,
            "schedule": [schedule, rate],
            "average": average,
            "monitor": [monitor, patience],
            "seed": seed,
            "weights": [list(weight.shape) for weight in model.trainable_variables],
            "training_examples": [train.size, _fingerprint(train)],
        }
        parts = {name: part for name, part in (("average", averaging), ("best", best)) if part}
        checkpoint = Checkpoint(Path(directory) / "checkpoint.npz", settings, parts)
        first_epoch = checkpoint.resume(model) if resume else 0
        watchers.append(checkpoint)
    bar = TrainingProgress() if progress else None
    watchers += ([bar] if bar else []) + list(callbacks)

    history = checkpoint.history if checkpoint else {}
    if first_epoch < epochs and not (checkpoint and checkpoint.finished):
        try:
            run = model.fit(
                train,
                epochs=epochs,
                initial_epoch=first_epoch,
                validation_data=validation,
                callbacks=watchers,
                verbose=0,
            )
        finally:
            if bar:
                bar.close()
        history = checkpoint.history if checkpoint else run.history
    elif best or averaging:
        (best or averaging).on_train_end()
    if getattr(model, "multi_label", False) and validation is not None:
        probabilities = model.predict(splits.validation)
        model.thresholds = choose_thresholds(probabilities, validation.targets)
    if directory is not None:
        training = {
            "epochs": len(next(iter(history.values()), [])),
            "best_epoch": best.best_epoch + 1 if best else None,
            "batch_size": batch_size,
            "schedule": schedule,
            "learning_rate": rate,
            "weight_average": average or None,
            "seed": seed,
            "parameters": model.count_params(),
        }
        _save(model, splits, history, Path(directory), {"training": training, **(facts or {})})
    return history


def _fingerprint(batches):
    """A number that is the same when the targets are: a resumed training must see the same examples."""
    targets = batches.targets if isinstance(batches.targets, list) else [batches.targets]
    return zlib.crc32(b"".join(np.ascontiguousarray(one).tobytes() for one in targets))


def _save(model, splits, history, directory, facts):
    directory.mkdir(parents=True, exist_ok=True)
    save_model(model, directory / "model.keras")
    model.save_vocabulary(directory)
    if history:
        plot_learning_curve(history, directory / "learning_curve.png")
    rejected = getattr(splits, "rejected", [])
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
        **facts,
    )
    card.save(directory)


def save_model(model, path):
    """Saves a `.keras` file whole or not at all, with the optimizer's settings but without its moments."""
    optimizer = model.optimizer
    model.optimizer = type(optimizer).from_config(optimizer.get_config())
    try:
        with atomic_write(path) as beside:
            model.save(beside)
    finally:
        model.optimizer = optimizer
