"""A picture of what a model looked at while it wrote."""

from pathlib import Path

import numpy as np

from rnn_templates.plots.text_layout import font_style
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

TOLERANCE = 0.05  # of the sum of a row; float16 and int8 weights do not add up exactly


def plot_attention(source_tokens, target_tokens, weights, path=None, title=None):
    """Draws attention as a heat map, source tokens across and target tokens down.

    Args:
        source_tokens, target_tokens: lists of str or bytes, special tokens included where `weights` has them.
        weights: (target, source) float, in [0, 1]; every row sums to 1, give or take 0.05.
        path: PNG file to write; its folder is made if need be. None for none.
        title: str above the picture, or None.

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        TypeError: if a token is no text.
        ValueError: if there is no token, the shape is not that of the tokens, or a row is no distribution.

    Source:
        Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate,
        arXiv:1409.0473, figure 3.

    Example:
        >>> plot_attention(["good", "day"], ["guten", "Tag"], [[0.9, 0.1], [0.2, 0.8]], "attention.png")
    """
    from matplotlib.figure import Figure

    from rnn_templates.plots.classification import save_figure

    sources, targets = _labels(source_tokens, "source_tokens"), _labels(target_tokens, "target_tokens")
    weights = _checked(weights, sources, targets)
    style, boxes = font_style([*sources, *targets, title or ""])

    cell = max(0.17, 0.36 - 0.006 * max(len(sources), len(targets)))  # inches
    size = min(10, 56 * cell)
    margins = [max(map(len, labels)) * size * 0.009 for labels in (targets, sources)]
    width, height = (count * cell + margin for count, margin in zip(weights.shape[::-1], margins, strict=True))
    figure = Figure(figsize=(max(width + 1.6, 3), max(height + (0.9 if title else 0.6), 2)), layout="compressed")
    axes = figure.add_subplot()
    image = axes.imshow(weights, cmap="Blues", vmin=0, vmax=weights.max(), aspect="equal")
    bar = figure.colorbar(image, ax=axes, shrink=min(1, 3 / height), label="attention")
    bar.outline.set_visible(False)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(sources)), [label.translate(boxes) for label in sources], rotation=90, **style)
    axes.set_yticks(range(len(targets)), [label.translate(boxes) for label in targets], **style)
    axes.tick_params(length=0, labelsize=size)
    axes.set_xticks(np.arange(0.5, len(sources) - 1), minor=True)
    axes.set_yticks(np.arange(0.5, len(targets) - 1), minor=True)
    axes.grid(which="minor", color="0.92", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_color("0.8")
    if title:
        figure.suptitle(title.translate(boxes), **style)
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        save_figure(figure, path)
    return figure


def _labels(tokens, name):
    """What is written on an axis."""
    from rnn_templates.plots.classification import truncate_label

    if isinstance(tokens, (str, bytes)):
        raise TypeError(f"plot_attention: {name} is one text, {tokens!r:.60}; wanted a list of tokens.")
    texts = [decode_text(token) for token in tokens]
    if not texts:
        raise ValueError(f"plot_attention: {name} is empty.")
    return [truncate_label(text) or ("␣" if text else "") for text in texts]


def _checked(weights, sources, targets):
    weights = attention_array(weights, "(target, source)", "plot_attention")
    wanted = (len(targets), len(sources))
    if weights.shape != wanted:
        turned = " It is (source, target): transpose it." if weights.shape == wanted[::-1] else ""
        raise ValueError(
            f"plot_attention: weights has shape {weights.shape}; {len(targets)} target and {len(sources)} source "
            f"tokens want {wanted}.{turned}"
        )
    check_attention(weights, [f"target {target!r}" for target in targets], "the source", "plot_attention")
    return weights


def attention_array(weights, axes, by):
    """Returns weights as a float64 array.

    Args:
        weights: numbers.
        axes: str, the axes that are wanted, and `by`, the name of the function that they were given to, for an error.

    Raises:
        ValueError: if it is no array of numbers.

    Example:
        >>> attention_array([[0.25, 0.75]], "(target, source)", "plot_attention").shape
        (1, 2)
    """
    try:
        return np.asarray(weights, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{by}: weights is no array of numbers {axes}: {error}.") from error


def check_attention(weights, rows, over, by):
    """Raises ValueError if a row is no distribution.

    Args:
        weights: (rows, places) float.
        rows: list of str, what each of them is of.
        over: str, what the places are.
        by: str, the name of the function that they were given to.

    Example:
        >>> check_attention(np.array([[0.25, 0.75]]), ["target 'Hund'"], "the source", "plot_attention")
    """
    for row, (name, values) in enumerate(zip(rows, weights, strict=True)):
        low, total = values.min(), values.sum()
        if not (low >= -TOLERANCE and abs(total - 1) <= TOLERANCE):  # nor is NaN
            raise ValueError(
                f"{by}: row {row} of the weights of shape {weights.shape}, wanted {weights.shape}, that of {name}, "
                f"sums to {total:.4g} and has the minimum {low:.4g}; wanted weights over {over}, from 0 to 1, that sum "
                "to 1."
            )
