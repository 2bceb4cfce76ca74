"""Convolutional image encoders: a small one, and those of `keras.applications`."""

import keras

from rnn_templates.layers.local_contrast_normalization import LocalContrastNormalization

# Name of a network -> its function in `keras.applications`, and whether its inputs are in [-1, 1], not in [0, 255].
PRETRAINED = {
    "mobilenet_v2": ("MobileNetV2", True),
    "mobilenet_v3_small": ("MobileNetV3Small", False),
    "mobilenet_v3_large": ("MobileNetV3Large", False),
    "efficientnet_v2_b0": ("EfficientNetV2B0", False),
    "resnet50_v2": ("ResNet50V2", True),
}
OWN = ("small",)
SHAPE_FILTERS = (16, 32, 64, 96, 128)
SHAPE_STRIDES = (1, 2, 2, 2, 1)  # full resolution in the first layer, for the edges of small objects
COLOR_FILTERS = (24, 24)


def image_backbone(name="small", size=64, channels=3, weights=None):
    """Returns the model "backbone": images -> grid of feature vectors.

    Args:
        name: "small", a network to train from scratch: five convolutions over the local contrast of the gray image
            encode shape, and two 1x1 convolutions encode color; or one of `PRETRAINED`, a network of
            `keras.applications`.
        size: int >= 32; height and width of an image.
        channels: 3 for color, 1 for gray.
        weights: None for random weights; "imagenet", which `keras.applications` downloads; or the path of a file with
            such weights, without the classifier (`notop`).

    Returns:
        `keras.Model` from (batch, size, size, channels), values from 0 to 255 of any dtype, to (batch, positions,
        features) float32, the positions row by row.

    Raises:
        ValueError: if `name` or `size` is not valid, or the network has no such weights.
        RuntimeError: if the weights cannot be loaded.

    Source:
        Sandler et al., MobileNetV2, arXiv:1801.04381, and the papers of the others in `keras.applications`.

    Example:
        >>> image_backbone("small", 64)(keras.ops.zeros((1, 64, 64, 3), "uint8")).shape
        TensorShape([1, 64, 152])
    """
    names = (*OWN, *PRETRAINED)
    if name not in names:
        raise ValueError(f"image_backbone: `name` must be one of {', '.join(names)}; received {name!r}.")
    if not isinstance(size, int) or size < 32:
        raise ValueError(f"image_backbone: `size` must be an integer of at least 32; received {size!r}.")
    image = keras.Input((size, size, channels), dtype="uint8", name="image")
    centered = name in OWN or PRETRAINED[name][1]
    x = keras.layers.Rescaling(*((1 / 127.5, -1) if centered else (1, 0)), name="rescaling")(image)
    feature_map = _small(x, weights) if name in OWN else _pretrained(name, x, size, channels, weights)
    _, height, width, features = feature_map.shape
    regions = keras.layers.Reshape((height * width, features), name="image_regions")(feature_map)
    return keras.Model(image, regions, name="backbone")


def _small(x, weights):
    if weights is not None:
        raise ValueError(
            f"image_backbone: `weights` must be None for 'small', which is not pretrained; received {weights!r}."
        )
    has_color = x.shape[-1] == 3
    shape = keras.ops.image.rgb_to_grayscale(x) if has_color else x
    shape = LocalContrastNormalization(name="local_contrast")(shape)
    for level, (filters, strides) in enumerate(zip(SHAPE_FILTERS, SHAPE_STRIDES, strict=True)):
        shape = _conv_block(shape, filters, 3, strides, f"shape_{level}")
    if not has_color:
        return shape
    # Separate branches: a joint encoder does not generalize to combinations of shape and color unseen in training.
    color = keras.layers.AveragePooling2D(2, padding="same", name="color_pool_1")(x)
    for level, filters in enumerate(COLOR_FILTERS):
        color = _conv_block(color, filters, 1, 1, f"color_{level}")
    color = keras.layers.AveragePooling2D(4, padding="same", name="color_pool_2")(color)
    return keras.layers.Concatenate(name="shape_color_concat")([shape, color])


def _conv_block(x, filters, size, strides, name):
    options = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    x = keras.layers.Conv2D(filters, size, strides, **options, name=f"{name}_conv")(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_normalization")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _pretrained(name, x, size, channels, weights):
    if channels != 3:
        raise ValueError(f"image_backbone: `channels` must be 3 for {name!r}; received {channels!r}.")
    build = getattr(keras.applications, PRETRAINED[name][0])
    try:
        network = build(include_top=False, weights=weights and str(weights), input_shape=(size, size, 3))
    except Exception as error:  # a failed download raises many classes
        reason = str(error).strip().splitlines()[0][:300]
        raise RuntimeError(
            f"image_backbone: cannot load the weights {str(weights)!r} of {name} ({type(error).__name__}: {reason}). "
            "Without a network connection, pass the path of a file with the weights without classifier (`notop`)."
        ) from error
    network.name = name
    return network(x)
