"""Plot of the learning curve."""

from rnn_templates.plots.style import save_figure


def plot_learning_curve(history, path=None):
    """Draws every metric by epoch, training and validation in one panel.

    Args:
        history: dict from the name of a metric to a list of float, one an epoch; "val_x" is the validation of "x".
        path: PNG file to write; None for none.

    Returns:
        `matplotlib.figure.Figure`.

    Example:
        >>> figure = plot_learning_curve({"loss": [0.7, 0.4], "val_loss": [0.6, 0.5]})
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = [name for name in history if not name.startswith("val_")]
    figure = Figure(figsize=(4.2 * len(names), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            values = history.get(key, [])
            axes.plot(range(1, len(values) + 1), values, marker="o", markersize=3, label=label)
        validation = history.get(f"val_{name}")
        if validation:
            epoch = validation.index(min(validation) if "loss" in name else max(validation)) + 1
            axes.axvline(epoch, color="0.7", linestyle=":", label=f"best: epoch {epoch}")
        axes.set(title=name, xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    save_figure(figure, path)
    return figure
