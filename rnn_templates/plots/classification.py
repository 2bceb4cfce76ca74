"""Plots of a classification: confusion matrix, reliability diagram, F1 by label."""

import numpy as np

from rnn_templates.plots.style import save_figure, style_axes, style_count_axis, truncate_label

MAX_NUMBERED = 20  # labels; numbers in the cells of a larger matrix are too small to read
INCHES_PER_CHARACTER = 0.075


def plot_confusion_matrix(confusion, labels, path=None, *, errors_only=False):
    """Draws a confusion matrix, normalized by row; up to 20 labels with counts.

    Args:
        confusion: (labels, labels) int; rows are references.
        labels: sequence of str; names of the classes.
        path: PNG file to write; None for none.
        errors_only: whether to shade only cells off the diagonal, with a square-root scale up to their maximum. For
            predictions that are almost all correct.

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> figure = plot_confusion_matrix([[9, 1], [2, 8]], ("negative", "positive"))
    """
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure

    confusion = np.asarray(confusion)
    fractions = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    diagonal = np.eye(len(labels), dtype=bool)
    if errors_only:
        fractions = np.where(diagonal, 0, fractions)
    scale = PowerNorm(0.5 if errors_only else 1, vmin=0, vmax=(fractions.max() or 1) if errors_only else 1)
    names = [truncate_label(label) for label in labels]
    few, longest = len(names) <= MAX_NUMBERED, max(map(len, names))
    size = 9 if few else max(3, min(7, 480 / len(names)))
    rotated = len(names) > 4 or longest > 10
    grid = max(2.2, min(0.62 * len(names), 9)) if few else 9
    margin = longest * INCHES_PER_CHARACTER * size / 9
    figure = Figure(figsize=(grid + margin + 1.6, grid + (margin if rotated else 0.2) + 0.7), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(fractions, cmap="Blues", norm=scale)
    if errors_only:
        axes.imshow(np.where(diagonal, 0.25, np.nan), cmap="Greys", vmin=0, vmax=1)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, label="fraction of the reference label")
    bar.outline.set_visible(False)
    rotation = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if few else {"rotation": 90}
    axes.set_xticks(range(len(names)), names, fontsize=size, parse_math=False, **(rotation if rotated else {}))
    axes.set_yticks(range(len(names)), names, fontsize=size, parse_math=False)
    axes.set(xlabel="prediction", ylabel="reference")
    axes.tick_params(length=0 if few else 2)
    axes.spines[:].set_visible(not few)
    if few:
        for i, j in np.ndindex(confusion.shape):
            color = "white" if scale(fractions[i, j]) > 0.5 else "black" if confusion[i, j] else "0.7"
            axes.text(j, i, f"{confusion[i, j]:,}", ha="center", va="center", color=color, fontsize=size)
    save_figure(figure, path)
    return figure


def plot_reliability_diagram(bins, error, path=None, *, fraction="accuracy"):
    """Draws accuracy against confidence, above a histogram of the confidences.

    Args:
        bins: list of `ReliabilityBin`, or of (count, accuracy, confidence).
        error: float; the expected calibration error.
        path: PNG file to write; None for none.
        fraction: str; label of the vertical axis. Default "accuracy".

    Returns:
        `matplotlib.figure.Figure`.

    Source:
        Guo et al., On calibration of modern neural networks, arXiv:1706.04599, figure 4.

    Example:
        >>> figure = plot_reliability_diagram([(10, 0.8, 0.75)], 0.05)
    """
    from matplotlib.figure import Figure

    counts, fractions, means = (np.array(column) for column in zip(*bins, strict=True))
    figure = Figure(figsize=(4.6, 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="perfectly calibrated")
    upper.vlines(means, np.minimum(means, fractions), np.maximum(means, fractions), color="C3", alpha=0.5, linewidth=3)
    upper.plot(means, fractions, marker="o", markersize=5, label=f"model (calibration error {error:.3f})")
    upper.set(ylabel=fraction, ylim=(-0.02, 1.02))
    upper.legend(frameon=False, loc="upper left")
    lower.bar(means, counts, width=0.04, color="C0", alpha=0.7)
    lower.set(xlabel="confidence", ylabel="count", xlim=(-0.02, 1.02))
    style_count_axis(lower.yaxis)
    for axes in (upper, lower):
        style_axes(axes)
    save_figure(figure, path)
    return figure


def plot_f1_by_label(per_class, path=None, *, counted="test examples with the label"):
    """Draws the F1 of every label as bars, the highest on top.

    Args:
        per_class: list of rows with `label`, `f1` and `support`, such as `PerClass`.
        path: PNG file to write; None for none.
        counted: str; what `support` counts.

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> from rnn_templates.evaluation.metrics.per_class import PerClass
        >>> figure = plot_f1_by_label([PerClass("yes", 1.0, 0.5, 0.67, 2)])
    """
    from matplotlib.figure import Figure

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
    return figure
