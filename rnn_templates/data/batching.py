"""From raw examples to the batches that training reads."""

import numpy as np
import tensorflow as tf

from rnn_templates.utils.progress import with_progress

CHUNK = 512


class Batches:
    """Encoded examples in padded batches of similar length.

    In training every epoch has an order of its own, which depends on `seed` and the number of the epoch alone: a run
    that goes on at epoch k sees what an uninterrupted one would have seen. Examples are shuffled, cut into pools,
    sorted by length within a pool, and the batches are shuffled: little padding, and little order.

    Args:
        features: list of arrays (time, ...), one an example; or a dict of such lists, each padded to its own longest.
            A value of the dict may also be an array, or what can be indexed like one, with one row an example.
        targets: None; an array with one row an example; or a list of arrays (time,), one target a step.
        weights: None, or an array with one number an example.
        batch_size: examples in a batch; the last one may be smaller.
        shuffle: whether to shuffle; if not, batches are made by length, and `restore` gives the order back.
        seed: non-negative integer.
        pad_to_multiple_of: lengths are rounded up to a multiple of this.
        pool: batches in a pool.

    Raises:
        ValueError: if there is no example.

    Example:
        >>> batches = Batches(*encode_texts(splits.train, preprocessor), batch_size=64, shuffle=True)
        >>> ids, targets = next(iter(batches.dataset()))
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
        pool=50,
    ):
        if batch_size < 1:
            raise ValueError(f"batch_size must be a positive integer, got {batch_size!r}.")
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.pad_to_multiple_of = pad_to_multiple_of
        self.pool = pool
        self.features, self.targets, self.weights = features, targets, weights
        # What two sequences of an example cost together is what makes two examples alike.
        self.size = len(next(iter(features.values())) if isinstance(features, dict) else features)
        self.lengths = np.sum([[len(one) for one in values] for values in self._lists()] or [[0] * self.size], axis=0)
        if not self.size:
            raise ValueError("The dataset is empty: there is no example to learn from or to answer.")

    def _lists(self):
        values = self.features.values() if isinstance(self.features, dict) else [self.features]
        return [one for one in values if isinstance(one, list)]

    def __len__(self):
        return -(-self.size // self.batch_size)

    def order(self, epoch):
        """Returns the examples of every batch of an epoch: a list of int arrays."""
        if not self.shuffle:
            by_length = np.argsort(self.lengths, kind="stable")
            return [by_length[i : i + self.batch_size] for i in range(0, self.size, self.batch_size)]
        generator = np.random.default_rng([self.seed, epoch])
        shuffled = generator.permutation(self.size)
        step = self.pool * self.batch_size
        pools = [shuffled[i : i + step] for i in range(0, self.size, step)]
        by_length = np.concatenate([pool[np.argsort(self.lengths[pool], kind="stable")] for pool in pools])
        batches = [by_length[i : i + self.batch_size] for i in range(0, self.size, self.batch_size)]
        return [batches[i] for i in generator.permutation(len(batches))]

    def dataset(self, first_epoch=0):
        """Returns a `tf.data.Dataset` of padded batches; each time it is iterated over it gives the next epoch."""
        epoch = first_epoch - 1

        def one_epoch():
            nonlocal epoch
            epoch += 1
            for batch in self.order(epoch):
                yield self._padded(batch)

        dataset = tf.data.Dataset.from_generator(one_epoch, output_signature=self._spec())
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)

    def _spec(self):
        def steps(arrays):
            if isinstance(arrays, list):
                return tf.TensorSpec((None,) * (1 + arrays[0].ndim), tf.int32)
            return tf.TensorSpec((None, *arrays.shape[1:]), arrays.dtype)

        named = isinstance(self.features, dict)
        parts = [{name: steps(one) for name, one in self.features.items()} if named else steps(self.features)]
        for values in (self.targets, self.weights):
            if isinstance(values, list):
                parts.append(steps(values))
            elif values is not None:
                parts.append(tf.TensorSpec((None, *values.shape[1:]), values.dtype))
        return tuple(parts) if len(parts) > 1 else parts[0]

    def restore(self, outputs):
        """Returns outputs, which come in the order of the batches, in the order of the examples."""
        order = np.concatenate(self.order(0))
        if isinstance(outputs, list):
            restored = [None] * len(outputs)
            for place, output in zip(order, outputs, strict=True):
                restored[place] = output
            return restored
        restored = np.empty_like(outputs)
        restored[order] = outputs
        return restored

    def padding_ratio(self, epoch=0):
        """Returns padded length over real length of all batches of an epoch: 1.0 is no padding at all."""
        padded = sum(self._rows(values, batch).size for values in self._lists() for batch in self.order(epoch))
        return padded / max(1, int(self.lengths.sum()))

    def _rows(self, values, batch):
        """The arrays of a batch as one, as long as the longest, or a little longer to be a multiple."""
        if not isinstance(values, list):
            return values[batch]
        arrays = [values[i] for i in batch]
        longest = max(1, *map(len, arrays))
        return _pad(arrays, -(-longest // self.pad_to_multiple_of) * self.pad_to_multiple_of)

    def _padded(self, batch):
        """One batch: features, or features with targets and weights."""
        if isinstance(self.features, dict):
            features = {name: self._rows(values, batch) for name, values in self.features.items()}
        else:
            features = self._rows(self.features, batch)
        parts = [features]
        for values in (self.targets, self.weights):
            if isinstance(values, list):
                parts.append(self._rows(values, batch))
            elif values is not None:
                parts.append(values[batch])
        return tuple(parts) if len(parts) > 1 else features


def _pad(arrays, length):
    """Arrays (time, ...) as one int32 array (batch, length, ...), with 0 behind; further axes as long as needed."""
    inner = np.max([array.shape[1:] for array in arrays], axis=0).astype(int) if arrays[0].ndim > 1 else ()
    padded = np.zeros((len(arrays), length, *inner), np.int32)
    for row, array in zip(padded, arrays, strict=True):
        row[tuple(slice(size) for size in array.shape)] = array
    return padded


def encode_texts(dataset, preprocess, progress=False):
    """Encodes all texts of a dataset once.

    Args:
        dataset: `tf.data.Dataset` of texts, or of (text, target[, weight]), batched or not.
        preprocess: from (batch,) strings to int32 ids (batch, time), padded on the right with 0.
        progress: whether to show a bar.

    Returns:
        `ids, targets, weights`: a list of arrays (time,), and arrays or None.

    Raises:
        ValueError: if there is no example.
        TypeError: if the dataset does not hold texts.
    """
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    if parts[0].dtype != tf.string or parts[0].shape.rank not in (0, 1) or len(parts) > 3:
        raise TypeError(f"The dataset holds {spec}; wanted texts, or (text, target[, weight]), as strings.")
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
        raise ValueError("The dataset is empty: there is no example to learn from or to answer.")
    arrays = [np.concatenate(values) for values in others]
    return ids, *arrays, *[None] * (2 - len(arrays))
