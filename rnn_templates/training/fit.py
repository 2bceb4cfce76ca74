"""Training of a template's model on raw splits."""

import dataclasses

from rich.console import Console

from rnn_templates.data.kinds import check_model_kind
from rnn_templates.data.label_order import align_labels
from rnn_templates.evaluation.metrics.thresholds import choose_thresholds
from rnn_templates.tasks.input_statistics import compute_input_statistics
from rnn_templates.training.checkpoint import Checkpoint
from rnn_templates.training.fingerprint import fingerprint
from rnn_templates.training.loop import TrainingLoop
from rnn_templates.training.remarks import end_of_training, imbalance
from rnn_templates.training.run_folder import RunFolder
from rnn_templates.training.settings import FitSettings
from rnn_templates.utils import output_folder
from rnn_templates.utils.lock import FolderLock


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
        splits: `rnn_templates.data.splits.Splits`; labels in another order than the model's are mapped by name.
        directory: path or None; folder for `model.keras`, the vocabulary, the labels, the learning curve, the card and
            the checkpoint, which is deleted at the end; None writes nothing.
        epochs: positive int or None; passes over the training split; None trains until `patience` ends it.
        batch_size: examples in a training step.
        schedule: "cosine" (linear warm-up during the first 2 % of the steps, then cosine decay to zero), "constant", or
            without a number of epochs "warmup_stable_decay"; None for "cosine" with a number of epochs, else
            "warmup_stable_decay".
        ema_decay: decay of the exponential moving average of the weights, in [0, 1); 0 disables it.
        monitor: validation metric that selects the best epoch; lower is better for losses and errors ("mse", "mae"),
            higher for all others; None for that of the template: "val_span_f1" of taggers of spans, "val_accuracy" of
            other taggers, else "val_loss".
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
        ValueError: if the splits have another kind or other labels than the model, an argument is out of range, or
            `directory` holds a training with other settings, vocabulary or data; the message names the differences.
        FolderLockedError: if another process trains into `directory`.
        OSError: if `directory` cannot be written, or the disk is full.
        TrainingDivergedError: if the loss is NaN or infinite.

    Example:
        >>> vocabulary = rt.Vocabulary.from_texts(["good", "bad"])
        >>> model = rt.sentiment_model(vocabulary, ["negative", "positive"], units=4, embedding_dim=4)
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> data = make_dataset(["good", "bad"], np.array([1, 0]))
        >>> splits = Splits("example", data, data, None, ("negative", "positive"), sizes={"train": 2, "validation": 2})
        >>> history = fit(model, splits, "runs/example", epochs=2, progress=False)
        >>> sorted(history)
        ['accuracy', 'loss', 'macro_f1', 'val_accuracy', 'val_loss', 'val_macro_f1']
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
    splits = align_labels(splits, model.labels)
    loop = TrainingLoop(model, splits, settings, progress)
    report = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True).print
    report = report if progress else _ignore
    if directory is None:
        loop.run(callbacks)
        _finish(model, splits, loop, report)
        return loop.history
    with FolderLock(output_folder.check(directory)):
        card = card or {}
        options = dataclasses.asdict(settings), loop.train, loop.validation, card.get("configuration")
        folder = RunFolder(directory, fingerprint(model, *options))
        if resume and (history := folder.finished_history()) is not None:
            model.load_weights(folder.model)
            _calibrate(model, splits, loop.validation)
            report(f"{folder.path}: training is finished; nothing to do. To train anew: --no-resume (`resume=False`).")
            return history
        checkpoint = Checkpoint(folder.checkpoint, folder.fingerprint, loop.stateful, folder.check)
        first_epoch = checkpoint.resume(model) if resume else 0  # before anything is written: it may be refused
        folder.begin(loop.num_bytes())
        loop.run(callbacks, checkpoint, first_epoch)
        remarks = _finish(model, splits, loop, report)
        training = {**loop.describe(), **({"remarks": remarks} if remarks else {})}
        entries = {"training": training, "input_statistics": model.input_statistics.to_dict()}
        folder.finish(model, splits, loop.history, {**entries, **card})
    return loop.history


def _finish(model, splits, loop, report):
    """Calibrates the trained model; prints the end of the training and returns the remarks on it."""
    _calibrate(model, splits, loop.validation)
    end, *remarks = end_of_training(loop)
    remarks += imbalance(model, loop)
    for sentence in (end, *remarks):
        report(sentence)
    return remarks


def _ignore(sentence):
    """Prints nothing."""


def _calibrate(model, splits, validation):
    """Sets the thresholds of labels, and the statistics that predictions are compared with."""
    if getattr(model, "multi_label", False) and validation is not None:
        model.thresholds = choose_thresholds(model.predict(splits.validation), validation.targets)
    model.adapt(splits)
    model.input_statistics = compute_input_statistics(model, splits)
