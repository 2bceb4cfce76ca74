"""Layers of a forecast: segments, the linear part and quantiles, beside NumPy."""

import keras
import numpy as np
import pytest

import rnn_templates as rt
from rnn_templates.layers.linear_forecast import LinearForecast
from rnn_templates.layers.quantile_head import QuantileHead
from rnn_templates.layers.segment_decoder import SegmentDecoder
from rnn_templates.layers.segment_encoder import SegmentEncoder

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(3, 12)).astype(np.float32)
SCALE = np.array([[1.0], [2.0], [0.5]], np.float32)


def test_segments_are_relative_to_their_last_values_and_embedded_before_the_recurrence():
    known = RNG.normal(size=(3, 12, 2)).astype(np.float32)
    encoder = SegmentEncoder([rt.GRUCell(5), rt.GRUCell(4)], segment_length=4, embedding_dim=6)
    (actual,) = encoder(VALUES, SCALE, known)
    segments = VALUES.reshape(3, 3, 4)
    ends = segments[:, :, -1:]
    before = np.concatenate([VALUES[:, None, :1], ends[:, :-1]], axis=1)
    inputs = np.concatenate(
        [(segments - ends) / SCALE[:, None], (ends - before) / SCALE[:, None], known.reshape(3, 3, 8)], axis=-1
    )
    kernel, bias = encoder.embedding.get_weights()
    expected = rt.Recurrent([rt.GRUCell(5), rt.GRUCell(4)])
    expected.build((None, None, 6))
    expected.set_weights(encoder.recurrent.get_weights())
    np.testing.assert_allclose(actual, expected(np.maximum(0, inputs @ kernel + bias)), atol=1e-5)
    (moved,) = encoder(VALUES + 7, SCALE, known)
    np.testing.assert_allclose(moved, actual, atol=1e-4)  # the level changes nothing
    last = SegmentEncoder([rt.GRUCell(4)], segment_length=4, embedding_dim=6, normalization="last")
    (actual,) = last(VALUES, SCALE)
    kernel, bias = last.embedding.get_weights()
    expected = last.recurrent(np.maximum(0, (segments - ends[:, -1:]) / SCALE[:, None] @ kernel + bias))[0]
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize("covariates", [False, True])
def test_a_segment_of_the_horizon_depends_on_its_own_position_series_and_covariates_only(covariates):
    decoder = SegmentDecoder(rt.LSTMCell(5), 7, 3, embedding_dim=4, num_series=2, num_outputs=2)
    state = [RNG.normal(size=(2, 5)).astype(np.float32) for _ in range(2)]
    known = RNG.normal(size=(2, 7, 1)).astype(np.float32) if covariates else None
    series = np.array([1, 0], np.int32)
    outputs = np.array(decoder(state, series, known))
    assert outputs.shape == (2, 7, 2)
    cell = rt.Recurrent(decoder.cell)
    cell.build((None, None, 4))
    for row, segment in ((0, 0), (1, 2)):
        inputs = np.concatenate([decoder.positions[segment], decoder.series_embedding[series[row]]])[None]
        if covariates:
            own = np.zeros((3, 1), np.float32)
            own[: len(known[row, 3 * segment :][:3])] = known[row, 3 * segment :][:3]
            inputs = inputs + own.ravel()[None] @ np.array(decoder.covariate_layer.kernel)
        hidden = cell(inputs[:, None].astype(np.float32), initial_state=[one[row : row + 1] for one in state])
        expected = np.array(decoder.output_layer(hidden)).reshape(3, 2)
        np.testing.assert_allclose(outputs[row, 3 * segment :][:3], expected[: 7 - 3 * segment], atol=1e-5)


def test_the_linear_part_changes_the_point_alone_and_reads_the_last_values_relative_to_the_last():
    layer = LinearForecast(look_back=5)
    outputs = RNG.normal(size=(3, 2, 4)).astype(np.float32)
    np.testing.assert_array_equal(layer(outputs, VALUES, SCALE), outputs)  # it begins with zeros
    kernel = RNG.normal(size=(5, 2)).astype(np.float32)
    layer.set_weights([kernel])
    expected = outputs.copy()
    expected[:, :, 0] += ((VALUES[:, -5:] - VALUES[:, -1:]) / SCALE) @ kernel
    np.testing.assert_allclose(layer(outputs, VALUES, SCALE), expected, atol=1e-5)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert copy.get_config() == layer.get_config()


def test_quantiles_increase_from_the_median_and_stay_increasing_after_any_correction():
    head = QuantileHead((0.1, 0.25, 0.5, 0.75, 0.9))
    z = RNG.normal(size=(3, 4, 6)).astype(np.float32)
    outputs = np.array(head(z))
    steps = np.log1p(np.exp(z[:, :, 1:]))
    middle = z[:, :, 0] + z[:, :, 3]
    np.testing.assert_allclose(outputs[:, :, 0], z[:, :, 0], atol=1e-6)
    np.testing.assert_allclose(outputs[:, :, 3], middle, atol=1e-5)
    np.testing.assert_allclose(outputs[:, :, 1], middle - steps[:, :, 1] - steps[:, :, 0], atol=1e-5)
    np.testing.assert_allclose(outputs[:, :, 5], middle + steps[:, :, 3] + steps[:, :, 4], atol=1e-5)
    head.correction.assign(RNG.normal(size=(4, 5)) * 3)
    corrected = np.array(head(z))
    assert (np.diff(corrected[:, :, 1:], axis=-1) >= 0).all()
    np.testing.assert_array_equal(corrected[:, :, 0], outputs[:, :, 0])
    for quantiles in ((0.1, 0.9), (0.0,), (1.5,)):
        with pytest.raises(ValueError, match="must be an odd number of floats in"):
            QuantileHead(quantiles)
