"""Encoded examples in padded batches of similar length."""

import numpy as np
import tensorflow as tf

from rnn_templates.utils.progress import with_progress

CHUNK = 512
EMPTY = "The dataset is empty: there are no examples to train on or to predict."


class BucketedBatches:
    """Encoded examples in padded batches of similar length.

    With `shuffle`, examples are shuffled, cut into buckets, and sorted by length within each bucket, and the batches
    are shuffled: this limits padding without a fixed order. The order depends on `seed` and the number of the epoch
    only, so that training resumed at epoch k reads the same batches as uninterrupted training.

    Args:
        features: list of int or float arrays (time, ...), one an example; or dict of such lists, each padded to its own
            longest with 0. A value of the dict may also be an array, or an object that is indexed like one, with one
            row an example.
        targets: None; array with one row an example; or list of arrays (time,), one target a time step: ints padded
            with 0, or floats padded with NaN.
        weights: None, or array (examples,).
        batch_size: positive int; the last batch may be smaller.
        shuffle: bool; whether to shuffle. Otherwise batches are sorted by length; `restore_order` inverts this.
        seed: non-negative int.
        pad_to_multiple_of: positive int; lengths are rounded up to a multiple of this.
        bucket_batches: positive int; number of batches in a bucket.

    Raises:
        ValueError: if there are no examples.

    Example:
        >>> batches = BucketedBatches([np.array([5, 6, 7]), np.array([8])], np.array([1, 0]), batch_size=2)
        >>> ids, targets = next(iter(batches.dataset()))
        >>> ids.numpy().tolist(), targets.numpy().tolist()
        ([[8, 0, 0], [5, 6, 7]], [0, 1])
    """

    def __init__(
        self,
        features,
        targets=None,
        weights=None,
        *,
        batch_size=32,
        shuffle=False,
        seed=0,
        pad_to_multiple_of=1,
        bucket_batches=50,
    ):
        if batch_size < 1:
            raise ValueError(f"`batch_size` must be a positive integer; received {batch_size!r}.")
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.pad_to_multiple_of = pad_to_multiple_of
        self.bucket_batches = bucket_batches
        self.features, self.targets, self.weights = features, targets, weights
        self.size = len(next(iter(features.values())) if isinstance(features, dict) else features)
        # The cost of an example is the sum of the lengths of its sequences, so this is the length to sort by.
        ragged = [[len(one) for one in values] for values in self._ragged_features()]
        self.lengths = np.sum(ragged or [[0] * self.size], axis=0)
        if not self.size:
            raise ValueError(EMPTY)

    def _ragged_features(self):
        values = self.features.values() if isinstance(self.features, dict) else [self.features]
        return [one for one in values if isinstance(one, list)]

    def __len__(self):
        return -(-self.size // self.batch_size)

    def batch_indices(self, epoch):
        """Returns the indices of the examples of each batch of an epoch: a list of int arrays."""
        if not self.shuffle:
            by_length = np.argsort(self.lengths, kind="stable")
            return [by_length[i : i + self.batch_size] for i in range(0, self.size, self.batch_size)]
        generator = np.random.default_rng([self.seed, epoch])
        shuffled = generator.permutation(self.size)
        step = self.bucket_batches * self.batch_size
        buckets = [shuffled[i : i + step] for i in range(0, self.size, step)]
        by_length = np.concatenate([one[np.argsort(self.lengths[one], kind="stable")] for one in buckets])
        batches = [by_length[i : i + self.batch_size] for i in range(0, self.size, self.batch_size)]
        return [batches[i] for i in generator.permutation(len(batches))]

    def dataset(self, first_epoch=0):
        """Returns a `tf.data.Dataset` of padded batches; each iteration over it yields the next epoch."""
        epoch = first_epoch - 1

        def one_epoch():
            nonlocal epoch
            epoch += 1
            for indices in self.batch_indices(epoch):
                yield self.batch(indices)

        dataset = tf.data.Dataset.from_generator(one_epoch, output_signature=self.spec())
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)

    def arrays(self):
        """Yields the batches of the first epoch as NumPy arrays, without a `tf.data` pipeline."""
        yield from map(self.batch, self.batch_indices(0))

    def spec(self):
        """Returns the `tf.TensorSpec`s of a batch, of free batch size and lengths."""

        def spec(arrays):
            if isinstance(arrays, list):
                return tf.TensorSpec((None,) * arrays[0].ndim + (_last_axis(arrays[0]),), _padded_dtype(arrays[0]))
            return tf.TensorSpec((None, *arrays.shape[1:]), arrays.dtype)

        return self._map_parts(spec)

    def batch(self, indices):
        """Returns a batch of these examples: features, or features with targets and weights, as NumPy arrays."""
        return self._map_parts(lambda values: self._collate(values, indices, values is self.targets))

    def _map_parts(self, function):
        """The function of the features, or of the features, targets and weights as a tuple."""
        named = isinstance(self.features, dict)
        features = {name: function(one) for name, one in self.features.items()} if named else function(self.features)
        others = [function(values) for values in (self.targets, self.weights) if values is not None]
        return (features, *others) if others else features

    def restore_order(self, outputs):
        """Returns outputs in the order of the examples.

        Args:
            outputs: array or list with one row an example, in the order of the batches of epoch 0.

        Example:
            >>> batches = BucketedBatches([np.array([5, 6, 7]), np.array([8])])
            >>> batches.restore_order(["short", "long"])
            ['long', 'short']
        """
        order = np.concatenate(self.batch_indices(0))
        if isinstance(outputs, list):
            restored = [None] * len(outputs)
            for index, output in zip(order, outputs, strict=True):
                restored[index] = output
            return restored
        restored = np.empty_like(outputs)
        restored[order] = outputs
        return restored

    def padding_ratio(self, epoch=0):
        """Returns the padded length of all batches divided by the length of the sequences; 1.0 is no padding."""
        batches = self.batch_indices(epoch)
        padded = sum(self._collate(values, indices).size for values in self._ragged_features() for indices in batches)
        return padded / max(1, int(self.lengths.sum()))

    def _collate(self, values, indices, are_targets=False):
        """The rows of a batch as one array, padded to the longest, rounded up to `pad_to_multiple_of`."""
        if not isinstance(values, list):
            return values[indices]
        arrays = [values[i] for i in indices]
        longest = max(1, *map(len, arrays))
        return _pad(arrays, -(-longest // self.pad_to_multiple_of) * self.pad_to_multiple_of, are_targets)


def _padded_dtype(array):
    return np.float32 if array.dtype.kind == "f" else np.int32


def _last_axis(array):
    """The number of features of a float array (time, features); other axes are padded, and None."""
    return array.shape[-1] if array.dtype.kind == "f" and array.ndim > 1 else None


def _pad(arrays, length, are_targets):
    """Arrays (time, ...) as one array (batch, length, ...), padded at the end; further axes as long as needed."""
    inner = np.max([array.shape[1:] for array in arrays], axis=0).astype(int) if arrays[0].ndim > 1 else ()
    dtype = _padded_dtype(arrays[0])
    padded = np.full((len(arrays), length, *inner), np.nan if are_targets and dtype == np.float32 else 0, dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[tuple(slice(size) for size in array.shape)] = array
    return padded


def encode_texts(dataset, preprocess, progress=False):
    """Encodes all texts of a dataset once.

    Args:
        dataset: `tf.data.Dataset` of texts, or of (text, target[, weight]), batched or not.
        preprocess: function from (batch,) strings to int32 ids (batch, time), padded on the right with 0.
        progress: bool; whether to show a progress bar.

    Returns:
        `ids, targets, weights`: list of int32 arrays (time,), and arrays or None.

    Raises:
        ValueError: if there are no examples.
        TypeError: if the dataset does not hold texts.

    Example:
        >>> texts = tf.data.Dataset.from_tensor_slices((["a b", "c"], [1, 0]))
        >>> lengths = lambda texts: tf.ones_like(tf.strings.split(texts).to_tensor(), tf.int32)
        >>> ids, targets, weights = encode_texts(texts.batch(1), lengths)
        >>> [one.tolist() for one in ids], targets.tolist(), weights
        ([[1, 1], [1]], [1, 0], None)
    """
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    if parts[0].dtype != tf.string or parts[0].shape.rank not in (0, 1) or len(parts) > 3:
        raise TypeError(f"`dataset` must hold strings, or (text, target[, weight]); received {spec}.")
    if parts[0].shape.rank == 0:
        dataset = dataset.batch(CHUNK)
    ids, others = [], [[] for _ in parts[1:]]
    for chunk in with_progress(dataset, "encoding texts", progress):
        texts, *rest = chunk if isinstance(chunk, tuple) else (chunk,)
        padded = preprocess(texts).numpy()
        ids.extend(row[:length].copy() for row, length in zip(padded, np.count_nonzero(padded, axis=1), strict=True))
        for values, more in zip(others, rest, strict=True):
            values.append(more.numpy())
    if not ids:
        raise ValueError(EMPTY)
    arrays = [np.concatenate(values) for values in others]
    return ids, *arrays, *[None] * (2 - len(arrays))
