"""Figure of anomaly scores."""

import numpy as np

from rnn_templates.plots.style import save_figure, style_axes, truncate_label

RAW, SCORE = 2, 1  # heights of the panels of a series


def plot_anomalies(examples, path=None):
    """Draws series with labeled events and alarms, and below each its scores with the threshold.

    Args:
        examples: list of dicts with "series" (str), "values" and "scores" (time,), "threshold" (float), optionally
            "expected" (time,) and "events", a list of (first, last) of labeled events.
        path: str or path of a PNG file, or None to write none.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no example.

    Example:
        >>> from rnn_templates.plots.anomalies import plot_anomalies
        >>> one = {"series": "pump", "values": np.ones(9), "scores": np.zeros(9), "threshold": 1.0, "events": [(3, 5)]}
        >>> len(plot_anomalies([one]).axes)
        2
    """
    from matplotlib.figure import Figure

    if not examples:
        raise ValueError("plot_anomalies: `examples` must not be empty.")
    figure = Figure(figsize=(10, 2.6 * len(examples)), layout="constrained")
    grid = figure.add_gridspec(2 * len(examples), 1, height_ratios=[RAW, SCORE] * len(examples))
    for number, example in enumerate(examples):
        above = figure.add_subplot(grid[2 * number])
        below = figure.add_subplot(grid[2 * number + 1], sharex=above)
        scores, threshold = np.asarray(example["scores"]), example["threshold"]
        above.plot(example["values"], color="0.3", linewidth=0.8, label="values")
        if example.get("expected") is not None:
            above.plot(example["expected"], color="C0", linewidth=0.6, alpha=0.7, label="expected")
        flagged = np.flatnonzero(scores > threshold)
        above.plot(flagged, np.asarray(example["values"])[flagged], ".", color="C3", markersize=4, label="alarm")
        below.plot(scores, color="C0", linewidth=0.8, label="score")
        below.axhline(threshold, color="C3", linewidth=0.8, linestyle="--", label="threshold")
        for index, (first, last) in enumerate(example.get("events", ())):
            for axes in (above, below):
                label = "labeled event" if not index and axes is above else None
                axes.axvspan(first - 0.5, last + 0.5, color="C1", alpha=0.25, lw=0, label=label)
        above.set_title(truncate_label(str(example["series"])), fontsize=9, loc="left")
        for axes in (above, below):
            style_axes(axes)
        if number == 0:
            above.legend(frameon=False, fontsize=8, ncols=4, loc="upper right")
            below.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")
    below.set_xlabel("sample")
    save_figure(figure, path)
    return figure
