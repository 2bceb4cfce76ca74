"""The convolutional network that looks at a picture."""

import keras

from rnn_templates.layers.local_contrast_normalization import LocalContrastNormalization

# From the name of a network to its function in `keras.applications`, and whether it wants numbers from -1 to 1 instead
# of from 0 to 255.
PRETRAINED = {
    "mobilenet_v2": ("MobileNetV2", True),
    "mobilenet_v3_small": ("MobileNetV3Small", False),
    "mobilenet_v3_large": ("MobileNetV3Large", False),
    "efficientnet_v2_b0": ("EfficientNetV2B0", False),
    "resnet50_v2": ("ResNet50V2", True),
}
OWN = ("small",)
SMALL_FILTERS = (16, 32, 64, 96, 128)
SMALL_STRIDES = (1, 2, 2, 2, 1)  # the first one sees the edges of small things
COLOUR_FILTERS = (24, 24)


def image_backbone(name="small", size=64, channels=3, weights=None):
    """Returns the model "backbone": pictures -> a grid of regions, row by row.

    Args:
        name: "small", a network of our own, made to be trained from nothing: five convolutions see form, in local
            contrasts of grey, and two see the colour of every place by itself; or one of `PRETRAINED`, a network of
            `keras.applications`.
        size: height and width of a picture, at least 32.
        channels: 3 for colours, 1 for grey.
        weights: None to start from nothing; "imagenet", which `keras.applications` downloads; or the path of a file
            with such weights, without the classifier (`notop`).

    Returns:
        `keras.Model` from (batch, size, size, channels), numbers from 0 to 255 of any dtype, to (batch, places,
        features) float32.

    Raises:
        ValueError: if there is no such network, it has no such weights, or the size does not fit.
        RuntimeError: if the weights cannot be had.

    Source:
        Sandler et al., MobileNetV2, arXiv:1801.04381, and the papers of the others in `keras.applications`.

    Example:
        >>> image_backbone("small", 64)(keras.ops.zeros((1, 64, 64, 3), "uint8")).shape
        TensorShape([1, 64, 152])
    """
    if name not in (*OWN, *PRETRAINED):
        raise ValueError(f"There is no image encoder {name!r}; choose one of {', '.join((*OWN, *PRETRAINED))}.")
    if not isinstance(size, int) or size < 32:
        raise ValueError(f"The size of a picture, `image_size`, is an integer of at least 32, not {size!r}.")
    picture = keras.Input((size, size, channels), dtype="uint8", name="picture")
    centred = name in OWN or PRETRAINED[name][1]
    x = keras.layers.Rescaling(*((1 / 127.5, -1) if centred else (1, 0)), name="rescaling")(picture)
    seen = _small(x, weights) if name in OWN else _pretrained(name, x, size, channels, weights)
    regions = keras.layers.Reshape((seen.shape[1] * seen.shape[2], seen.shape[3]), name="regions")(seen)
    return keras.Model(picture, regions, name="backbone")


def _small(x, weights):
    if weights is not None:
        raise ValueError(f"The image encoder 'small' is trained from nothing; there are no weights {weights!r} for it.")
    coloured = x.shape[-1] == 3
    form = keras.ops.image.rgb_to_grayscale(x) if coloured else x
    form = LocalContrastNormalization(name="contrast")(form)
    for level, (filters, strides) in enumerate(zip(SMALL_FILTERS, SMALL_STRIDES, strict=True)):
        form = _convolution(form, filters, 3, strides, f"form_{level}")
    if not coloured:
        return form
    # What sees both at once learns combinations: a cross in a colour that no cross had is taken for something else.
    colour = keras.layers.AveragePooling2D(2, padding="same", name="coarse")(x)
    for level, filters in enumerate(COLOUR_FILTERS):
        colour = _convolution(colour, filters, 1, 1, f"colour_{level}")
    colour = keras.layers.AveragePooling2D(4, padding="same", name="coarser")(colour)
    return keras.layers.Concatenate(name="form_and_colour")([form, colour])


def _convolution(x, filters, size, strides, name):
    options = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    x = keras.layers.Conv2D(filters, size, strides, **options, name=f"{name}_convolution")(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_normalization")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _pretrained(name, x, size, channels, weights):
    if channels != 3:
        raise ValueError(f"The image encoder {name!r} sees colours: `channels` is 3, not {channels!r}.")
    build = getattr(keras.applications, PRETRAINED[name][0])
    try:
        network = build(include_top=False, weights=weights and str(weights), input_shape=(size, size, 3))
    except Exception as error:  # a download that fails has many classes
        reason = str(error).strip().splitlines()[0][:300]
        raise RuntimeError(
            f"The weights {str(weights)!r} of {name} could not be had ({type(error).__name__}: {reason}). Without a "
            "network, give the path of a file with the weights without classifier (`notop`)."
        ) from error
    network.name = name
    return network(x)
