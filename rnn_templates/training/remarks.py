"""Sentences about a training that has ended: the reason, the weights that are kept, and what would improve them."""

import numpy as np

from rnn_templates.utils.numbers import format_metric

MAX_SHARE = 0.8
MAX_DIFFERENCE = 0.15


def end_of_training(loop):
    """Returns sentences on the reason of the end, and on the weights that are kept; a list of str.

    Args:
        loop: `TrainingLoop` that has run.
    """
    settings, epochs, best = loop.settings, loop.num_epochs, loop.best
    reasons = {
        "epochs": f"all {epochs} epochs are done" if settings.epochs else "the largest number of epochs is reached",
        "callback": "a callback stopped it",
    }
    if best is None:
        return [f"training ended after epoch {epochs}: {reasons[loop.stopped]}; the last weights are kept"]
    number, monitor = best.best_epoch + 1, settings.monitor
    reasons["patience"] = f"{monitor} stopped improving"
    value = format_metric(loop.history[monitor][best.best_epoch])
    kept = f"the weights of epoch {number} are kept ({monitor} {value})"
    sentences = [f"training ended after epoch {epochs}: {reasons[loop.stopped]}; {kept}"]
    if loop.stopped == "epochs" and settings.epochs and number == epochs:
        sentences.append(
            "the last epoch was the best, more epochs would help: leave out --epochs, or double it, with --no-resume "
            "(the learning rate depends on the number of epochs, therefore such a training starts anew)"
        )
    return sentences


def imbalance(model, loop):
    """Returns a list with a sentence on rare classes that a classifier neglects, or an empty list.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        loop: `TrainingLoop` that has run; the history has "val_macro_f1" if the model is a classifier.

    The sentence is returned if 80 % of the examples have one label, or if macro F1 is 0.15 or more below the accuracy
    and a label has twice as many examples as another.
    """
    f1, accuracy = (loop.history.get(name) for name in ("val_macro_f1", "val_accuracy"))
    if not f1 or not accuracy or getattr(model.loss, "class_weights", None):
        return []
    counts = np.bincount(np.asarray(loop.train.targets).astype(int), minlength=len(model.labels))
    share, label = counts.max() / counts.sum(), model.labels[int(counts.argmax())]
    f1, accuracy = f1[loop.best.best_epoch], accuracy[loop.best.best_epoch]
    neglected = accuracy - f1 >= MAX_DIFFERENCE and counts.max() >= 2 * counts.min()
    if share < MAX_SHARE and not neglected:
        return []
    remedy = "collect more examples of rare classes"
    if hasattr(model.loss, "class_weights"):
        remedy = "try --balanced-class-weights (in Python `class_weights=balanced_class_weights(targets, num_labels)`)"
    return [
        f"{share:.0%} of the training examples are {label!r}: see macro F1 {f1:.3f} beside accuracy {accuracy:.3f}; "
        f"{remedy}"
    ]
