"""The picture of a scene: shapes with smooth edges on a light background, with a little noise."""

import numpy as np
from PIL import Image, ImageDraw

from rnn_templates.data.synthetic.scenes.scene import COLOURS, SIDE

FINER = 4
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE, 0:1][:2] / SIDE - 0.5


def paint(things, generator):
    """Returns the picture of a scene: uint8 array (64, 64, 3).

    Args:
        things: the `Thing`s of the scene; they do not overlap.
        generator: `numpy.random.Generator` of the shades and the noise.

    Example:
        >>> paint(draw_scene("train", random.Random(1)), np.random.default_rng(1)).shape
        (64, 64, 3)
    """
    picture = _background(generator)
    for thing in things:
        ink = np.array(COLOURS[thing.colour]) * generator.uniform(0.9, 1.06) + generator.uniform(-9, 9, 3)
        cover = coverage(thing.outline)[..., np.newaxis]
        picture = picture * (1 - cover) + ink * cover
    picture += generator.uniform(0.5, 3.5) * generator.standard_normal(ROWS.shape)  # of the light, not of the colour
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def coverage(outline):
    """Returns how much of each pixel a polygon covers: float array (64, 64) from 0 to 1.

    Args:
        outline: its corners (x, y) in pixels; (0, 0) is the upper left corner of the picture.
    """
    mask = Image.new("L", (FINER * SIDE, FINER * SIDE))
    # Pillow counts from the middle of a pixel, and its polygons include their edges.
    ImageDraw.Draw(mask).polygon([(FINER * x - 0.5, FINER * y - 0.5) for x, y in outline], fill=255)
    return np.asarray(mask.reduce(FINER), np.float64) / 255


def _background(generator):
    """A light shade, of almost no colour, that grows a little towards one side."""
    shade = generator.uniform(218, 246) + generator.uniform(-6, 6, 3)
    towards = generator.uniform(-16, 16, 2)
    return shade + towards[0] * ROWS + towards[1] * COLUMNS
