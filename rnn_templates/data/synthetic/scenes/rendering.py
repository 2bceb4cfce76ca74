"""Images of scenes: antialiased shapes on a light background, with noise."""

import numpy as np
from PIL import Image, ImageDraw

from rnn_templates.data.synthetic.scenes.scene import COLORS, SIDE

SUPERSAMPLING = 4
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE, 0:1][:2] / SIDE - 0.5


def render(objects, generator):
    """Returns the image of a scene: uint8 array (64, 64, 3).

    Args:
        objects: sequence of `SceneObject` that do not overlap.
        generator: `numpy.random.Generator` of the shades and the noise.

    Example:
        >>> import random
        >>> from rnn_templates.data.synthetic.scenes.scene import sample_scene
        >>> render(sample_scene("train", random.Random(1)), np.random.default_rng(1)).shape
        (64, 64, 3)
    """
    image = _background(generator)
    for one in objects:
        color = np.array(COLORS[one.color]) * generator.uniform(0.9, 1.06) + generator.uniform(-9, 9, 3)
        alpha = coverage(one.outline)[..., np.newaxis]
        image = image * (1 - alpha) + color * alpha
    image += generator.uniform(0.5, 3.5) * generator.standard_normal(ROWS.shape)  # of the brightness, not of the color
    return np.clip(image + 0.5, 0, 255).astype(np.uint8)


def coverage(outline):
    """Returns the fraction of each pixel that a polygon covers.

    Args:
        outline: its corners (x, y) in pixels; (0, 0) is the upper left corner of the image.

    Returns:
        float array (64, 64) in [0, 1].

    Example:
        >>> float(coverage(((2, 2), (12, 2), (12, 12), (2, 12)))[5, 5])
        1.0
    """
    mask = Image.new("L", (SUPERSAMPLING * SIDE, SUPERSAMPLING * SIDE))
    # Pillow's coordinates are those of pixel centers, and its polygons include their edges.
    corners = [(SUPERSAMPLING * x - 0.5, SUPERSAMPLING * y - 0.5) for x, y in outline]
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    return np.asarray(mask.reduce(SUPERSAMPLING), np.float64) / 255


def _background(generator):
    """A light, nearly gray shade with a weak gradient."""
    shade = generator.uniform(218, 246) + generator.uniform(-6, 6, 3)
    gradient = generator.uniform(-16, 16, 2)
    return shade + gradient[0] * ROWS + gradient[1] * COLUMNS
