"""Splits a batch into parts that run side by side, one per core.

The XLA loop of a part runs on one core. Parts do not depend on each other, so that TensorFlow runs them at the same
time; automatic differentiation adds the gradients of the weights.
"""

import os

import tensorflow as tf

MIN_ROWS = 4  # of a part, where the size of the batch is known while tracing


def num_cores():
    """Returns the number of cores that TensorFlow may use in this process.

    It respects the settings of `tf.config.threading` and the CPU affinity of the process.

    Example:
        >>> num_cores() >= 1
        True
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threading = tf.config.threading
    limits = (threading.get_inter_op_parallelism_threads(), threading.get_intra_op_parallelism_threads())
    return min([available, *(limit for limit in limits if limit > 0)])


def num_parts(rows, directions=1):
    """Returns the number of parts of a batch.

    Args:
        rows: int, the size of the batch; None if it is not known while tracing.
        directions: 1 or 2; the directions of a bidirectional layer run side by side already.

    Example:
        >>> num_parts(1)
        1
    """
    parts = max(1, num_cores() // directions)
    return parts if rows is None else max(1, min(parts, rows // MIN_ROWS))


class BatchParts:
    """The parts of a batch: equal numbers of rows; the last parts may be smaller, or empty.

    Args:
        rows: int or () int32 tensor, the size of the batch.
        count: int, the number of parts.

    Example:
        >>> parts = BatchParts(5, 2)
        >>> [part.shape[0] for part in parts.split(tf.zeros((5, 3)))]
        [3, 2]
    """

    def __init__(self, rows, count):
        self.rows, self.count = rows, count
        size = -(-rows // count)
        if isinstance(rows, int):
            self.sizes = [max(0, min(size, rows - part * size)) for part in range(count)]
        else:
            self.sizes = tf.clip_by_value(rows - tf.range(count) * size, 0, size)
        self._draws = []

    def split(self, structure, axis=0):
        """Returns the parts of nested tensors, a list of structures.

        Args:
            structure: nested structure of tensors and None.
            axis: int, the axis of the batch.
        """
        if self.count == 1:
            return [structure]
        columns = [
            [None] * self.count if tensor is None else tf.split(tensor, self.sizes, axis=axis, num=self.count)
            for tensor in tf.nest.flatten(structure)
        ]
        return [tf.nest.pack_sequence_as(structure, list(part)) for part in zip(*columns, strict=True)]

    def concat(self, parts):
        """Returns the nested tensors of the batch from those of its parts; the batch is the first axis.

        Args:
            parts: list of equal structures of tensors and None.
        """
        if self.count == 1:
            return parts[0]

        def join(*tensors):
            return None if tensors[0] is None else tf.concat(tensors, axis=0)

        return tf.nest.map_structure(join, *parts)

    def sampler(self, part):
        """Returns a function that samples for one part: the same values as for the whole batch.

        The parts must sample in the same order.

        Args:
            part: int, the index of the part.

        Returns:
            Function from `sample`, which returns a tensor for a number of rows, and the `axis` of the batch to the rows
            of this part.

        Example:
            >>> parts = BatchParts(4, 2)
            >>> def sample(rows):
            ...     return tf.reshape(tf.range(rows), (-1, 1))
            >>> [parts.sampler(part)(sample).numpy().ravel().tolist() for part in range(2)]
            [[0, 1], [2, 3]]
        """
        index = 0

        def draw(sample, axis=0):
            nonlocal index
            if index == len(self._draws):
                self._draws.append(self.split(sample(self.rows), axis))
            index += 1
            return self._draws[index - 1][part]

        return draw
