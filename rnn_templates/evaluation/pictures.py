"""Pictures of an evaluation."""

import os
import warnings
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

MANY = 20  # labels, from which on single numbers could not be read


def confusion_picture(confusion, labels, path):
    """Draws which labels are taken for which: shares of a row, with counts where there is room.

    Args:
        confusion: (labels, labels) int, true labels down.
        labels: their names.
        path: PNG file to write.

    Example:
        >>> confusion_picture(np.array([[9, 1], [2, 8]]), ("negative", "positive"), "confusion.png")
    """
    confusion = np.asarray(confusion)
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    side = min(3 + 0.45 * len(labels), 12)
    figure = Figure(figsize=(side + 0.8, side), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, shrink=0.8, label="share of the true label")
    size = 9 if len(labels) <= MANY else 6
    axes.set_xticks(
        range(len(labels)),
        labels,
        rotation=45 if len(labels) > 2 else 0,
        ha="right" if len(labels) > 2 else "center",
        fontsize=size,
    )
    axes.set_yticks(range(len(labels)), labels, fontsize=size)
    axes.set(xlabel="answered", ylabel="true")
    if len(labels) <= MANY:
        for i, j in np.ndindex(confusion.shape):
            color = "white" if shares[i, j] > 0.5 else "black"
            axes.text(j, i, f"{confusion[i, j]:,}", ha="center", va="center", color=color, fontsize=size)
    _save(figure, path)


def reliability_picture(reliability, error, path):
    """Draws the share of right answers against the probability that the model stated.

    Args:
        reliability: rows of (count, share of right answers, mean probability).
        error: the expected calibration error.
        path: PNG file to write.

    Example:
        >>> reliability_picture([(10, 0.8, 0.75)], 0.05, "reliability.png")
    """
    counts, shares, means = (np.array(column) for column in zip(*reliability, strict=True))
    figure = Figure(figsize=(4.2, 4.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="as stated")
    upper.plot(means, shares, marker="o", label=f"model (error {error:.3f})")
    upper.set(ylabel="share of right answers", ylim=(0, 1.02))
    upper.legend(frameon=False)
    lower.bar(means, counts, width=0.03)
    lower.set(xlabel="stated probability", ylabel="answers", xlim=(0, 1.02))
    for axes in (upper, lower):
        axes.grid(alpha=0.3)
    _save(figure, path)


def label_picture(per_class, path):
    """Draws the F1 of every label, the best on top, with the number of its examples.

    Args:
        per_class: rows with `label`, `f1` and `support`.
        path: PNG file to write.

    Example:
        >>> label_picture(report.per_class, "labels.png")
    """
    rows = sorted(per_class, key=lambda row: row.f1)
    figure = Figure(figsize=(6, 1.2 + 0.24 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    bars = axes.barh([row.label for row in rows], [row.f1 for row in rows])
    axes.bar_label(bars, [f" {row.f1:.2f}  (n={row.support})" for row in rows], fontsize=8)
    axes.set(xlabel="F1", xlim=(0, 1.15))
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _save(figure, path):
    beside = Path(path).with_suffix(".part.png")
    with warnings.catch_warnings():  # a label in a script that the font does not have is no reason to fail
        warnings.filterwarnings("ignore", message=".*missing from font.*")
        figure.savefig(beside, dpi=120)
    os.replace(beside, path)
