"""Recurrence over the segments of a series."""

import keras
import tensorflow as tf

from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.utils.validation import check_sizes

NORMALIZATIONS = ("segment", "last")


@keras.saving.register_keras_serializable(package="rnn_templates")
class SegmentEncoder(keras.layers.Layer):
    """Encodes a series segment by segment, each relative to its last value.

        u_k = relu(W [(x_k - last_k) / scale, (last_k - last_{k-1}) / scale, covariates_k] + b)
        state_k = cell(u_k, state_{k-1})

    x_k are the values of segment k, and last_k the last of them; last_0 is the first value of the series. Adding a
    constant to the series changes nothing, so that the level of the series need not be one of the training. A segment
    depends on no later one, so that a stream can be encoded one segment at a time. With the normalization "last" all
    segments are relative to the last value of the last one, u_k = relu(W [(x_k - last_K) / scale, covariates_k] + b).

    Args:
        cells: list of `rnn_templates.cells.cell.Cell`, from the bottom up.
        segment_length: positive int; values in a segment.
        embedding_dim: positive int; size of u_k.
        normalization: str; "segment" or "last".
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        values: (batch, time) float; time is a multiple of `segment_length`.
        scale: (batch, 1) float; positive.
        covariates: None, or (batch, time, covariates) float.

    Returns:
        List of the final states of the topmost cell, (batch, units) each.

    Source:
        Lin et al., SegRNN: segment recurrent neural network for long-term time series forecasting, arXiv:2308.11200,
        whose normalization is "last".

    Example:
        >>> from rnn_templates.layers.segment_encoder import SegmentEncoder
        >>> encoder = SegmentEncoder([rt.GRUCell(8)], segment_length=3, embedding_dim=4)
        >>> [state.shape for state in encoder(tf.ones((2, 6)), tf.ones((2, 1)))]
        [TensorShape([2, 8])]
    """

    def __init__(self, cells, segment_length, embedding_dim, normalization="segment", **kwargs):
        super().__init__(**kwargs)
        check_sizes("SegmentEncoder", segment_length=segment_length, embedding_dim=embedding_dim)
        if normalization not in NORMALIZATIONS:
            raise ValueError(
                f"SegmentEncoder: `normalization` must be one of {', '.join(NORMALIZATIONS)}; received "
                f"{normalization!r}."
            )
        self.normalization = normalization
        self.cells = list(cells)
        self.segment_length = segment_length
        self.embedding_dim = embedding_dim
        self.embedding = keras.layers.Dense(embedding_dim, activation="relu", name="embedding")
        self.recurrent = Recurrent(self.cells, return_state=True, name="recurrent")

    def build(self, values_shape, scale_shape=None, covariates_shape=None):
        features = self.segment_length * (1 + (covariates_shape[-1] if covariates_shape else 0))
        features += self.normalization == "segment"
        self.embedding.build((None, None, features))
        self.recurrent.build((None, None, self.embedding_dim))

    def call(self, values, scale, covariates=None, training=False):
        segments = self._cut(values)
        ends = segments[:, :, -1]
        before = tf.concat([values[:, :1], ends[:, :-1]], axis=1)
        inputs = self._embed(segments, before, scale, covariates)
        _, *states = self.recurrent(inputs, training=training)
        return states[-self.num_states :]

    def step(self, segment, scale, state, covariates=None):
        """Encodes the next segment of a stream; of the normalization "segment".

        Args:
            segment: (batch, segment_length) float.
            scale: as in a call.
            state: list: (batch, 1) float, the last value before the segment, at the beginning of the stream its first
                value; then the (batch, units) states of all cells, at the beginning zeros.
            covariates: None, or (batch, segment_length, covariates) float.

        Returns:
            `top, state`: the states of the topmost cell, as from a call; and the state after the segment.

        Example:
            >>> from rnn_templates.layers.segment_encoder import SegmentEncoder
            >>> encoder = SegmentEncoder([rt.GRUCell(8)], segment_length=3, embedding_dim=4)
            >>> top, state = encoder.step(tf.ones((2, 3)), tf.ones((2, 1)), [tf.ones((2, 1)), tf.zeros((2, 8))])
            >>> len(state), top[0].shape
            (2, TensorShape([2, 8]))
        """
        if not self.built:
            self.build(segment.shape, None, None if covariates is None else covariates.shape)
        before, *states = state
        inputs = self._embed(segment[:, None], before, scale, covariates)
        _, states = self.recurrent.step(inputs[:, 0], states)
        return states[-self.num_states :], [segment[:, -1:], *states]

    @property
    def num_states(self):
        """Number of states of the topmost cell, an int."""
        return len(self.cells[-1].state_names)

    @property
    def state_sizes(self):
        """Sizes of the state of a stream, a list of int; see `step`."""
        return [1, *(size for cell in self.cells for size in cell.state_sizes)]

    def _cut(self, x):
        """(batch, time, ...) as (batch, segments, segment_length * ...)."""
        features = x.shape[2] if x.shape.rank == 3 else 1
        count = -1 if x.shape[1] is None else x.shape[1] // self.segment_length
        return tf.reshape(x, (-1 if x.shape[0] is None else x.shape[0], count, self.segment_length * features))

    def _embed(self, segments, before, scale, covariates):
        """u_k of segments (batch, segments, segment_length) and the values (batch, segments) before them."""
        ends, scale = segments[:, :, -1:], scale[:, :, None]
        if self.normalization == "last":
            parts = [(segments - ends[:, -1:]) / scale]
        else:
            parts = [(segments - ends) / scale, (ends - before[:, :, None]) / scale]
        if covariates is not None:
            parts.append(self._cut(covariates))
        return self.embedding(tf.concat(parts, axis=-1))

    def compute_output_shape(self, values_shape, scale_shape=None, covariates_shape=None):
        return [(values_shape[0], size) for size in self.cells[-1].state_sizes]

    def get_config(self):
        cells = [keras.saving.serialize_keras_object(cell) for cell in self.cells]
        names = ("segment_length", "embedding_dim", "normalization")
        return {**super().get_config(), "cells": cells, **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_config(cls, config):
        cells = [keras.saving.deserialize_keras_object(cell) for cell in config.pop("cells")]
        return cls(cells, **config)
