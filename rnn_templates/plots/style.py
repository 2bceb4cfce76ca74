"""What all plots share: labels, axes and files."""

import warnings
from pathlib import Path

from rnn_templates.utils.atomic import atomic_write

MAX_LABEL_LENGTH = 28  # characters that fit beside a plot


def truncate_label(text, max_length=MAX_LABEL_LENGTH):
    """Returns a text on one line, truncated with "…".

    Args:
        text: str.
        max_length: int; maximum number of characters. Default 28.

    Example:
        >>> truncate_label("one\\ntwo three", 8)
        'one two…'
    """
    text = " ".join(text.split())
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def style_axes(axes):
    """Draws a light grid, and removes the upper and right spines.

    Args:
        axes: `matplotlib.axes.Axes`.

    Example:
        >>> from matplotlib.figure import Figure
        >>> style_axes(Figure().add_subplot())
    """
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def style_count_axis(axis):
    """Labels an axis with whole numbers only, and separators of thousands.

    Args:
        axis: `matplotlib.axis.Axis`.

    Example:
        >>> from matplotlib.figure import Figure
        >>> style_count_axis(Figure().add_subplot().yaxis)
    """
    axis.get_major_locator().set_params(integer=True)
    axis.set_major_formatter(lambda count, _: f"{count:,.0f}")


def save_figure(figure, path):
    """Writes a figure as a PNG file of 120 dpi, atomically.

    Args:
        figure: `matplotlib.figure.Figure`.
        path: str or path; its folder is created if it does not exist. None writes nothing.

    Example:
        >>> from matplotlib.figure import Figure
        >>> save_figure(Figure(figsize=(1, 1)), "new_folder/empty.png")
    """
    if path is None:
        return
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if layout := figure.get_layout_engine():
        layout.set(w_pad=0.1, h_pad=0.1)
    with atomic_write(path) as temporary, warnings.catch_warnings():
        # A character that no font has is drawn as a box, which is no reason to fail.
        warnings.filterwarnings("ignore", message=".*missing from font.*")
        figure.savefig(temporary, dpi=120, format="png")
