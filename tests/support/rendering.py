"""Reports as terminal text, and figures as pixels."""

import io

import numpy as np


def render(renderable, width=400):
    """Returns what rich prints, without colors."""
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


def pixels(figure):
    """Returns the colors of a Matplotlib figure, (height, width, 4) uint8."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
