"""A linear-chain conditional random field: tags that are chosen together."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.cells.cell import Cell
from rnn_templates.layers.rnn import bucketing
from rnn_templates.layers.rnn.implementation import choose_implementation, run_loop
from rnn_templates.layers.rnn.step import StepMasks

FORBIDDEN = -1e4  # a log-potential below all others, and yet a number that can be added up without becoming infinite


@keras.saving.register_keras_serializable(package="rnn_templates")
class LinearChainCRF(keras.layers.Layer):
    """Scores whole tag sequences: each tag by its word's score, and each pair of neighbours by a transition.

        score(x, y) = sum_t s_t[y_t] + A[begin, y_1] + sum_t A[y_{t-1}, y_t] + A[y_T, end]
        p(y | x) = exp(score(x, y)) / Z,   Z = sum over all y' of exp(score(x, y'))

    Everything is computed in the log domain and in float32. In a network the layer hands the scores s on unchanged;
    `log_likelihood` trains it, `decode` and `marginals` answer.

    Args:
        num_tags: how many tags there are, K.
        allowed: None, or (K, K) bool: whether tag j may follow tag i.
        first, last: None, or (K,) bool: whether a sentence may begin, or end, with a tag.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Weights:
        transitions A: (K + 2, K + 2); rows are the tag before, columns the tag after, the last two begin and end.

    Call arguments:
        scores: (batch, time, K) float.

    Returns:
        The scores.

    Raises:
        ValueError: if a constraint has a wrong shape, or leaves no sentence possible.

    Source:
        Lafferty, McCallum and Pereira, Conditional random fields, ICML 2001;
        Lample et al., Neural architectures for named entity recognition, arXiv:1603.01360.

    Example:
        >>> crf = LinearChainCRF(3)
        >>> scores = crf(keras.ops.ones((1, 4, 3)))
        >>> crf.decode(scores).shape
        TensorShape([1, 4])
    """

    def __init__(self, num_tags, *, allowed=None, first=None, last=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.num_tags = num_tags
        self.allowed = _constraint("allowed", allowed, (num_tags, num_tags))
        self.first = _constraint("first", first, (num_tags,))
        self.last = _constraint("last", last, (num_tags,))
        self.chain = Chain(num_tags + 2, possible=self._possible().tolist(), dtype="float32", name="chain")

    def _possible(self):
        """Which of all pairs of states, begin and end included, may follow each other."""
        tags = self.num_tags
        possible = np.zeros((tags + 2, tags + 2), bool)
        possible[:tags, :tags] = True if self.allowed is None else self.allowed
        possible[tags, :tags] = True if self.first is None else self.first
        possible[:tags, tags + 1] = True if self.last is None else self.last
        ways = np.linalg.matrix_power(possible | np.eye(tags + 2, dtype=bool), tags + 2)  # of any number of steps
        if not ways[tags, tags + 1]:
            raise ValueError("LinearChainCRF: the constraints leave no sentence possible, from its begin to its end.")
        return possible

    def build(self, scores_shape):
        if scores_shape[-1] != self.num_tags:
            raise ValueError(f"LinearChainCRF: {scores_shape[-1]} scores a word for {self.num_tags} tags.")
        if not self.chain.built:
            self.chain.build((None, self.num_tags + 2))

    def call(self, scores):
        return scores

    def log_likelihood(self, scores, tags, mask=None):
        """Returns log p(tags | scores) of each sentence.

        Args:
            scores: (batch, time, K) float.
            tags: (batch, time) int; what stands at padding is not read.
            mask: None, or (batch, time) bool, true for a sentence's words and false for the padding on their right.

        Returns:
            (batch,) float32, at most 0; 0 for a sentence without a word.
        """
        mask = _mask(scores, mask)
        valid = tf.cast(mask, tf.float32)
        tags = tf.where(mask, tf.cast(tags, tf.int32), 0)
        of_words = tf.gather(tf.cast(scores, tf.float32), tags, batch_dims=2) * valid
        states, (begin, end) = self.num_tags + 2, (self.num_tags, self.num_tags + 1)
        before = tf.pad(tags[:, :-1], ((0, 0), (1, 0)), constant_values=begin)
        potentials = tf.reshape(self.chain.potentials(), [-1])
        of_pairs = tf.gather(potentials, before * states + tags) * valid
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        final = tf.gather(tags, tf.maximum(lengths - 1, 0), batch_dims=1)
        of_end = tf.gather(potentials, final * states + end)
        score = tf.reduce_sum(of_words + of_pairs, axis=1) + of_end
        return tf.where(lengths > 0, score - self.log_partition(scores, mask), 0.0)

    def log_partition(self, scores, mask=None):
        """Returns log Z of each sentence, (batch,) float32, by the forward algorithm; arguments as `log_likelihood`."""
        form, _ = choose_implementation("auto", "float32", scores.shape[1])
        _, last = self._walk(self.chain, form, scores, _mask(scores, mask), sequences=False)
        return self._finish(last)

    def _finish(self, forward):
        """From the forward scores of the last words (batch, K + 2) to log Z."""
        return tf.reduce_logsumexp(forward + self.chain.potentials()[:, -1], axis=-1)

    def decode(self, scores, mask=None):
        """Returns the most probable tags of each sentence, (batch, time) int32, by the Viterbi algorithm; 0 at padding.

        Args:
            scores, mask: as for `log_likelihood`.
        """
        form, _ = choose_implementation("while_loop", "float32", scores.shape[1])
        mask = _mask(scores, mask)
        best, _ = self._walk(_Best(self.chain), form, scores, mask)
        ends = _mostly(self.num_tags + 2, self.num_tags + 1, best[0], 1.0, 0.0)
        way, _ = _run(_Back(self.chain), form, best[::-1], ends, mask[:, ::-1])
        tags = tf.transpose(tf.argmax(way[::-1], axis=-1, output_type=tf.int32))
        return tf.where(mask, tags, 0)

    def marginals(self, scores, mask=None):
        """Returns p(y_t = k | x) of each word and tag, (batch, time, K) float32, by the forward-backward algorithm.

        Args:
            scores, mask: as for `log_likelihood`; at padding the answer has no meaning.
        """
        form, _ = choose_implementation("while_loop", "float32", scores.shape[1])
        mask = _mask(scores, mask)
        forward, _ = self._walk(self.chain, form, scores, mask)
        backward, _ = self._walk(_Backward(self.chain), form, scores[:, ::-1], mask[:, ::-1])
        both = forward + backward[::-1] - _with_boundaries(scores)  # the word's own score is in both
        # log Z is the sum over the tags of any word; that of the word itself has the same rounding errors
        return tf.transpose(tf.nn.softmax(both[..., : self.num_tags]), (1, 0, 2))

    def _walk(self, cell, form, scores, mask, sequences=True):
        """Runs one of the algorithms over the words; a sentence begins in the state `begin`, or backwards in `end`."""
        inputs = _with_boundaries(scores)
        begin = self.num_tags + 1 if isinstance(cell, _Backward) else self.num_tags
        states = _mostly(self.num_tags + 2, begin, inputs[0], 0.0, FORBIDDEN)
        return _run(cell, form, inputs, states, mask, sequences)

    def compute_mask(self, scores, mask=None):
        return mask

    def compute_output_shape(self, scores_shape):
        return scores_shape

    def get_config(self):
        constraints = {"allowed": self.allowed, "first": self.first, "last": self.last}
        return {**super().get_config(), "num_tags": self.num_tags, **constraints}


@keras.saving.register_keras_serializable(package="rnn_templates")
class Chain(Cell):
    """The forward algorithm as a recurrence: a_t[j] = s_t[j] + log sum_i exp(a_{t-1}[i] + A[i, j]).

    A cell like any other, so that it is compiled, differentiated and put on a device as any other.
    """

    def __init__(self, units, possible, **kwargs):
        super().__init__(units, **kwargs)
        self.possible = possible

    def build(self, input_shape):
        shape = (self.units, self.units)
        self.transitions = self.add_weight(shape=shape, initializer="zeros", name="transitions")

    def potentials(self):
        """The transitions, with what is not possible put out of reach."""
        penalty = np.where(self.possible, 0, FORBIDDEN).astype(np.float32)
        return tf.convert_to_tensor(self.transitions) * np.float32(self.possible) + penalty

    def project_inputs(self, x):
        return x

    def project_state(self, h):
        return None

    def step(self, zx, zh, states):
        a = zx + tf.reduce_logsumexp(states[0][:, :, None] + self.potentials(), axis=1)
        return a, (a,)

    def get_config(self):
        return {**super().get_config(), "possible": self.possible}


class _Walk:
    """A recurrence that reads the chain's transitions, for answers, which need no gradient."""

    def __init__(self, chain):
        self.units = chain.units
        self.potentials = chain.potentials()

    def project_state(self, h):
        return None


class _Backward(_Walk):
    """The forward algorithm from the end: the same sums with A transposed."""

    def step(self, zx, zh, states):
        b = zx + tf.reduce_logsumexp(states[0][:, :, None] + tf.transpose(self.potentials), axis=1)
        return b, (b,)


class _Best(_Walk):
    """Viterbi's way forward: the score of the best sequence that ends in each tag."""

    def step(self, zx, zh, states):
        d = zx + tf.reduce_max(states[0][:, :, None] + self.potentials, axis=1)
        return d, (d,)


class _Back(_Walk):
    """Viterbi's way back: from the tag after (one-hot) to the tag that led to it best."""

    def step(self, zx, zh, states):
        scores = zx + tf.matmul(states[0], self.potentials, transpose_b=True)
        tag = tf.one_hot(tf.argmax(scores, axis=-1, output_type=tf.int32), self.units)
        return tag, (tag,)


def _run(cell, form, inputs, states, mask, sequences=True):
    """One recurrence over time-major inputs; the outputs of all steps, and the last one."""
    mask = tf.transpose(mask)[:, :, None]
    steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
    if form == "xla":
        inputs, (states,), mask = bucketing.pad_to_bucket(inputs, [states], mask, pad_batch=True)
    outputs, (last,) = run_loop(
        form, cell, inputs, (states,), StepMasks(mask), sequences=sequences, training=form == "xla"
    )
    if form == "xla":
        outputs, (last,), _ = bucketing.crop_to_length(outputs, [last], [], steps, batch, reversed_time=False)
    return outputs, last


def _with_boundaries(scores):
    """Time-major scores (time, batch, K + 2): no word is tagged as begin or end."""
    scores = tf.transpose(tf.cast(scores, tf.float32), (1, 0, 2))
    return tf.pad(scores, ((0, 0), (0, 0), (0, 2)), constant_values=FORBIDDEN)


def _mostly(size, place, like, there, elsewhere):
    """Rows (batch, size) with one value at a place, and another everywhere else."""
    row = np.full((1, size), elsewhere, np.float32)
    row[0, place] = there
    return tf.zeros_like(like) + row


def _mask(scores, mask):
    return tf.ones(tf.shape(scores)[:2], tf.bool) if mask is None else tf.cast(mask, tf.bool)


def _constraint(name, value, shape):
    if value is None:
        return None
    value = np.asarray(value, bool)
    if value.shape != shape:
        raise ValueError(f"LinearChainCRF: `{name}` has shape {value.shape}, wanted {shape}.")
    return value.tolist()
