"""Figures of forecasts."""

import numpy as np

from rnn_templates.plots.style import save_figure, style_axes, truncate_label

MAX_HISTORY = 4  # horizons


def plot_forecasts(examples, levels, path=None):
    """Draws forecasts with the bands of their quantiles, after the values before them and beside the real ones.

    Args:
        examples: list of dicts with "series" (str), "history" (time,), optionally "targets" (horizon,), "forecast"
            (horizon,) and "quantiles" (horizon, levels).
        levels: sequence of increasing floats; probabilities of the quantiles.
        path: str or path of a PNG file, or None to write none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no example.

    Example:
        >>> from rnn_templates.plots.forecast import plot_forecasts
        >>> bands = np.stack([np.zeros(3), np.ones(3), np.full(3, 2.0)], axis=1)
        >>> one = {"series": "sales", "history": np.ones(9), "forecast": np.ones(3), "quantiles": bands}
        >>> len(plot_forecasts([one], (0.1, 0.5, 0.9)).axes)
        1
    """
    from matplotlib.figure import Figure

    if not examples:
        raise ValueError("plot_forecasts: `examples` must not be empty.")
    figure = Figure(figsize=(9, 2.4 * len(examples)), layout="constrained")
    for number, example in enumerate(examples):
        axes = figure.add_subplot(len(examples), 1, number + 1)
        horizon = len(example["forecast"])
        history = np.asarray(example["history"])[-MAX_HISTORY * horizon :]
        steps = np.arange(horizon) + 1
        axes.plot(np.arange(len(history)) - len(history) + 1, history, color="0.3", linewidth=1, label="values")
        if example.get("targets") is not None:
            axes.plot(steps, example["targets"], color="0.3", linestyle=":", linewidth=1, label="later values")
        quantiles = np.asarray(example["quantiles"])
        for low in range(len(levels) // 2):
            high = len(levels) - 1 - low
            label = f"{levels[high] - levels[low]:.0%} interval" if low == 0 else None
            axes.fill_between(steps, quantiles[:, low], quantiles[:, high], color="C0", alpha=0.14, lw=0, label=label)
        axes.plot(steps, example["forecast"], color="C0", linewidth=1.5, label="forecast")
        axes.axvline(0.5, color="0.7", linewidth=0.8)
        axes.set_title(truncate_label(str(example["series"])), fontsize=9, loc="left")
        style_axes(axes)
        if number == 0:
            axes.legend(frameon=False, fontsize=8, ncols=4, loc="upper left")
    axes.set_xlabel("steps after the origin")
    save_figure(figure, path)
    return figure


def plot_coverage(levels, fractions, path=None):
    """Draws the fraction of values below each quantile over its probability; calibrated quantiles are on the diagonal.

    Args:
        levels, fractions: sequences of floats in [0, 1].
        path: str or path of a PNG file, or None to write none.

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> from rnn_templates.plots.forecast import plot_coverage
        >>> plot_coverage((0.1, 0.5, 0.9), [0.12, 0.5, 0.88]).axes[0].get_xlabel()
        'probability of the quantile'
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot(levels, fractions, marker="o", color="C0")
    axes.set(xlabel="probability of the quantile", ylabel="fraction of the values below it", xlim=(0, 1), ylim=(0, 1))
    style_axes(axes)
    save_figure(figure, path)
    return figure
