"""Anomaly scores of a stream: tail probabilities, smoothing and threshold."""

import keras
import numpy as np
import tensorflow as tf

MAX_SURPRISE = 30.0  # decades: a tail probability of 1e-30
FIRST_LIMIT = 10.0
DISTRIBUTIONS = ("laplace", "gaussian")
SCORERS = ("tail", "adaptive", "record")
MAX_SMOOTHED = 2.0  # decades of one sample in the average, so that a spike alone does not raise it for long
WARM_UP = 30.0  # samples before the statistics of "adaptive" and the ranges of "record" are used
MIN_DEVIATION = 0.1  # decades, of the long-term score
MIN_RANGE, MAX_RECORD = 0.01, 2.0  # of "record": standard deviations, and ranges
DECADE = float(np.log(10.0))
# Press et al., Numerical Recipes, section 6.2: log erfc(x) = log t - x^2 + polynomial(t), t = 1 / (1 + x / 2)
ERFC = (0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
        -1.26551223)  # fmt: skip


@keras.saving.register_keras_serializable(package="rnn_templates")
class AnomalyScorer(keras.layers.Layer):
    """Scores of standardized errors, of one sample and smoothed, relative to their limits.

        s_t = -log10 P(|e| >= |x_t - location_t| / scale_t), at most 30
        m_t = m_{t-1} + a (min(s_t, 2) - m_{t-1}),   a = max(1 - 2^(-1 / smoothing), 1 / t)
        score_t = max(s_t / limit_0, r_t / limit_1)
        "tail":      r_t = m_t
        "adaptive":  r_t = -log10 Q((m_t - mean_{t-1}) / deviation_{t-1})
        "record":    score_t = max(p(x), p(level) / 2, p(error) / 2) / limit_1

    A score above 1 is an alarm. e has a Laplace or a Gaussian distribution. A single large error raises s, many
    moderate ones raise r. Q is the upper tail of the standard Gaussian; mean and deviation of m are exponential
    averages of about `memory` samples: the likelihood of NAB with averages for windows, in constant time and memory.
    p of a quantity is the distance of its value at t from the range of all before, in units of that range; level and
    error are the averages of x and of |x - location| with the half-life `smoothing`. A record is new to the stream,
    whatever the training was, and ends when it is exceeded no more.

    Args:
        distribution: "laplace" or "gaussian".
        scorer: "tail", "adaptive" or "record".
        smoothing: float of at least 0; half-life of the average m, in samples; 0 for none.
        memory: positive int; samples of the long-term statistics of "adaptive".
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        values: (batch, time) float.
        outputs: (batch, time, 2) float; location and log-scale.

    Returns:
        (batch, time, 3) float: location, log-scale, and s in decades: 3 is a tail probability of 0.001. `scores` of s
        are the scores.

    Weights:
        limits (2,), not trainable; of s and r, at first 10.

    Source:
        Ahmad et al., Unsupervised real-time anomaly detection for streaming data, Neurocomputing 262, 2017.

    Example:
        >>> from rnn_templates.layers.anomaly_scorer import AnomalyScorer
        >>> scorer = AnomalyScorer(smoothing=0)
        >>> outputs = tf.zeros((1, 3, 2))  # location 0, scale 1
        >>> np.round(scorer(tf.constant([[0.0, 0.0, np.log(1000.0)]]), outputs)[0, :, 2], 3).tolist()
        [0.0, 0.0, 3.0]
    """

    def __init__(self, distribution="laplace", scorer="tail", smoothing=6.0, memory=1000, **kwargs):
        super().__init__(**kwargs)
        for name, value, known in (("distribution", distribution, DISTRIBUTIONS), ("scorer", scorer, SCORERS)):
            if value not in known:
                raise ValueError(f"AnomalyScorer: `{name}` must be one of {', '.join(known)}; received {value!r}.")
        self.distribution, self.scorer, self.smoothing, self.memory = distribution, scorer, smoothing, memory

    def build(self, values_shape=None, outputs_shape=None):
        start = keras.initializers.Constant(FIRST_LIMIT)
        self.limits = self.add_weight(shape=(2,), initializer=start, trainable=False, name="limits")
        self.built = True

    def surprise(self, values, outputs):
        """Returns -log10 of the tail probability of the errors, in [0, 30]; shape of `values`."""
        error = tf.abs(values - outputs[..., 0]) / tf.exp(outputs[..., 1])
        tail = error / DECADE if self.distribution == "laplace" else _gaussian_tail(error, two_sided=True)
        return tf.minimum(tail, MAX_SURPRISE)

    def call(self, values, outputs):
        return tf.concat([outputs, self.surprise(values, outputs)[:, :, None]], axis=-1)

    def scores(self, values, outputs):
        """Returns the scores (batch, time), by `step` from the zero state.

        Args:
            values: (batch, time) float.
            outputs: (batch, time, 3) float, from a call.

        Example:
            >>> from rnn_templates.layers.anomaly_scorer import AnomalyScorer
            >>> scorer, values = AnomalyScorer(smoothing=1.0), tf.constant([[0.0, 2.3, 11.5]])
            >>> [f"{score:.2f}" for score in scorer.scores(values, scorer(values, tf.zeros((1, 3, 2))))[0]]
            ['0.00', '0.10', '0.50']
        """
        inputs = tf.transpose(tf.concat([values[:, :, None], outputs], axis=-1), (1, 0, 2))
        zeros = tf.zeros_like(inputs[0, :, :1])

        def one(before, now):
            score, state = self.step(now[:, :1], now[:, 1:], before[1:])
            return [score, *state]

        found = tf.scan(one, inputs, [zeros] * (1 + self.num_states))
        return tf.transpose(found[0][:, :, 0])

    def step(self, value, outputs, state):
        """Returns the score of the next sample, and the state after it.

        Args:
            value: (batch, 1) float.
            outputs: (batch, 3) float; location, log-scale and s.
            state: list of `num_states` tensors (batch, 1); at the beginning zeros.

        Example:
            >>> from rnn_templates.layers.anomaly_scorer import AnomalyScorer
            >>> scorer = AnomalyScorer(smoothing=1.0)
            >>> scorer.build()
            >>> score, state = scorer.step(tf.ones((1, 1)), tf.ones((1, 3)), [tf.ones((1, 1)), tf.zeros((1, 1))])
            >>> round(score.numpy().item(), 3), len(state)
            (0.1, 2)
        """
        count, *rest = state
        rate = 1.0 - 2.0 ** (-1.0 / self.smoothing) if self.smoothing else 1.0
        rate = tf.maximum(rate, 1.0 / (count + 1.0))
        if self.scorer == "record":
            record, rest = _records(value, tf.abs(value - outputs[:, :1]), rate, count, rest)
            return record / self.limits[1], [count + 1.0, *rest]
        surprise = tf.where(count > 0.0, outputs[:, 2:], 0.0)  # the first value has no value before it
        smoothed, *statistics = rest
        smoothed = smoothed + rate * (tf.minimum(surprise, MAX_SMOOTHED) - smoothed)
        lasting = smoothed
        if self.scorer == "adaptive":
            lasting, statistics = self._adaptive(smoothed, count, statistics)
        score = tf.maximum(surprise / self.limits[0], lasting / self.limits[1])
        return score, [count + 1.0, smoothed, *statistics]

    def _adaptive(self, smoothed, count, statistics):
        """-log10 of the tail probability of m among the samples before, and their mean and variance after it."""
        mean, variance = statistics
        difference = smoothed - mean
        tail = _gaussian_tail(tf.maximum(difference / tf.sqrt(variance + MIN_DEVIATION**2), 0.0))
        tail = tf.where((count >= WARM_UP) & (difference > 0.0), tf.minimum(tail, MAX_SURPRISE), 0.0)
        rate = tf.maximum(1.0 / self.memory, 1.0 / (count + 1.0))
        return tail, [mean + rate * difference, (1.0 - rate) * (variance + rate * tf.square(difference))]

    @property
    def num_states(self):
        """Number of states (batch, 1) of a stream, an int."""
        return {"tail": 2, "adaptive": 4, "record": 9}[self.scorer]

    def compute_output_shape(self, values_shape, outputs_shape=None):
        return (*values_shape, 3)

    def get_config(self):
        names = ("distribution", "scorer", "smoothing", "memory")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _records(value, error, rate, count, state):
    """The largest excess over the ranges so far, and the averages of value and error, and the ranges, after it."""
    level, mean_error, *ranges = state
    level, mean_error = level + rate * (value - level), mean_error + rate * (error - mean_error)
    record, after = tf.zeros_like(value), [level, mean_error]
    for quantity, weight, low, high in zip(
        (value, level, mean_error), (1.0, 0.5, 0.5), ranges[::2], ranges[1::2], strict=True
    ):
        low, high = (tf.where(count > 0.0, bound, quantity) for bound in (low, high))
        excess = tf.maximum(tf.maximum(quantity - high, low - quantity), 0.0) / tf.maximum(high - low, MIN_RANGE)
        record = tf.maximum(record, weight * tf.minimum(excess, MAX_RECORD))
        after += [tf.minimum(low, quantity), tf.maximum(high, quantity)]
    return tf.where(count >= WARM_UP, record, 0.0), after


def _gaussian_tail(z, two_sided=False):
    """-log10 of the probability that a standard Gaussian is above z >= 0, or its absolute value."""
    x = z / float(np.sqrt(2.0))
    t = 1.0 / (1.0 + 0.5 * x)
    polynomial = ERFC[0]
    for coefficient in ERFC[1:]:
        polynomial = polynomial * t + coefficient
    log_erfc = tf.math.log(t) - x * x + polynomial
    return -(log_erfc - (0.0 if two_sided else float(np.log(2.0)))) / DECADE
