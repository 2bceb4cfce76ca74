"""The learning curve, as a picture."""

from pathlib import Path


def plot_learning_curve(history, path):
    """Draws every figure of a training by epoch: training and validation in one panel.

    Args:
        history: dict of lists, one value an epoch; "val_x" belongs to "x".
        path: PNG file to write.

    Example:
        >>> plot_learning_curve({"loss": [0.7, 0.4], "val_loss": [0.6, 0.5]}, "curve.png")
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = [name for name in history if not name.startswith("val_")]
    figure = Figure(figsize=(4.2 * len(names), 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((name, "training"), (f"val_{name}", "validation")):
            values = history.get(key, [])
            axes.plot(range(1, len(values) + 1), values, marker="o", markersize=3, label=label)
        best = history.get(f"val_{name}")
        if best:
            epoch = best.index(min(best) if "loss" in name else max(best)) + 1
            axes.axvline(epoch, color="0.7", linestyle=":", label=f"best: epoch {epoch}")
        axes.set(title=name, xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    beside = Path(path).with_suffix(".part.png")
    figure.savefig(beside, dpi=120)
    beside.replace(path)
