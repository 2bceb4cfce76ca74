"""From raw examples to the batches that training reads."""

import sys

import numpy as np
import tensorflow as tf

CHUNK = 512


class Batches:
    """Examples, encoded once, in padded batches of similar length.

    In training every epoch has an order of its own, which depends on `seed` and the number of the epoch alone: a run
    that goes on at epoch k sees what an uninterrupted one would have seen. Examples are shuffled, cut into pools,
    sorted by length within a pool, and the batches are shuffled: little padding, and little order.

    Args:
        dataset: `tf.data.Dataset` of texts, or of (text, target[, weight]), batched or not.
        preprocess: from (batch,) strings to int32 ids (batch, time), padded on the right with 0.
        batch_size: examples in a batch; the last one may be smaller.
        shuffle: whether to shuffle; if not, batches are made by length, and `restore` gives the order back.
        seed: non-negative integer.
        length_multiple: lengths are rounded up to a multiple of this.
        pool: batches in a pool.
        progress: whether to show a bar while encoding.

    Raises:
        ValueError: if there is no example.
        TypeError: if the dataset does not hold texts.

    Example:
        >>> batches = Batches(splits.train, preprocessor, batch_size=64, shuffle=True)
        >>> ids, targets = next(iter(batches.dataset()))
    """

    def __init__(
        self, dataset, preprocess, *, batch_size=32, shuffle=False, seed=0, length_multiple=1, pool=50, progress=False
    ):
        if batch_size < 1:
            raise ValueError(f"batch_size must be a positive integer, got {batch_size!r}.")
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.length_multiple = length_multiple
        self.pool = pool
        self.ids, self.targets, self.weights = _encode(dataset, preprocess, progress)
        self.lengths = np.array([len(ids) for ids in self.ids])
        self.size = len(self.ids)

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

        parts = [tf.TensorSpec((None, None), tf.int32)]
        for values in (self.targets, self.weights):
            if values is not None:
                parts.append(tf.TensorSpec((None, *values.shape[1:]), values.dtype))
        dataset = tf.data.Dataset.from_generator(
            one_epoch, output_signature=tuple(parts) if len(parts) > 1 else parts[0]
        )
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)

    def restore(self, outputs):
        """Returns outputs, which come in the order of the batches, in the order of the examples."""
        restored = np.empty_like(outputs)
        restored[np.concatenate(self.order(0))] = outputs
        return restored

    def padding_ratio(self, epoch=0):
        """Returns padded length over real length of all batches of an epoch: 1.0 is no padding at all."""
        padded = sum(len(batch) * self._length(batch) for batch in self.order(epoch))
        return padded / max(1, int(self.lengths.sum()))

    def _length(self, batch):
        longest = max(1, self.lengths[batch].max())
        return -(-longest // self.length_multiple) * self.length_multiple

    def _padded(self, batch):
        ids = np.zeros((len(batch), self._length(batch)), np.int32)
        for row, example in zip(ids, batch, strict=True):
            row[: self.lengths[example]] = self.ids[example]
        others = [values[batch] for values in (self.targets, self.weights) if values is not None]
        return (ids, *others) if others else ids


def _encode(dataset, preprocess, progress):
    """All ids, one array an example, and the arrays of targets and weights, or None."""
    spec = dataset.element_spec
    parts = spec if isinstance(spec, tuple) else (spec,)
    if parts[0].dtype != tf.string or parts[0].shape.rank not in (0, 1) or len(parts) > 3:
        raise TypeError(f"The dataset holds {spec}; wanted texts, or (text, target[, weight]), as strings.")
    if parts[0].shape.rank == 0:
        dataset = dataset.batch(CHUNK)
    ids, others = [], [[] for _ in parts[1:]]
    for chunk in _tracked(dataset, progress):
        texts, *rest = chunk if isinstance(chunk, tuple) else (chunk,)
        padded = preprocess(texts).numpy()
        ids.extend(row[:length].copy() for row, length in zip(padded, np.count_nonzero(padded, axis=1), strict=True))
        for values, more in zip(others, rest, strict=True):
            values.append(more.numpy())
    if not ids:
        raise ValueError("The dataset is empty: there is no example to learn from or to answer.")
    arrays = [np.concatenate(values) for values in others]
    return ids, *arrays, *[None] * (2 - len(arrays))


def _tracked(dataset, progress):
    if not (progress and sys.stderr.isatty()):
        return dataset
    from rich.console import Console
    from rich.progress import track

    chunks = int(dataset.cardinality())
    console = Console(stderr=True)
    return track(
        dataset, description="encoding texts", total=chunks if chunks > 0 else None, console=console, transient=True
    )
