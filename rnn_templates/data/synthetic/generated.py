"""Shared parts of the generated data sets."""

import zlib

import tensorflow_datasets as tfds


def generated_info(builder, description, features, keys):
    """Returns the TFDS description of a generated data set.

    Args:
        builder: `tfds.core.GeneratorBasedBuilder`.
        description: str; one sentence.
        features: dict of TFDS features, or one TFDS feature.
        keys: tuple of str; names of the input and the target feature.

    Returns:
        `tfds.core.DatasetInfo` of examples in the order in which they are generated.

    Example:
        >>> from rnn_templates.data.synthetic.reviews import Reviews
        >>> generated_info(Reviews(), "Numbers.", {"x": np.int32, "y": np.int32}, ("x", "y")).supervised_keys
        ('x', 'y')
    """
    return tfds.core.DatasetInfo(
        builder=builder,
        description=description,
        features=tfds.features.FeaturesDict(features) if isinstance(features, dict) else features,
        supervised_keys=keys,
        disable_shuffling=True,
    )


def check_request(generator, splits, split, count):
    """Raises a ValueError for an unknown split or a negative count.

    Args:
        generator: str; name of the calling function, for the message.
        splits: iterable of str; the splits that exist.
        split: str.
        count: int; number of examples.

    Example:
        >>> check_request("make_glyphs", ("train", "test"), "train", 10)
    """
    if split not in splits:
        raise ValueError(f"{generator}: `split` must be one of {', '.join(splits)}; received {split!r}.")
    if count < 0:
        raise ValueError(f"{generator}: `count` must be 0 or more; received {count}.")


def hash_bucket(key, buckets):
    """Returns the bucket of a key, the same on every machine.

    Args:
        key: str.
        buckets: sequence; a value that occurs n times gets n / len(buckets) of all keys.

    Example:
        >>> hash_bucket("London", ("train",) * 7 + ("test",) * 3)
        'test'
    """
    return buckets[zlib.crc32(key.encode()) % len(buckets)]
