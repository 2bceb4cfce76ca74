"""Decoder of all segments of a forecast at once."""

import keras
import tensorflow as tf

from rnn_templates.utils.validation import check_fractions, check_sizes


@keras.saving.register_keras_serializable(package="rnn_templates")
class SegmentDecoder(keras.layers.Layer):
    """Decodes a state into all segments of a horizon at once: one step of a cell each.

        y_j = W h_j + b,   h_j = cell([p_j, e_series] (+ V covariates_j), state)

    p_j is a learned vector of the position of segment j, and e_series one of the series. All steps start from the same
    state, so that its projection is computed once for all segments.

    Args:
        cell: `rnn_templates.cells.cell.Cell`; with the states of the encoder's topmost cell.
        horizon: positive int; steps of the forecast. The last segment is cropped.
        segment_length: positive int; steps in a segment.
        embedding_dim: int of at least 2; size of the input of the cell.
        num_series: positive int; number of different series.
        num_outputs: positive int; numbers for each step.
        dropout: float in [0, 1); probability of dropping a feature of h_j in training.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        states: list of (batch, units) floats.
        series: (batch,) int32; numbers of the series.
        covariates: None, or (batch, horizon, covariates) float; values that are known in advance.

    Returns:
        (batch, horizon, num_outputs) float.

    Source:
        Lin et al., SegRNN, arXiv:2308.11200 (parallel multi-step forecasting).

    Example:
        >>> from rnn_templates.layers.segment_decoder import SegmentDecoder
        >>> decoder = SegmentDecoder(rt.GRUCell(8), 7, 3, embedding_dim=4, num_series=2, num_outputs=4)
        >>> decoder([tf.ones((5, 8))], tf.zeros(5, tf.int32)).shape
        TensorShape([5, 7, 4])
    """

    def __init__(
        self, cell, horizon, segment_length, *, embedding_dim, num_series=1, num_outputs=1, dropout=0.0, **kwargs
    ):
        super().__init__(**kwargs)
        check_sizes("SegmentDecoder", horizon=horizon, segment_length=segment_length, num_series=num_series)
        check_sizes("SegmentDecoder", 2, embedding_dim=embedding_dim)
        check_fractions("SegmentDecoder", dropout=dropout)
        self.cell = cell
        self.options = {
            "horizon": horizon,
            "segment_length": segment_length,
            "embedding_dim": embedding_dim,
            "num_series": num_series,
            "num_outputs": num_outputs,
            "dropout": dropout,
        }
        self.horizon, self.segment_length = horizon, segment_length
        self.num_segments = -(-horizon // segment_length)
        self.embedding_dim, self.num_series, self.num_outputs = embedding_dim, num_series, num_outputs
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.output_layer = keras.layers.Dense(segment_length * num_outputs, name="output_layer")
        self.covariate_layer = None

    def build(self, states_shape, series_shape=None, covariates_shape=None):
        half = self.embedding_dim // 2
        normal = keras.initializers.RandomNormal(stddev=1.0)  # as in SegRNN
        shape = (self.num_segments, self.embedding_dim - half)
        self.positions = self.add_weight(shape=shape, initializer=normal, name="positions")
        shape = (self.num_series, half)
        self.series_embedding = self.add_weight(shape=shape, initializer=normal, name="series_embedding")
        if covariates_shape is not None:
            self.covariate_layer = keras.layers.Dense(self.embedding_dim, use_bias=False, name="covariate_layer")
            self.covariate_layer.build((None, None, self.segment_length * covariates_shape[-1]))
        if not self.cell.built:
            self.cell.build((None, self.embedding_dim))
        self.output_layer.build((None, None, self.cell.units))

    def call(self, states, series, covariates=None, training=False):
        zx = self._project_inputs(series, covariates)
        states = tuple(tf.convert_to_tensor(state)[:, None] for state in states)
        hidden, _ = self.cell.step(zx, self._repeat(self.cell.project_state(states[0])), self._repeat(states))
        outputs = self.output_layer(self.dropout(hidden, training=training))
        outputs = tf.reshape(outputs, (-1, self.num_segments * self.segment_length, self.num_outputs))
        return outputs[:, : self.horizon]

    def _repeat(self, tensors):
        """Tensors (batch, 1, size) for all segments."""
        return tf.nest.map_structure(lambda tensor: tf.tile(tensor, (1, self.num_segments, 1)), tensors)

    def _project_inputs(self, series, covariates):
        """zx of all segments (batch, segments, width); without covariates computed once for each series."""
        count = self.num_segments
        own = tf.tile(tf.convert_to_tensor(self.series_embedding)[:, None], (1, count, 1))
        positions = tf.tile(tf.convert_to_tensor(self.positions)[None], (self.num_series, 1, 1))
        inputs = tf.concat([positions, own], axis=-1)  # (series, segments, embedding_dim)
        if covariates is None:
            return tf.gather(self.cell.project_inputs(inputs), series)
        missing = count * self.segment_length - self.horizon
        padded = tf.pad(covariates, ((0, 0), (0, missing), (0, 0)))
        segments = tf.reshape(padded, (-1, count, self.segment_length * covariates.shape[2]))
        return self.cell.project_inputs(tf.gather(inputs, series) + self.covariate_layer(segments))

    def compute_output_shape(self, states_shape, series_shape=None, covariates_shape=None):
        return (series_shape[0], self.horizon, self.num_outputs)

    def get_config(self):
        return {**super().get_config(), "cell": keras.saving.serialize_keras_object(self.cell), **self.options}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("cell")), **config)
