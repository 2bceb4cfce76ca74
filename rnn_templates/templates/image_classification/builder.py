"""One to one: a class for a picture."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.layers.pooling import MaxMeanPooling
from rnn_templates.layers.random_translation import RandomTranslation
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor
from rnn_templates.templates.image_classification.task import ImageClassifier
from rnn_templates.utils.validation import check_fractions, check_ints, validate_labels

ARCHITECTURES = ("cnn", "row_rnn")
MIN_FEATURE_SIZE = 7  # height and width down to which pictures are halved
MAX_FILTER_MULTIPLE = 4  # times `filters` has the last convolution at most


def data_kwargs(splits):
    """Returns the arguments of the builder that the data dictates, a dict.

    Args:
        splits: `rnn_templates.data.splits.Splits` of pictures with classes.
    """
    return {"labels": splits.labels}


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
    clip_norm: float = 1.0,
):
    """Returns a compiled model that looks at a picture and gives the probability of each class.

        plain:  picture -> (convolution, convolution, pooling) x n -> dense -> softmax
        rows:   picture -> its rows, from the top and from the bottom -> recurrence -> pooling -> dense -> softmax

    The plain network is the one topology without recurrence: fixed size in, fixed size out. The other one reads the
    same picture as a sequence, for comparison.

    Args:
        labels: names of the classes, two or more.
        image_size: height and width to which pictures are brought, whole and squashed, at least 8.
        channels: 1 to look at them in grey, 3 in colours.
        architecture: "cnn" for convolutions, "row_rnn" for a recurrence over the rows of pixels.
        cell: for rows: a name in `rnn_templates.cells.CELLS`, such as "lstm", "gru" or "mingru", or a cell class of
            your own.
        units: size of the dense layer; for rows, of the state of the recurrence, in each of both directions.
        num_layers: for rows: recurrent layers on top of each other.
        filters: of the first convolutions; with every halving of the picture twice as many, up to four times.
        max_translation: by how many pixels at most a picture is moved in training, in each direction.
        dropout: fraction of the vector before the last layer dropped in training, in [0, 1).
        label_smoothing: share of the truth that is spread over all classes, in [0, 1).
        learning_rate: of Adam.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `ImageClassifier`: `fit`, `evaluate`, `predict` take raw pictures.

    Raises:
        ValueError: naming the argument that does not fit.

    Source:
        LeCun et al., Gradient-based learning applied to document recognition, 1998 (convolutions); Ioffe and Szegedy,
        Batch normalization, arXiv:1502.03167; Visin et al., ReNet, arXiv:1505.00393 (pictures read by recurrence).

    Example:
        >>> model = image_classification_model(["dark", "light"], units=8, filters=4)
        >>> model.predict(np.zeros((28, 28), np.uint8)).shape
        (1, 2)
    """
    labels = validate_labels("image_classification_model", "labels", labels)
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f"image_classification_model: `architecture` is one of {', '.join(ARCHITECTURES)}, not {architecture!r}."
        )
    if channels not in (1, 3):
        raise ValueError(f"image_classification_model: `channels` is 1 (grey) or 3 (colours), not {channels!r}.")
    check_ints("image_classification_model", 8, image_size=image_size)
    check_ints("image_classification_model", units=units, num_layers=num_layers, filters=filters)
    check_ints("image_classification_model", 0, max_translation=max_translation)
    check_fractions("image_classification_model", dropout=dropout, label_smoothing=label_smoothing)

    image = keras.Input((image_size, image_size, channels), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, -1, name="rescaling")(image)
    x = RandomTranslation(max_translation, name="random_translation")(x)
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

    model = ImageClassifier(
        keras.Model(image, logits, name="network"),
        ImagePreprocessor(image_size, channels),
        labels,
        name="image_classification",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, global_clipnorm=clip_norm),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def _conv_blocks(x, filters):
    """Two convolutions and a halving, until the picture is small."""
    level = 0
    while level == 0 or x.shape[1] > MIN_FEATURE_SIZE:
        for which in ("a", "b"):
            options = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
            wide = filters * min(2**level, MAX_FILTER_MULTIPLE)
            x = keras.layers.Conv2D(wide, 3, **options, name=f"conv_{level}{which}")(x)
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"normalization_{level}{which}")(x)
            x = keras.layers.ReLU(name=f"relu_{level}{which}")(x)
        x = keras.layers.MaxPooling2D(2, name=f"pooling_{level}")(x)
        level += 1
    return x


def search_space(hp):
    """Returns the builder's keyword arguments for one trial of keras-tuner, drawn from `hp`.

    Example:
        >>> image_classification_model(labels, **search_space(keras_tuner.HyperParameters()))
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
