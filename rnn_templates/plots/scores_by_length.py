"""Plot of BLEU and chrF by length."""

from rnn_templates.plots.style import save_figure, style_axes, style_count_axis


def plot_scores_by_length(curve, path=None, *, length_of="source"):
    """Draws BLEU, chrF and the number of examples by length.

    Args:
        curve: list of rows with `words`, `examples`, `bleu` and `chrf`, such as `LengthBucket`, the shortest first.
        path: PNG file to write; None for none.
        length_of: str; the text whose words are counted. Default "source".

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> from rnn_templates.evaluation.reports.generation import LengthBucket
        >>> figure = plot_scores_by_length([LengthBucket("1-5", 20, 40.0, 60.0), LengthBucket("6-10", 9, 30.0, 50.0)])
    """
    from matplotlib.figure import Figure

    words, counts, bleu, chrf = zip(*((row.words, row.examples, row.bleu, row.chrf) for row in curve), strict=True)
    figure = Figure(figsize=(max(4.6, 0.7 * len(curve) + 1), 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot(range(len(words)), bleu, marker="o", markersize=5, label="BLEU")
    upper.plot(range(len(words)), chrf, marker="o", markersize=4, color="0.6", label="chrF")
    upper.set(ylabel="score", ylim=(-2, 102))
    upper.legend(frameon=False)
    bars = lower.bar(range(len(words)), counts, width=0.7, color="C0", alpha=0.7)
    lower.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8, padding=2)
    lower.set_xticks(range(len(words)), words)
    lower.set(xlabel=f"words of the {length_of}", ylabel="examples", xlim=(-0.6, len(words) - 0.4))
    lower.margins(y=0.25)
    style_count_axis(lower.yaxis)
    for axes in (upper, lower):
        style_axes(axes)
    save_figure(figure, path)
    return figure
