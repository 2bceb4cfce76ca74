"""Distribution of the next value of a series, one step ahead."""

import keras
import tensorflow as tf

from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.utils.validation import check_ints

LINEAR_RANGE = 4.0  # of the inputs, in standard deviations
MIN_LOG_SCALE, MAX_LOG_SCALE = -5.0, 3.0


@keras.saving.register_keras_serializable(package="rnn_templates")
class NextValue(keras.layers.Layer):
    """Location and log-scale of each value of a series, from the values before it.

        u_t      = [f(x_{t-1}), f(x_{t-1} - x_{t-2}), f(season_t), series, covariates_t],   f(a) = a / (1 + |a| / 4)
        season_t = x_{t-period} - x_{t-1}, zero before a value is known
        a, b, c  = W cell(u_t) + bias
        location = x_{t-1} + a + sigmoid(c) season_t,   log_scale = b, at least -5 and at most 3

    The location is relative to the value before, so that a shift of the level is one error and not many. A value
    depends on no later one; `step` computes the same, value by value, in time that does not depend on the length.

    Args:
        cells: list of `rnn_templates.cells.cell.Cell`, from the bottom up.
        period: positive int; steps of the season; 1 for none.
        dropout: float in [0, 1); probability of dropping an output of the topmost cell in training.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        values: (batch, time) float; standardized.
        series: (batch, features) float; vector of the series.
        covariates: None, or (batch, time, covariates) float; of the step that is predicted.

    Returns:
        (batch, time, 2) float: location and log-scale. The first location is the first value.

    Example:
        >>> from rnn_templates.layers.next_value import NextValue
        >>> NextValue([rt.GRUCell(8)], period=4)(tf.ones((2, 9)), tf.ones((2, 3))).shape
        TensorShape([2, 9, 2])
    """

    def __init__(self, cells, period=1, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_ints("NextValue", period=period)
        self.cells, self.period = list(cells), period
        self.dropout_rate = dropout
        self.recurrent = Recurrent(self.cells, return_sequences=True, name="recurrent")
        self.dropout = keras.layers.Dropout(dropout)
        self.head = keras.layers.Dense(2 + (period > 1), name="head")

    def build(self, values_shape, series_shape, covariates_shape=None):
        features = 2 + (self.period > 1) + series_shape[-1] + (covariates_shape[-1] if covariates_shape else 0)
        self.recurrent.build((None, None, features))
        self.head.build((None, None, self.cells[-1].state_sizes[0]))

    def call(self, values, series, covariates=None, training=False):
        last = tf.concat([values[:, :1], values[:, :-1]], axis=1)
        before = tf.concat([last[:, :1], last[:, :-1]], axis=1)
        parts, season = [last, last - before], None
        time = values.shape[1] or tf.shape(values)[1]
        if self.period > 1:
            lagged = tf.pad(values, [[0, 0], [self.period, 0]])[:, :time]
            season = tf.where(tf.range(time)[None] >= self.period, lagged - last, 0.0)
            parts.append(season)
        inputs = [_squash(tf.stack(parts, axis=-1)), tf.repeat(series[:, None], time, axis=1)]
        inputs += [] if covariates is None else [covariates]
        hidden = self.dropout(self.recurrent(tf.concat(inputs, axis=-1)), training=training)
        return self._outputs(hidden, last, season)

    def step(self, value, series, state, covariates=None):
        """Returns the distribution of the next value of a stream, the value, and the state after it.

        Args:
            value: (batch, 1) float, standardized; where it is NaN the location replaces it.
            series: (batch, features) float.
            state: list of (batch, size) floats with the sizes `state_sizes`; at the beginning zeros.
            covariates: None, or (batch, covariates) float; of this step.

        Returns:
            `outputs, value, state`: (batch, 2) float, (batch, 1) float, and a list.

        Example:
            >>> from rnn_templates.layers.next_value import NextValue
            >>> layer = NextValue([rt.GRUCell(8)])
            >>> state = [tf.zeros((1, size)) for size in (1, 1, 1, 8)]
            >>> outputs, value, state = layer.step(tf.ones((1, 1)), tf.ones((1, 3)), state)
            >>> outputs.shape, len(state)
            (TensorShape([1, 2]), 4)
        """
        if not self.built:
            self.build(value.shape, series.shape, None if covariates is None else covariates.shape)
        count, last, before, *rest = state
        is_missing = tf.math.not_equal(value, value)
        first = tf.where(is_missing, tf.zeros_like(value), value)
        started = count > 0.0
        last, before = tf.where(started, last, first), tf.where(started, before, first)
        parts, season = [last, last - before], None
        if self.period > 1:
            buffer, *rest = rest
            season = tf.where(count >= float(self.period), buffer[:, :1] - last, 0.0)
            parts.append(season)
        inputs = [_squash(tf.concat(parts, axis=-1)), series, *([] if covariates is None else [covariates])]
        hidden, states = self.recurrent.step(tf.concat(inputs, axis=-1), rest)
        outputs = self._outputs(hidden[:, None], last, season)[:, 0]
        value = tf.where(is_missing, outputs[:, :1], value)
        memory = [tf.concat([buffer[:, 1:], value], axis=1)] if self.period > 1 else []
        return outputs, value, [count + 1.0, value, last, *memory, *states]

    @property
    def state_sizes(self):
        """Sizes of the state of a stream, a list of int; see `step`."""
        memory = [self.period] if self.period > 1 else []
        return [1, 1, 1, *memory, *(size for cell in self.cells for size in cell.state_sizes)]

    def _outputs(self, hidden, last, season):
        """Location and log-scale (batch, time, 2) from the states of the topmost cell and the values before."""
        raw = self.head(hidden)
        location = last + raw[:, :, 0]
        if season is not None:
            location += tf.sigmoid(raw[:, :, 2]) * season
        log_scale = tf.minimum(tf.maximum(raw[:, :, 1], MIN_LOG_SCALE), MAX_LOG_SCALE)
        return tf.stack([location, log_scale], axis=-1)

    def compute_output_shape(self, values_shape, series_shape=None, covariates_shape=None):
        return (*values_shape, 2)

    def get_config(self):
        cells = [keras.saving.serialize_keras_object(cell) for cell in self.cells]
        return {**super().get_config(), "cells": cells, "period": self.period, "dropout": self.dropout_rate}

    @classmethod
    def from_config(cls, config):
        cells = [keras.saving.deserialize_keras_object(cell) for cell in config.pop("cells")]
        return cls(cells, **config)


def _squash(x):
    """Nearly linear for small values, and bounded, so that an outlier does not saturate the cell."""
    return x / (1.0 + tf.abs(x) / LINEAR_RANGE)
