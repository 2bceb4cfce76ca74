"""Data sets by TFDS name."""

import sys
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from rnn_templates.data.splits import Splits


class _Known(NamedTuple):
    text: str
    label: str | None  # None: every boolean feature is a label of its own
    labels: tuple = ("negative", "positive")
    validation: str | None = None
    test: str = "test"


KNOWN = {
    "reviews": _Known("text", "label", validation="validation"),
    "imdb_reviews": _Known("text", "label"),
    "glue/sst2": _Known("sentence", "label", test="validation"),  # the labels of its test split are secret
    "goemotions": _Known("comment_text", None, labels=(), validation="validation"),
}


def load_named(name, *, manual_dir=None, data_dir=None):
    """Returns the raw splits of a data set that TFDS, or this package, knows by name.

    Args:
        name: one of `KNOWN`.
        manual_dir: folder with the files of its download, for a machine without a network.
        data_dir: where prepared data is kept, or None for the default of TFDS.

    Raises:
        ValueError: if the name is not known.
        RuntimeError: if the data cannot be had; the message says how to go on.

    Example:
        >>> load_named("goemotions", manual_dir="downloads").multi_label
        True
    """
    if name not in KNOWN:
        raise ValueError(
            f"There is no data set {name!r}. By name: {', '.join(KNOWN)}; a file ends in csv, tsv or jsonl."
        )
    import tensorflow_datasets as tfds

    if name == "reviews":
        from rnn_templates.data.reviews import Reviews

        builder = Reviews(data_dir=data_dir)
    else:
        builder = tfds.builder(name, data_dir=data_dir)
    if name == "reviews" or not sys.stderr.isatty():
        tfds.disable_progress_bar()
    config = tfds.download.DownloadConfig(manual_dir=manual_dir, try_download_gcs=False)
    try:
        builder.download_and_prepare(download_config=config)
    except Exception as error:
        raise RuntimeError(
            f"{name} could not be prepared ({type(error).__name__}: {str(error)[:300]}). Without a network, put the "
            "files of its download into a folder and name it with manual_dir (`--manual-dir`). If prepared data is "
            f"damaged, delete {builder.data_dir}."
        ) from error
    return _splits(name, builder)


def _splits(name, builder):
    known, features = KNOWN[name], builder.info.features
    labels = known.labels or tuple(key for key in features if np.dtype(features[key].np_dtype) == np.bool_)

    def example(row):
        if known.label is None:
            return row[known.text], tf.stack([tf.cast(row[label], tf.float32) for label in labels])
        return row[known.text], tf.cast(row[known.label], tf.int64)

    splits, sizes = {}, {}
    for ours, theirs in (("train", "train"), ("validation", known.validation), ("test", known.test)):
        splits[ours] = None
        if theirs is not None:
            splits[ours] = builder.as_dataset(split=theirs, shuffle_files=False).map(example)
            sizes[ours] = int(splits[ours].cardinality())
    return Splits(name=name, labels=labels, multi_label=known.label is None, sizes=sizes, **splits)
