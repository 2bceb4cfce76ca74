"""Plot of attention between two sequences of tokens."""

import numpy as np

from rnn_templates.plots.style import save_figure, truncate_label
from rnn_templates.plots.text_layout import font_style
from rnn_templates.preprocessing.text.text_lists import as_texts
from rnn_templates.utils.attention_weights import as_weights, check_distributions


def plot_attention(source_tokens, target_tokens, weights, path=None, title=None):
    """Draws attention weights as a heat map.

    Columns are source tokens, rows target tokens.

    Args:
        source_tokens, target_tokens: lists of str or bytes, with the special tokens that `weights` includes.
        weights: (target, source) float in [0, 1]; every row sums to 1, within 0.05.
        path: PNG file to write; its folder is created if it does not exist. None for none.
        title: str; None for none.

    Returns:
        `matplotlib.figure.Figure`. A character that no installed font has is drawn as an empty box.

    Raises:
        TypeError: if a token is no text.
        ValueError: if there is no token, the shapes do not match, or a row is no distribution.

    Source:
        Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate,
        arXiv:1409.0473, figure 3.

    Example:
        >>> figure = plot_attention(["good", "day"], ["guten", "Tag"], [[0.9, 0.1], [0.2, 0.8]], "attention.png")
    """
    from matplotlib.figure import Figure

    sources, targets = _labels(source_tokens, "source_tokens"), _labels(target_tokens, "target_tokens")
    weights = _check_weights(weights, sources, targets)
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
    save_figure(figure, path)
    return figure


def _labels(tokens, name):
    """Returns the labels of an axis; whitespace is drawn as an open box."""
    texts = as_texts(tokens, name)
    if not texts:
        raise ValueError(f"plot_attention: `{name}` must have at least one token.")
    return [truncate_label(text) or ("␣" if text else "") for text in texts]


def _check_weights(weights, sources, targets):
    weights = as_weights(weights, "(target, source)")
    shape = (len(targets), len(sources))
    if weights.shape != shape:
        hint = " It is (source, target): transpose it." if weights.shape == shape[::-1] else ""
        raise ValueError(
            f"plot_attention: `weights` must have the shape (target, source), {shape}; received {weights.shape}.{hint}"
        )
    check_distributions(weights)
    return weights
