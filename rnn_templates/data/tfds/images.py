"""ImageArray by TFDS name, with captions or with classes."""

import tensorflow as tf

from rnn_templates.data.splits import Splits

FEWER = 5  # with a part of the training split, validation and test are cut to a fifth of it


def load_images(name, builder, known, label=None, part=None):
    """Returns the raw splits of a data set of pictures.

    Args:
        name: of the data set.
        builder: its TFDS builder, prepared.
        known: its row of `rnn_templates.data.tfds.texts.KNOWN`.
        label: the feature to learn, of which there is one; None for it.
        part: of the training split, as TFDS writes it, such as ":5000" or ":10%", or None for all of it. With a part,
            validation and test have at most a fifth as many pictures each.

    Returns:
        `Splits` of (encoded picture, captions (n,)) or of (encoded picture, int64 class).

    Raises:
        ValueError: if there is no such part or feature.

    Example:
        >>> splits = load_tfds("coco_captions[:5000]")
    """
    import tensorflow_datasets as tfds

    if label not in (None, known.label):
        raise ValueError(f"{name}: {label!r} cannot be learned from its pictures, only {known.label!r}.")

    def example(row):
        target = row[known.label]
        if known.label == "label":
            return row["image"], tf.cast(target, tf.int64)
        return row["image"], target["text"] if known.label == "captions" else target[tf.newaxis]

    splits, sizes = {"validation": None, "test": None}, {}
    for ours, theirs in (("train", "train"), ("validation", known.validation), ("test", known.test)):
        if theirs is None:
            continue
        split = f"{theirs}[{part}]" if part is not None and ours == "train" else theirs
        decoders = {"image": tfds.decode.SkipDecoding()}
        try:
            rows = builder.as_dataset(split=split, shuffle_files=False, decoders=decoders)
        except (ValueError, AssertionError) as error:
            raise ValueError(f"{name}: there is no part {split} ({str(error)[:200]}).") from error
        splits[ours] = rows.map(example)
        if part is not None and ours != "train":
            splits[ours] = splits[ours].take(max(1, sizes["train"] // FEWER))
        sizes[ours] = int(splits[ours].cardinality())
        if not sizes[ours]:
            raise ValueError(f"{name}: there is nothing in {split}.")
    labels = tuple(builder.info.features["label"].names) if known.label == "label" else ()
    return Splits(name=name if part is None else f"{name}[{part}]", labels=labels, sizes=sizes, **splits)
