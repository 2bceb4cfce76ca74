"""Simple features of images, and their ranges in a set of images."""

import numpy as np

MARGIN = 0.1  # by which a range is widened on both sides, as a share of its width
COLOR_LEVELS = 16  # of each channel, for the share of different colors


def image_features(pixels):
    """Returns features of the colors and edges of images.

    Args:
        pixels: (images, height, width, channels) uint8 array; height and width at least 2.

    Returns:
        Dict of float64 arrays (images,), in [0, 1]: `mean_0`, ... and `deviation_0`, ... of each channel; `edges`, the
        mean absolute difference of neighboring pixels; and `colors`, different colors divided by pixels.

    Example:
        >>> image_features(np.zeros((1, 4, 4, 1), np.uint8))["colors"].tolist()
        [0.0625]
    """
    images = np.asarray(pixels, np.float64) / 255
    channels = range(images.shape[-1])
    horizontal, vertical = (np.abs(np.diff(images, axis=axis)).mean((1, 2, 3)) for axis in (2, 1))
    levels = (np.asarray(pixels) // (256 // COLOR_LEVELS)).astype(np.int64)
    codes = (levels * COLOR_LEVELS ** np.array(channels)).sum(-1).reshape(len(images), -1)
    return {
        **{f"mean_{channel}": images[..., channel].mean((1, 2)) for channel in channels},
        **{f"deviation_{channel}": images[..., channel].std((1, 2)) for channel in channels},
        "edges": (horizontal + vertical) / 2,
        "colors": np.array([len(np.unique(row)) / len(row) for row in codes]),
    }


def feature_ranges(features, quantile=0.002):
    """Returns the range of each feature in a set of images.

    Args:
        features: dict of arrays (images,), from `image_features`.
        quantile: float in (0, 0.5); share of the images that are ignored on both sides.

    Returns:
        Dict of feature name to [minimum, maximum], widened by a tenth of the width on both sides.

    Example:
        >>> feature_ranges({"edges": np.linspace(0, 1, 1001)}, quantile=0.1)
        {'edges': [0.019, 0.981]}
    """
    ranges = {}
    for name, values in features.items():
        low, high = np.quantile(values, (quantile, 1 - quantile))
        margin = MARGIN * (high - low) + 1e-3
        ranges[name] = [round(float(low - margin), 4), round(float(high + margin), 4)]
    return ranges


def features_outside(features, ranges):
    """Returns the names of the features of one image that are outside their ranges.

    Args:
        features: dict of arrays (1,), from `image_features`.
        ranges: dict, from `feature_ranges`.

    Example:
        >>> features_outside({"edges": np.array([0.5])}, {"edges": [0, 0.2]})
        ['edges']
    """
    return [name for name, (low, high) in ranges.items() if not low <= float(features[name][0]) <= high]
