"""Plot of the loss of a language model by position in the text."""

from rnn_templates.plots.style import save_figure, style_axes


def plot_loss_by_position(curve, path=None, baseline=None):
    """Draws the mean loss of tokens by their distance from the beginning of a text.

    Args:
        curve: list of rows with `first`, `last`, `tokens` and `nats`, such as `PositionBucket`.
        path: PNG file to write; None for none.
        baseline: dict with `perplexity`, the metrics of a baseline, drawn as a line; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> from rnn_templates.evaluation.reports.language_model import PositionBucket
        >>> figure = plot_loss_by_position([PositionBucket(0, 15, 16, 2.5), PositionBucket(16, 63, 48, 1.5)])
    """
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(max(4.6, 0.8 * len(curve) + 1), 3.6), layout="constrained")
    axes = figure.subplots()
    places = range(len(curve))
    axes.plot(places, [row.nats for row in curve], marker="o", markersize=5, label="model")
    if baseline:
        axes.axhline(np.log(baseline["perplexity"]), color="0.6", linestyle="--", label="n-gram, all positions")
    axes.set_xticks(places, [f"{row.first:,}–\n{row.last:,}" for row in curve], fontsize=8)
    axes.set(xlabel="position of the token in its text", ylabel="nats a token")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    style_axes(axes)
    save_figure(figure, path)
    return figure
