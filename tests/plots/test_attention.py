"""The plot of attention has the weights and tokens as they are."""

import matplotlib.image
import numpy as np
import pytest
from support.rendering import pixels

from rnn_templates.plots.attention import plot_attention
from rnn_templates.plots.text_layout import MISSING_GLYPH

SOURCE, TARGET = ["a", "dog", "runs"], ["ein", "Hund"]
WEIGHTS = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])


def uniform(targets, sources):
    return np.full((targets, sources), 1 / sources)


def labels(figure):
    axes = figure.axes[0]
    return [[label.get_text() for label in side] for side in (axes.get_xticklabels(), axes.get_yticklabels())]


def test_columns_are_sources_and_rows_targets():
    figure = plot_attention(SOURCE, TARGET, WEIGHTS)
    assert labels(figure) == [SOURCE, TARGET]
    image = figure.axes[0].images[0]
    np.testing.assert_array_equal(image.get_array(), WEIGHTS)
    assert figure.axes[0].get_ylim() == (1.5, -0.5)  # the first target on top


def test_the_scale_is_from_zero_to_the_maximum():
    assert plot_attention(SOURCE, TARGET, WEIGHTS).axes[0].images[0].get_clim() == (0, 0.7)


@pytest.mark.parametrize("title", [None, "attention of 喜び: $a_b$"], ids=["untitled", "titled"])
def test_the_folder_of_the_file_is_created(tmp_path, title):
    path = tmp_path / "new" / "attention.png"
    figure = plot_attention(SOURCE, TARGET, WEIGHTS, path, title)
    assert [file.name for file in path.parent.iterdir()] == ["attention.png"]
    assert matplotlib.image.imread(path).std() > 0
    assert (figure.get_suptitle() != "") == (title is not None)


@pytest.mark.parametrize(
    "token",
    [
        "今日は",
        "😀",
        "\U0001fae0",
        "ا",
        "$a_b^$",
        "▁the",
        "Ġthe",
        "\x00",
        "\ue123",
        "\U0001f311",
        "\u1d84",
        "\ua698",
        "\n",
    ],
    ids=ascii,
)
def test_token_of_any_script_can_be_drawn_without_a_warning(tmp_path, token):
    figure = plot_attention([token, "dog"], ["Hund", token], uniform(2, 2), tmp_path / "attention.png", title=token)
    assert pixels(figure).std() > 0  # drawn again, by the caller


def test_characters_without_a_glyph_are_boxes_and_those_beside_them_stay():
    # No font has a glyph for a noncharacter.
    (across, _) = labels(plot_attention(["a\U0010fffeb"], ["x"], [[1]]))
    assert across == [f"a{MISSING_GLYPH}b"]


def test_a_character_of_another_font_is_drawn_with_it():
    # "ᶄ" is in STIX, which Matplotlib brings, and not in DejaVu Sans.
    (across, _) = labels(plot_attention(["ᶄ"], ["x"], [[1]]))
    assert across == ["ᶄ"]


def test_whitespace_is_visible_and_long_tokens_are_truncated():
    (across, _) = labels(plot_attention([" ", "", "w" * 99], ["x"], uniform(1, 3)))
    assert across == ["␣", "", "w" * 27 + "…"]


def test_bytes_are_decoded():
    assert labels(plot_attention([b"gr\xc3\xbcn", b"\xff"], ["x"], [[0.5, 0.5]])) == [["grün", "�"], ["x"]]


@pytest.mark.parametrize(("targets", "sources"), [(1, 1), (5, 5), (60, 60), (60, 5), (5, 60)])
def test_labels_are_inside_of_the_figure_and_do_not_overlap(tmp_path, targets, sources):
    source, target = [f"source{i}" for i in range(sources)], [f"ziel{i}" * (1 + i % 3) for i in range(targets)]
    figure = plot_attention(source, target, uniform(targets, sources), tmp_path / "attention.png")
    pixels(figure)
    width, height = figure.canvas.get_width_height()
    axes = figure.axes[0]
    across, down = (
        [label.get_window_extent() for label in side] for side in (axes.get_xticklabels(), axes.get_yticklabels())
    )
    for box in (*across, *down):
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
    assert all(left.x1 <= right.x0 for left, right in zip(across, across[1:], strict=False))
    assert all(upper.y0 >= lower.y1 for upper, lower in zip(down, down[1:], strict=False))
    assert max(width, height) < 2000


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (WEIGHTS.T, r"`weights` .*\(2, 3\).*\(3, 2\).*transpose"),
        (WEIGHTS[None], r"`weights` .*\(1, 2, 3\)"),
        (WEIGHTS[:1], r"`weights` .*\(2, 3\).*\(1, 3\)"),
        ([[1, 0, 0], [1]], "`weights`"),
        ([["a"] * 3] * 2, "`weights`"),
        ([[np.nan, 0.5, 0.5], [1, 0, 0]], r"`weights\[0\]` .*sum nan"),
        ([[1, 0, 0], [np.inf, 0, 0]], r"`weights\[1\]` .*sum inf"),
        ([[1, 0, 0], [0.3, 0.3, 0.3]], r"`weights\[1\]` .*sum 0.9"),
        ([[1, 0, 0], [1.5, -0.5, 0]], r"`weights\[1\]` .*minimum -0.5"),
    ],
    ids=["transposed", "batch", "short", "ragged", "str", "nan", "infinite", "sum", "negative"],
)
def test_invalid_weights_are_named(weights, message):
    with pytest.raises(ValueError, match=message):
        plot_attention(SOURCE, TARGET, weights)


def test_weights_of_low_precision_are_valid():
    plot_attention(SOURCE, TARGET, WEIGHTS.astype(np.float16))
    plot_attention(SOURCE, TARGET, np.round(WEIGHTS * 64) / 64)


@pytest.mark.parametrize(("source", "target"), [([], TARGET), (SOURCE, [])])
def test_no_token_is_an_error(source, target):
    with pytest.raises(ValueError, match="_tokens`"):
        plot_attention(source, target, np.zeros((len(target), len(source))))


@pytest.mark.parametrize(("source", "name"), [("a dog", "source_tokens"), ([1, 2, 3], "source_tokens.0.")])
def test_invalid_tokens_are_named(source, name):
    with pytest.raises(TypeError, match=f"`{name}`"):
        plot_attention(source, TARGET, WEIGHTS)


def test_invalid_weights_write_no_file(tmp_path):
    with pytest.raises(ValueError, match="`weights`"):
        plot_attention(SOURCE, TARGET, WEIGHTS.T, tmp_path / "attention.png")
    assert list(tmp_path.iterdir()) == []
