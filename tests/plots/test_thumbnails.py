"""Images at the size of a plot."""

import numpy as np
import pytest

from rnn_templates.plots.thumbnails import thumbnail


@pytest.mark.parametrize(("size", "expected"), [((600, 960), (300, 480)), ((960, 600), (480, 300)), ((9, 7), (9, 7))])
def test_large_images_are_downscaled_with_their_aspect_ratio(size, expected):
    assert thumbnail(np.zeros(size, np.uint8)).shape == (*expected, 3)


def test_grayscale_becomes_rgb():
    assert thumbnail(np.full((2, 2, 1), 90, np.uint8)).tolist() == [[[90] * 3] * 2] * 2


def test_invalid_images_are_named():
    with pytest.raises(ValueError, match="the logo"):
        thumbnail(b"no image", "the logo")
