"""The picture of attention shows the weights as they are, whatever the tokens are."""

import matplotlib.image
import numpy as np
import pytest

from rnn_templates.plots.attention import plot_attention
from rnn_templates.plots.text_layout import MISSING_GLYPH

SOURCE, TARGET = ["a", "dog", "runs"], ["ein", "Hund"]
WEIGHTS = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])


def uniform(targets, sources):
    return np.full((targets, sources), 1 / sources)


def labels(figure):
    axes = figure.axes[0]
    return [[label.get_text() for label in side] for side in (axes.get_xticklabels(), axes.get_yticklabels())]


def drawn(figure):
    """The colors of the figure (height, width, 4)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def test_source_is_across_and_target_down():
    figure = plot_attention(SOURCE, TARGET, WEIGHTS)
    assert labels(figure) == [SOURCE, TARGET]
    image = figure.axes[0].images[0]
    np.testing.assert_array_equal(image.get_array(), WEIGHTS)
    assert figure.axes[0].get_ylim() == (1.5, -0.5)  # the first target on top


def test_scale_runs_from_nothing_to_the_largest_weight():
    assert plot_attention(SOURCE, TARGET, WEIGHTS).axes[0].images[0].get_clim() == (0, 0.7)


@pytest.mark.parametrize("title", [None, "attention of 喜び: $a_b$"], ids=["untitled", "titled"])
def test_picture_is_written_into_a_folder_that_is_made(tmp_path, title):
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
    assert drawn(figure).std() > 0  # again, by whom it is given to


def test_characters_without_a_glyph_are_boxes_and_those_beside_them_stay():
    # No font has a glyph for a code point that is none.
    (across, _) = labels(plot_attention(["a\U0010fffeb"], ["x"], [[1]]))
    assert across == [f"a{MISSING_GLYPH}b"]


def test_character_that_only_another_font_has_is_drawn_by_that():
    # "ᶄ" is in STIX, which Matplotlib brings, and not in DejaVu Sans.
    (across, _) = labels(plot_attention(["ᶄ"], ["x"], [[1]]))
    assert across == ["ᶄ"]


def test_tokens_of_space_are_seen_and_long_ones_cut():
    (across, _) = labels(plot_attention([" ", "", "w" * 99], ["x"], uniform(1, 3)))
    assert across == ["␣", "", "w" * 27 + "…"]


def test_bytes_are_read():
    assert labels(plot_attention([b"gr\xc3\xbcn", b"\xff"], ["x"], [[0.5, 0.5]])) == [["grün", "�"], ["x"]]


@pytest.mark.parametrize(("targets", "sources"), [(1, 1), (5, 5), (60, 60), (60, 5), (5, 60)])
def test_labels_are_inside_of_the_picture_and_apart(tmp_path, targets, sources):
    source, target = [f"source{i}" for i in range(sources)], [f"ziel{i}" * (1 + i % 3) for i in range(targets)]
    figure = plot_attention(source, target, uniform(targets, sources), tmp_path / "attention.png")
    drawn(figure)
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
    ("weights", "said"),
    [
        (WEIGHTS.T, r"shape \(3, 2\); 2 target and 3 source tokens want \(2, 3\).*transpose"),
        (WEIGHTS[None], r"shape \(1, 2, 3\); .* want \(2, 3\)"),
        (WEIGHTS[:1], r"shape \(1, 3\); .* want \(2, 3\)"),
        ([[1, 0, 0], [1]], "no array of numbers"),
        ([["a"] * 3] * 2, "no array of numbers"),
        ([[np.nan, 0.5, 0.5], [1, 0, 0]], r"row 0 .*\(2, 3\), wanted \(2, 3\).* 'ein', sums to nan"),
        ([[1, 0, 0], [np.inf, 0, 0]], "row 1 .* 'Hund', sums to inf"),
        ([[1, 0, 0], [0.3, 0.3, 0.3]], "row 1 .* sums to 0.9"),
        ([[1, 0, 0], [1.5, -0.5, 0]], "row 1 .* minimum -0.5"),
    ],
    ids=["turned", "batch", "short", "ragged", "words", "nan", "infinite", "sum", "negative"],
)
def test_weights_that_are_no_attention_over_the_source_are_refused(weights, said):
    with pytest.raises(ValueError, match=said):
        plot_attention(SOURCE, TARGET, weights)


def test_weights_of_little_precision_are_attention():
    plot_attention(SOURCE, TARGET, WEIGHTS.astype(np.float16))
    plot_attention(SOURCE, TARGET, np.round(WEIGHTS * 64) / 64)


@pytest.mark.parametrize(("source", "target"), [([], TARGET), (SOURCE, [])])
def test_no_token_is_told_of(source, target):
    with pytest.raises(ValueError, match="is empty"):
        plot_attention(source, target, np.zeros((len(target), len(source))))


@pytest.mark.parametrize(("source", "said"), [("a dog", "source_tokens is one text"), ([1, 2, 3], "not int")])
def test_tokens_that_are_none_are_named(source, said):
    with pytest.raises(TypeError, match=said):
        plot_attention(source, TARGET, WEIGHTS)


def test_refused_weights_leave_no_file(tmp_path):
    with pytest.raises(ValueError, match="shape"):
        plot_attention(SOURCE, TARGET, WEIGHTS.T, tmp_path / "attention.png")
    assert list(tmp_path.iterdir()) == []
