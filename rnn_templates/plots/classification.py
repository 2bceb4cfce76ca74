"""ImageArray of an evaluation."""

import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

MANY = 20  # labels, from which on single numbers could not be read
LONGEST = 28  # characters of a label that are shown
INCHES_A_CHARACTER = 0.075


def plot_confusion_matrix(confusion, labels, path, *, errors_only=False):
    """Draws which labels are taken for which: shares of a row, with counts where there is room.

    Args:
        confusion: (labels, labels) int, true labels down.
        labels: their names.
        path: PNG file to write.
        errors_only: whether only mistakes are shaded, on a scale that ends at the largest share and brings out small
            ones; for answers that are nearly all right.

    Example:
        >>> plot_confusion_matrix([[9, 1], [2, 8]], ("negative", "positive"), "confusion.png")
    """
    confusion = np.asarray(confusion)
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(labels), dtype=bool)
    if errors_only:
        shares = np.where(right, 0, shares)
    scale = PowerNorm(0.5 if errors_only else 1, vmin=0, vmax=(shares.max() or 1) if errors_only else 1)
    names = [truncate_label(label) for label in labels]
    few, longest = len(names) <= MANY, max(map(len, names))
    size = 9 if few else max(3, min(7, 480 / len(names)))
    slanted = len(names) > 4 or longest > 10
    grid = max(2.2, min(0.62 * len(names), 9)) if few else 9
    margin = longest * INCHES_A_CHARACTER * size / 9
    figure = Figure(figsize=(grid + margin + 1.6, grid + (margin if slanted else 0.2) + 0.7), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", norm=scale)
    if errors_only:
        axes.imshow(np.where(right, 0.25, np.nan), cmap="Greys", vmin=0, vmax=1)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, label="share of the true label")
    bar.outline.set_visible(False)
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if few else {"rotation": 90}
    axes.set_xticks(range(len(names)), names, fontsize=size, parse_math=False, **(turned if slanted else {}))
    axes.set_yticks(range(len(names)), names, fontsize=size, parse_math=False)
    axes.set(xlabel="answered", ylabel="true")
    axes.tick_params(length=0 if few else 2)
    axes.spines[:].set_visible(not few)
    if few:
        for i, j in np.ndindex(confusion.shape):
            color = "white" if scale(shares[i, j]) > 0.5 else "black" if confusion[i, j] else "0.7"
            axes.text(j, i, f"{confusion[i, j]:,}", ha="center", va="center", color=color, fontsize=size)
    save_figure(figure, path)


def plot_reliability_diagram(reliability, error, path, *, share="share of right answers"):
    """Draws how often the model was right against the probability that it stated, and how often it stated that.

    Args:
        reliability: rows of (count, share of right answers, mean probability), one a bin.
        error: the expected calibration error.
        path: PNG file to write.
        share: what the vertical axis is called.

    Example:
        >>> plot_reliability_diagram([(10, 0.8, 0.75)], 0.05, "reliability.png")
    """
    counts, shares, means = (np.array(column) for column in zip(*reliability, strict=True))
    figure = Figure(figsize=(4.6, 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="perfectly calibrated")
    upper.vlines(means, np.minimum(means, shares), np.maximum(means, shares), color="C3", alpha=0.5, linewidth=3)
    upper.plot(means, shares, marker="o", markersize=5, label=f"model (calibration error {error:.3f})")
    upper.set(ylabel=share, ylim=(-0.02, 1.02))
    upper.legend(frameon=False, loc="upper left")
    lower.bar(means, counts, width=0.04, color="C0", alpha=0.7)
    lower.set(xlabel="stated probability", ylabel="how many", xlim=(-0.02, 1.02))
    lower.yaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    lower.yaxis.get_major_locator().set_params(integer=True)
    for axes in (upper, lower):
        axes.grid(alpha=0.25)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path)


def plot_f1_by_label(per_class, path, *, counted="test examples that bear the label"):
    """Draws the F1 of every label, the best on top, with the number of its examples.

    Args:
        per_class: rows with `label`, `f1` and `support`.
        path: PNG file to write.
        counted: what `support` counts.

    Example:
        >>> plot_f1_by_label(report.per_class, "labels.png")
    """
    rows = sorted(per_class, key=lambda row: row.f1)
    figure = Figure(figsize=(7, min(1.0 + 0.26 * len(rows), 300)), layout="constrained")
    axes = figure.add_subplot()
    bars = axes.barh(range(len(rows)), [row.f1 for row in rows], height=0.7)
    axes.bar_label(bars, [f"{row.f1:.2f}  (n = {row.support:,})" for row in rows], fontsize=8, padding=4)
    axes.set_yticks(range(len(rows)), [truncate_label(row.label) for row in rows], fontsize=9, parse_math=False)
    axes.set(xlabel=f"F1 (n: {counted})", xlim=(0, 1.25), ylim=(-0.6, len(rows) - 0.4))
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path)


def truncate_label(label):
    """Returns a label on one line that fits beside a picture."""
    label = " ".join(label.split())
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def save_figure(figure, path):
    """Writes the picture whole or not at all."""
    path = Path(path)
    if layout := figure.get_layout_engine():
        layout.set(w_pad=0.1, h_pad=0.1)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as beside:
        with warnings.catch_warnings():  # a label in a script that the font does not have is no reason to fail
            warnings.filterwarnings("ignore", message=".*missing from font.*")
            figure.savefig(Path(beside) / path.name, dpi=120, format="png")
        os.replace(Path(beside) / path.name, path)
