"""Image data sets of TFDS: with captions or with classes."""

from rnn_templates.data.splits import Splits
from rnn_templates.utils.extras import require

EVALUATION_DIVISOR = 5


def load_classified_images(spec, builder, name, train_slice=None):
    """Returns the `Splits` of (encoded image, int64 class).

    Args:
        spec: `rnn_templates.data.tfds.specs.ClassifiedImagesSpec`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.
        train_slice: str; as for `load_images`.

    Example:
        >>> load_classified_images(DATASETS["mnist"], builder, "mnist", ":10%")  # doctest: +SKIP
    """
    import tensorflow as tf

    labels = tuple(builder.info.features[spec.target].names)
    return load_images(spec, builder, name, lambda target: tf.cast(target, tf.int64), labels, train_slice)


def load_captioned_images(spec, builder, name, train_slice=None):
    """Returns the `Splits` of (encoded image, captions (n,)).

    Args:
        spec: `rnn_templates.data.tfds.specs.CaptionedImagesSpec`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.
        train_slice: str; as for `load_images`.

    Example:
        >>> load_captioned_images(DATASETS["coco_captions"], builder, "coco_captions", ":5000")  # doctest: +SKIP
    """
    import tensorflow as tf

    def captions(target):
        return target["text"] if isinstance(target, dict) else target[tf.newaxis]

    return load_images(spec, builder, name, captions, (), train_slice)


def load_images(spec, builder, name, make_target, labels, train_slice=None):
    """Returns the `Splits` of encoded images and their targets.

    Args:
        spec: `rnn_templates.data.tfds.specs.DatasetSpec` with a `target`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.
        make_target: function from the target feature to a target.
        labels: tuple of str.
        train_slice: str; slice of the training split as TFDS writes it, such as ":5000" or ":10%"; None for all of it.
            With a slice, the other splits have at most 1 / `EVALUATION_DIVISOR` as many images.

    Raises:
        ValueError: if there is no such slice, or no image in it.

    Example:
        >>> load_images(DATASETS["mnist"], builder, "mnist", lambda label: label, ())  # doctest: +SKIP
    """
    tfds = require("tensorflow_datasets", "datasets", f"The data set {name!r}")
    splits, sizes = {"validation": None, "test": None}, {}
    for split, tfds_split in spec.splits:
        if tfds_split is None:
            continue
        rows_name = f"{tfds_split}[{train_slice}]" if train_slice is not None and split == "train" else tfds_split
        decoders = {"image": tfds.decode.SkipDecoding()}
        try:
            rows = builder.as_dataset(split=rows_name, shuffle_files=False, decoders=decoders)
        except (ValueError, AssertionError) as error:
            raise ValueError(f"{name}: there is no slice {rows_name} ({str(error)[:200]}).") from error
        splits[split] = rows.map(lambda row: (row["image"], make_target(row[spec.target])))
        if train_slice is not None and split != "train":
            splits[split] = splits[split].take(max(1, sizes["train"] // EVALUATION_DIVISOR))
        sizes[split] = int(splits[split].cardinality())
        if not sizes[split]:
            raise ValueError(f"{name}: there is no image in {rows_name}.")
    name = name if train_slice is None else f"{name}[{train_slice}]"
    return Splits(name=name, labels=labels, sizes=sizes, **splits)
