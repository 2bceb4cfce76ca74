"""Linear-chain CRF layer."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.layers.crf_cells import NEG_INF, BacktraceCell, BackwardCell, CRFForwardCell, ViterbiCell
from rnn_templates.layers.rnn import bucketing
from rnn_templates.layers.rnn.implementation import choose_implementation, run_loop
from rnn_templates.layers.rnn.step import StepMasks


@keras.saving.register_keras_serializable(package="rnn_templates")
class LinearChainCRF(keras.layers.Layer):
    """Linear-chain conditional random field over tag sequences.

        score(x, y) = sum_t s_t[y_t] + A[begin, y_1] + sum_t A[y_{t-1}, y_t] + A[y_T, end]
        p(y | x) = exp(score(x, y)) / Z,   Z = sum over all y' of exp(score(x, y'))

    All computations are in the log domain and in float32. In a network the layer returns the scores s unchanged; train
    with `log_likelihood`, predict with `decode` and `marginals`.

    Args:
        num_tags: int; number of tags, K.
        allowed_transitions: None or (K, K) bool; whether tag j may follow tag i; None allows all.
        allowed_starts: None or (K,) bool; whether a sentence may begin with a tag; None allows all.
        allowed_ends: None or (K,) bool; whether a sentence may end with a tag; None allows all.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Weights:
        transitions A: (K + 2, K + 2); rows are the previous tag, columns the next one; the last two are begin and end.

    Call arguments:
        scores: (batch, time, K) float.

    Returns:
        `scores`.

    Raises:
        ValueError: if a constraint has a wrong shape, or all sequences are forbidden.

    Source:
        Lafferty, McCallum and Pereira, Conditional random fields, ICML 2001;
        Lample et al., Neural architectures for named entity recognition, arXiv:1603.01360.

    Example:
        >>> crf = rt.LinearChainCRF(3, allowed_starts=[True, False, True])
        >>> scores = crf(np.zeros((1, 2, 3), "float32"))
        >>> crf.decode(scores).shape
        TensorShape([1, 2])
        >>> crf.marginals(scores).numpy().round(2).tolist()[0][0]
        [0.5, 0.0, 0.5]
    """

    def __init__(self, num_tags, *, allowed_transitions=None, allowed_starts=None, allowed_ends=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.num_tags = num_tags
        self.allowed_transitions = _constraint("allowed_transitions", allowed_transitions, (num_tags, num_tags))
        self.allowed_starts = _constraint("allowed_starts", allowed_starts, (num_tags,))
        self.allowed_ends = _constraint("allowed_ends", allowed_ends, (num_tags,))
        self.chain = CRFForwardCell(num_tags + 2, self._allowed().tolist(), dtype="float32", name="forward_cell")

    def _allowed(self):
        """Which pairs of states, begin and end included, may follow each other."""
        tags = self.num_tags
        allowed = np.zeros((tags + 2, tags + 2), bool)
        allowed[:tags, :tags] = True if self.allowed_transitions is None else self.allowed_transitions
        allowed[tags, :tags] = True if self.allowed_starts is None else self.allowed_starts
        allowed[:tags, tags + 1] = True if self.allowed_ends is None else self.allowed_ends
        reachable = np.linalg.matrix_power(allowed | np.eye(tags + 2, dtype=bool), tags + 2)  # in any number of steps
        if not reachable[tags, tags + 1]:
            raise ValueError(
                "LinearChainCRF: `allowed_transitions`, `allowed_starts` and `allowed_ends` must allow at least one "
                "sequence; received constraints that forbid all."
            )
        return allowed

    def build(self, scores_shape):
        if scores_shape[-1] != self.num_tags:
            raise ValueError(
                f"LinearChainCRF: `scores` must have {self.num_tags} values per token; received {scores_shape[-1]}."
            )
        if not self.chain.built:
            self.chain.build((None, self.num_tags + 2))

    def call(self, scores):
        return scores

    def log_likelihood(self, scores, tags, mask=None):
        """Returns log p(tags | scores) of each sentence.

        Args:
            scores: (batch, time, K) float.
            tags: (batch, time) int; values at padding are ignored.
            mask: None or (batch, time) bool, true at the tokens of a sentence, false at right padding.

        Returns:
            (batch,) float32, at most 0; 0 for a sentence without tokens.

        Example:
            >>> crf = rt.LinearChainCRF(4)
            >>> scores = crf(np.zeros((1, 2, 4), "float32"))
            >>> crf.log_likelihood(scores, [[1, 3]]).numpy().round(3)  # 16 sequences of equal probability
            array([-2.773], dtype=float32)
        """
        mask = _mask(scores, mask)
        valid = tf.cast(mask, tf.float32)
        tags = tf.where(mask, tf.cast(tags, tf.int32), 0)
        tag_scores = tf.gather(tf.cast(scores, tf.float32), tags, batch_dims=2) * valid
        num_states, (begin, end) = self.num_tags + 2, (self.num_tags, self.num_tags + 1)
        previous = tf.pad(tags[:, :-1], ((0, 0), (1, 0)), constant_values=begin)
        potentials = tf.reshape(self.chain.potentials(), [-1])
        transition_scores = tf.gather(potentials, previous * num_states + tags) * valid
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
        last_tag = tf.gather(tags, tf.maximum(lengths - 1, 0), batch_dims=1)
        end_score = tf.gather(potentials, last_tag * num_states + end)
        score = tf.reduce_sum(tag_scores + transition_scores, axis=1) + end_score
        return tf.where(lengths > 0, score - self.log_partition(scores, mask), 0.0)

    def log_partition(self, scores, mask=None):
        """Returns log Z of each sentence (forward algorithm).

        Args:
            scores, mask: see `log_likelihood`.

        Returns:
            (batch,) float32.

        Example:
            >>> crf = rt.LinearChainCRF(4)
            >>> tf.exp(crf.log_partition(crf(np.zeros((1, 2, 4), "float32")))).numpy().round(2)
            array([16.], dtype=float32)
        """
        implementation, _ = choose_implementation("auto", "float32", scores.shape[1], [self.chain])
        _, last = self._scan(self.chain, implementation, scores, _mask(scores, mask), return_sequences=False)
        return self._log_partition(last)

    def _log_partition(self, forward):
        """Log Z from the forward scores of the last token, (batch, K + 2)."""
        return tf.reduce_logsumexp(forward + self.chain.potentials()[:, -1], axis=-1)

    def decode(self, scores, mask=None):
        """Returns the most probable tag sequence of each sentence (Viterbi algorithm).

        Args:
            scores, mask: see `log_likelihood`.

        Returns:
            (batch, time) int32, 0 at padding.

        Example:
            >>> crf = rt.LinearChainCRF(2)
            >>> crf.decode(crf(np.array([[[1, 0], [0, 1]]], "float32"))).numpy().tolist()
            [[0, 1]]
        """
        implementation, _ = choose_implementation("while_loop", "float32", scores.shape[1])
        mask = _mask(scores, mask)
        best, _ = self._scan(ViterbiCell(self.chain), implementation, scores, mask)
        end = _one_hot_row(self.num_tags + 2, self.num_tags + 1, best[0], 1.0, 0.0)
        path, _ = _run_cell(BacktraceCell(self.chain), implementation, best[::-1], end, mask[:, ::-1])
        tags = tf.transpose(tf.argmax(path[::-1], axis=-1, output_type=tf.int32))
        return tf.where(mask, tags, 0)

    def marginals(self, scores, mask=None):
        """Returns the probability of each tag at each token (forward-backward algorithm).

        Args:
            scores, mask: see `log_likelihood`.

        Returns:
            (batch, time, K) float32, p(y_t = k | x); values at padding are undefined.

        Example:
            >>> crf = rt.LinearChainCRF(2)
            >>> crf.marginals(crf(np.zeros((1, 2, 2), "float32"))).numpy().tolist()
            [[[0.5, 0.5], [0.5, 0.5]]]
        """
        implementation, _ = choose_implementation("while_loop", "float32", scores.shape[1])
        mask = _mask(scores, mask)
        forward, _ = self._scan(self.chain, implementation, scores, mask)
        backward, _ = self._scan(BackwardCell(self.chain), implementation, scores[:, ::-1], mask[:, ::-1])
        log_marginals = forward + backward[::-1] - _pad_boundary_states(scores)  # both include the token's own score
        # log Z is the sum over the tags of any token; that of the same token has the same rounding errors.
        return tf.transpose(tf.nn.softmax(log_marginals[..., : self.num_tags]), (1, 0, 2))

    def _scan(self, cell, implementation, scores, mask, return_sequences=True):
        """Runs a cell from the state begin, or backward from the state end."""
        inputs = _pad_boundary_states(scores)
        start = self.num_tags + 1 if isinstance(cell, BackwardCell) else self.num_tags
        states = _one_hot_row(self.num_tags + 2, start, inputs[0], 0.0, NEG_INF)
        return _run_cell(cell, implementation, inputs, states, mask, return_sequences)

    def compute_mask(self, scores, mask=None):
        return mask

    def compute_output_shape(self, scores_shape):
        return scores_shape

    def get_config(self):
        return {
            **super().get_config(),
            "num_tags": self.num_tags,
            "allowed_transitions": self.allowed_transitions,
            "allowed_starts": self.allowed_starts,
            "allowed_ends": self.allowed_ends,
        }


def _run_cell(cell, implementation, inputs, states, mask, return_sequences=True):
    """Outputs of all steps, and the last one, over time-major inputs."""
    mask = tf.transpose(mask)[:, :, None]
    steps, batch = tf.shape(inputs)[0], tf.shape(inputs)[1]
    compiled = implementation == "xla"
    if compiled:
        inputs, (states,), mask = bucketing.pad_to_bucket(inputs, [states], mask, pad_batch=True)
    outputs, (last,) = run_loop(
        implementation, cell, inputs, (states,), StepMasks(mask), return_sequences=return_sequences, training=compiled
    )
    if compiled:
        outputs, (last,), _ = bucketing.crop_to_length(outputs, [last], [], steps, batch, reversed_time=False)
    return outputs, last


def _pad_boundary_states(scores):
    """Time-major scores (time, batch, K + 2), NEG_INF for begin and end."""
    scores = tf.transpose(tf.cast(scores, tf.float32), (1, 0, 2))
    return tf.pad(scores, ((0, 0), (0, 0), (0, 2)), constant_values=NEG_INF)


def _one_hot_row(size, index, like, on_value, off_value):
    """Rows (batch, size): `on_value` at an index, `off_value` elsewhere."""
    row = np.full((1, size), off_value, np.float32)
    row[0, index] = on_value
    return tf.zeros_like(like) + row


def _mask(scores, mask):
    return tf.ones(tf.shape(scores)[:2], tf.bool) if mask is None else tf.cast(mask, tf.bool)


def _constraint(name, value, shape):
    if value is None:
        return None
    value = np.asarray(value, bool)
    if value.shape != shape:
        raise ValueError(f"LinearChainCRF: `{name}` must have shape {shape}; received {value.shape}.")
    return value.tolist()
