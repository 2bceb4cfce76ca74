"""Builder of the image classification template: a CNN, or an RNN over the rows of pixels."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.pooling import MaxMeanPooling
from rnn_templates.layers.random_translation import RandomTranslation
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor
from rnn_templates.tasks.components import MAX_IMAGE_SIZE, Adam
from rnn_templates.tasks.macro_f1 import MacroF1
from rnn_templates.templates.image_classification.task import ImageClassifier
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import (
    check_depth,
    check_fractions,
    check_ints,
    check_range,
    check_sizes,
    validate_labels,
)

ARCHITECTURES = ("cnn", "row_rnn")
MIN_FEATURE_SIZE = 7  # height and width at which pooling stops
MAX_FILTER_MULTIPLE = 4  # maximum number of filters of a convolution, relative to `filters`


def data_kwargs(splits):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of classified images.

    Returns:
        Dict with `labels`.

    Example:
        >>> from rnn_templates.templates.image_classification.builder import data_kwargs
        >>> data_kwargs(rt.load("glyphs"))["labels"][:3]  # doctest: +SKIP
        ('0', '1', '2')
    """
    check_kind("classified_images", splits)
    return {"labels": splits.labels}


@documented
def image_classification_model(
    labels,
    *,
    image_size: int = 28,
    channels: int = 1,
    architecture: str = "cnn",
    cell: str = "gru",
    units: int = 128,
    num_layers: int = 1,
    filters: int = 32,
    max_translation: int = 2,
    dropout: float = 0.3,
    label_smoothing: float = 0.0,
    learning_rate: float = 1e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled image classifier.

        cnn:      image -> (convolution, convolution, pooling) x n -> dense -> softmax
        row_rnn:  image -> sequence of rows -> bidirectional RNN -> pooling -> dense -> softmax

    The CNN is the topology without recurrence: fixed-size input, fixed-size output. The RNN has the same input, as a
    sequence, for comparison.

    Args:
        labels: sequence of at least two different strings; names of the classes.
        image_size: int from 8 to 2048; height and width to which images are resized, without keeping the aspect ratio.
        channels: int; 1 for grayscale, 3 for RGB.
        architecture: str; "cnn", or "row_rnn" for an RNN over the rows of pixels.
        {cell} Only "row_rnn".
        units: positive int; size of the dense layer of "cnn", or of the RNN state of "row_rnn", per direction.
        {num_layers} Only "row_rnn".
        filters: positive int; filters of the first two convolutions, doubled after every pooling up to four times this
            number. Only "cnn".
        max_translation: int; maximum random translation in training, in pixels, vertically and horizontally.
        dropout: float in [0, 1); probability of dropping a feature before the last layer in training.
        {label_smoothing}
        {learning_rate}
        {optimizer}

    Returns:
        `ImageClassifier`: `fit`, `evaluate`, `predict` take raw images.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        LeCun et al., Gradient-based learning applied to document recognition, 1998 (convolutions); Ioffe and Szegedy,
        Batch normalization, arXiv:1502.03167; Visin et al., ReNet, arXiv:1505.00393 (RNN over images).

    Example:
        >>> model = rt.image_classification_model(["dark", "light"], units=8, filters=4)
        >>> model.predict(np.zeros((28, 28), np.uint8)).shape
        (1, 2)
    """
    labels = validate_labels("image_classification_model", "labels", labels)
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"image_classification_model: `architecture` must be one of {', '.join(ARCHITECTURES)}; "
            f"received {architecture!r}."
        )
    if channels not in (1, 3):
        raise ValueError(f"image_classification_model: `channels` must be 1 or 3; received {channels!r}.")
    check_range("image_classification_model", 8, MAX_IMAGE_SIZE, image_size=image_size)
    _check_sizes(architecture, image_size, channels, units, num_layers, filters)
    check_ints("image_classification_model", 0, max_translation=max_translation)
    check_fractions("image_classification_model", dropout=dropout, label_smoothing=label_smoothing)

    # Augmentation
    image = keras.Input((image_size, image_size, channels), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, -1, name="rescaling")(image)
    x = RandomTranslation(max_translation, name="random_translation")(x)

    # Features
    if architecture == "cnn":
        x = _conv_blocks(x, filters)
        x = keras.layers.Flatten(name="flatten")(x)
        x = keras.layers.Dense(units, activation="relu", name="dense")(x)
    else:
        x = keras.layers.Reshape((image_size, image_size * channels), name="rows_to_sequence")(x)
        cells = [make_cell(cell, units) for _ in range(num_layers)]
        x = Recurrent(cells, bidirectional=True, return_sequences=True, name="recurrent")(x)
        x = MaxMeanPooling(name="max_mean_pooling")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    logits = keras.layers.Dense(len(labels), name="logits")(x)

    # Task
    model = ImageClassifier(
        keras.Model(image, logits, name="network"),
        ImagePreprocessor(image_size, channels),
        labels,
        name="image_classification",
    )
    model.compile(
        optimizer=optimizer.build(learning_rate),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy"), MacroF1(len(labels))],
    )
    return model


def _check_sizes(architecture, image_size, channels, units, num_layers, filters):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    check_sizes("image_classification_model", units=units, filters=filters)
    check_depth("image_classification_model", num_layers=num_layers)
    if architecture == "row_rnn":
        count = recurrent_parameters(units, image_size * channels, num_layers, directions=2)
        check_model_size("image_classification_model", count, units=units, num_layers=num_layers)
        return
    most = MAX_FILTER_MULTIPLE * filters
    levels = max(1, (image_size // MIN_FEATURE_SIZE).bit_length())
    count = 2 * levels * 9 * most**2 + MIN_FEATURE_SIZE**2 * most * units
    check_model_size("image_classification_model", count, units=units, filters=filters)


def _conv_blocks(x, filters):
    """Blocks of two convolutions and a pooling, until the features have at most `MIN_FEATURE_SIZE` rows."""
    options = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    level = 0
    while level == 0 or x.shape[1] > MIN_FEATURE_SIZE:
        level_filters = filters * min(2**level, MAX_FILTER_MULTIPLE)
        for suffix in ("a", "b"):
            x = keras.layers.Conv2D(level_filters, 3, **options, name=f"conv_{level}{suffix}")(x)
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"normalization_{level}{suffix}")(x)
            x = keras.layers.ReLU(name=f"relu_{level}{suffix}")(x)
        x = keras.layers.MaxPooling2D(2, name=f"pooling_{level}")(x)
        level += 1
    return x


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, by flat name.

    Args:
        hp: `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.image_classification.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["architecture"]
        'cnn'
    """
    return {
        "architecture": hp.Choice("architecture", ["cnn", "row_rnn"]),
        "units": hp.Choice("units", [64, 128, 256]),
        "filters": hp.Choice("filters", [16, 32, 48]),
        "max_translation": hp.Int("max_translation", 0, 3),
        "dropout": hp.Float("dropout", 0.1, 0.5, step=0.1),
        "label_smoothing": hp.Float("label_smoothing", 0.0, 0.2, step=0.05),
        "learning_rate": hp.Float("learning_rate", 5e-4, 5e-3, sampling="log"),
    }
