"""Parallel chains of tokens for stateful training with truncated backpropagation through time."""

import math

import numpy as np
import tensorflow as tf


class TokenChains:
    """Texts as one stream of tokens, cut into parallel chains and these into windows.

    Row i of a batch continues row i of the batch before, so that a model that carries its states over reads every chain
    from its beginning to its end; in the first batch of an epoch `first` is true, and the states are zero. The target
    of a token is the token after it. With `shuffle`, every epoch has its own order of the texts and its own first
    token, which depend on `seed` and the number of the epoch only; the stream is a circle, so that no token is lost.

    A stream of fewer than `batch_size * window_length` tokens has fewer chains.

    Args:
        texts: list of int32 arrays (time,), the ids of each text with its end token; none is empty.
        weights: float array (texts,), weight of the tokens of each text in the loss; None for 1.
        batch_size: positive int; maximum number of chains.
        window_length: positive int; maximum number of time steps in a batch.
        shuffle: bool.
        seed: non-negative int.

    Attributes:
        features, targets, weights, size: the stream of the texts in their order, for `fingerprint`; number of texts.

    Raises:
        ValueError: if there are fewer than two tokens.

    Example:
        >>> from rnn_templates.data.token_chains import TokenChains
        >>> chains = TokenChains([np.array([3, 4, 5, 6, 7, 8, 9, 2])], batch_size=2, window_length=2)
        >>> [(inputs["ids"].tolist(), targets.tolist()) for inputs, targets, _ in chains.windows(0)]
        [([[2, 3], [6, 7]], [[3, 4], [7, 8]]), ([[4, 5], [8, 9]], [[5, 6], [9, 2]])]
    """

    def __init__(self, texts, weights=None, *, batch_size=32, window_length=128, shuffle=False, seed=0):
        self.texts = [np.asarray(text, np.int32) for text in texts]
        self.features = np.concatenate(self.texts) if self.texts else np.zeros(0, np.int32)
        if len(self.features) < 2:
            raise ValueError(
                f"TokenChains: `texts` must have two or more tokens, the end of a text included; received "
                f"{len(self.features)}."
            )
        self.targets, self.size = self.features, len(self.texts)
        self.weights = None if weights is None else np.asarray(weights, np.float32)
        self.shuffle, self.seed = shuffle, seed
        self.num_chains = max(1, min(batch_size, len(self.features) // window_length))
        self.chain_length = math.ceil(len(self.features) / self.num_chains)
        self.num_windows = math.ceil(self.chain_length / window_length)
        self.window_length = math.ceil(self.chain_length / self.num_windows)

    def __len__(self):
        return self.num_windows

    def _stream(self, epoch):
        """The tokens of an epoch, the token before the first one, and the weights of the tokens."""
        order, offset = np.arange(self.size), 0
        if self.shuffle:
            generator = np.random.default_rng([self.seed, epoch])
            order, offset = generator.permutation(self.size), generator.integers(len(self.features))
        tokens = np.roll(np.concatenate([self.texts[i] for i in order]), -offset)
        if self.weights is None:
            return tokens, np.ones(len(tokens), np.float32)
        lengths = [len(self.texts[i]) for i in order]
        return tokens, np.roll(np.repeat(self.weights[order], lengths), -offset)

    def windows(self, epoch):
        """Yields the batches of an epoch: a dict of "ids" (chains, steps) and "first" (chains,), targets, weights."""
        targets, weights = self._stream(epoch)
        inputs = np.concatenate([targets[-1:], targets[:-1]])
        shape = self.num_chains, self.num_windows * self.window_length
        padded = []
        for values in (inputs, targets, weights):
            rows = np.zeros(self.num_chains * self.chain_length, values.dtype)
            rows[: len(values)] = values
            grid = np.zeros(shape, values.dtype)
            grid[:, : self.chain_length] = rows.reshape(self.num_chains, self.chain_length)
            padded.append(grid)
        for number in range(self.num_windows):
            steps = slice(number * self.window_length, (number + 1) * self.window_length)
            ids, target, weight = (grid[:, steps] for grid in padded)
            yield {"ids": ids, "first": np.full(self.num_chains, number == 0)}, target, weight

    def spec(self):
        """Returns the `tf.TensorSpec`s of a batch, of static shapes."""
        shape = self.num_chains, self.window_length
        inputs = {"ids": tf.TensorSpec(shape, tf.int32), "first": tf.TensorSpec(shape[:1], tf.bool)}
        return inputs, tf.TensorSpec(shape, tf.int32), tf.TensorSpec(shape, tf.float32)

    def dataset(self, first_epoch=0):
        """Returns a `tf.data.Dataset` of the batches; each iteration over it yields the next epoch."""
        epoch = first_epoch - 1

        def one_epoch():
            nonlocal epoch
            epoch += 1
            yield from self.windows(epoch)

        dataset = tf.data.Dataset.from_generator(one_epoch, output_signature=self.spec())
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2)
