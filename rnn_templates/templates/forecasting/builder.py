"""Builder of the forecasting template: a recurrence over segments of the look-back."""

import keras
import numpy as np

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.linear_forecast import LinearForecast
from rnn_templates.layers.quantile_head import QuantileHead
from rnn_templates.layers.segment_decoder import SegmentDecoder
from rnn_templates.layers.segment_encoder import SegmentEncoder
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.series_preprocessor import SeriesPreprocessor
from rnn_templates.tasks.components import Adam
from rnn_templates.tasks.forecast_loss import POINT_LOSSES, ForecastLoss, PointError
from rnn_templates.templates.forecasting.task import Forecaster
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_fractions, check_range, check_sizes, is_number

MAX_QUANTILES = 99


def data_kwargs(splits):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of time series.

    Returns:
        Dict with `series`, the `SeriesSchema` of the training part.

    Example:
        >>> from rnn_templates.templates.forecasting.builder import data_kwargs
        >>> data_kwargs(rt.load("demand"))["series"].period  # doctest: +SKIP
        24
    """
    check_kind("time_series", splits)
    return {"series": SeriesSchema.from_part(splits.train)}


@documented
def forecasting_model(
    series,
    *,
    horizon: int = 24,
    look_back: int = 168,
    segment_length: int = 24,
    normalization: str = "segment",
    linear_look_back: int | None = None,
    cell: str = "gru",
    units: int = 128,
    num_layers: int = 1,
    embedding_dim: int = 128,
    dropout: float = 0.3,
    num_quantiles: int = 9,
    point_loss: str = "mse",
    quantile_weight: float = 0.5,
    learning_rate: float = 1e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled forecasting model for one or many series.

        look-back -> segments, relative to their last values -> dense -> RNN
                  -> one RNN step for each segment of the horizon, from its position and the series -> dense
                  -> point forecast and quantiles, relative to the last value
    look-back, relative to its last value -> dense without bias -> added to the point forecast

    A look-back of 168 values is 7 recurrent steps; point by point it would be 168. All series share the weights.

    Args:
        series: `SeriesSchema`, from `data_kwargs`; or a dict from name to the training values of a series.
        horizon: positive int; number of steps that are forecast.
        look_back: positive int; number of values that a forecast is computed from, a multiple of `segment_length`.
        segment_length: positive int; number of values that the RNN reads at a time: a season, or a part of one.
        normalization: str; what the values of a segment are relative to: "segment" for the last value of the segment,
            so that a stream is read one segment at a time; "last" for the last value of the look-back, so that every
            step of a stream reads the look-back again.
        linear_look_back: int or None; number of values that the linear part reads; 0 for none; None for `look_back`.
        {cell}
        {units}
        {num_layers}
        embedding_dim: int of at least 2; size of the vector that represents a segment.
        dropout: float in [0, 1); probability of dropping a feature before the last layer in training.
        num_quantiles: odd int from 1 to 99; n quantiles have the probabilities 1 / (n + 1) to n / (n + 1).
        point_loss: str; "mse" for the mean, "mae" for the median, or "huber".
        quantile_weight: float of at least 0; weight of the pinball loss of the quantiles beside that of the point.
        {learning_rate}
        {optimizer}

    Returns:
        `Forecaster`: `fit`, `evaluate`, `predict` take raw series, `forecast` tables.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Lin et al., SegRNN: segment recurrent neural network for long-term time series forecasting, arXiv:2308.11200;
        Romano et al., Conformalized quantile regression, arXiv:1905.03222.

    Example:
        >>> season = np.sin(np.arange(100) * np.pi / 4)
        >>> options = {"horizon": 4, "look_back": 16, "segment_length": 8, "units": 8, "embedding_dim": 8}
        >>> model = rt.forecasting_model({"sales": season}, **options)
        >>> model.predict([season[:40]]).shape
        (1, 4)
    """
    schema = series if isinstance(series, SeriesSchema) else SeriesSchema.from_values(series)
    linear_look_back = look_back if linear_look_back is None else linear_look_back
    _check_arguments(horizon, look_back, segment_length, num_quantiles, point_loss, quantile_weight, dropout)
    _check_sizes(schema, look_back, horizon, segment_length, units, num_layers, embedding_dim, num_quantiles)
    check_range("forecasting_model", 0, look_back, linear_look_back=linear_look_back)
    quantiles = tuple(round((i + 1) / (num_quantiles + 1), 6) for i in range(num_quantiles))

    # Inputs
    inputs = _make_inputs(schema, look_back, horizon)
    scale = _table(np.array(schema.scales)[:, None], "scale")(inputs["series"])
    future = _future_covariates(schema, inputs, look_back, horizon)

    # Encoder, decoder and linear part
    cells = [make_cell(cell, units) for _ in range(num_layers)]
    encoder = SegmentEncoder(cells, segment_length, embedding_dim, normalization, name="encoder")
    past = inputs["known"][:, :look_back] if schema.known_names else None
    outputs = SegmentDecoder(
        make_cell(cell, units),
        horizon,
        segment_length,
        embedding_dim=embedding_dim,
        num_series=len(schema.names),
        num_outputs=1 + num_quantiles,
        dropout=dropout,
        name="decoder",
    )(encoder(inputs["values"], scale, past), inputs["series"], future)
    if linear_look_back:
        outputs = LinearForecast(linear_look_back, name="linear")(outputs, inputs["values"], scale)
    outputs = QuantileHead(quantiles, name="quantiles")(outputs)

    # Task
    network, preprocessor = keras.Model(inputs, outputs, name="network"), SeriesPreprocessor(schema, look_back, horizon)
    model = Forecaster(network, preprocessor, name="forecasting")
    model.compile(
        optimizer=optimizer.build(learning_rate),
        loss=ForecastLoss(quantiles, point_loss, quantile_weight),
        metrics=[PointError("mse"), PointError("mae")],
    )
    return model


def _make_inputs(schema, look_back, horizon):
    """Inputs of the network, a dict by name."""
    inputs = {"values": keras.Input((look_back,), name="values")}
    inputs["series"] = keras.Input((), dtype="int32", name="series")
    if schema.known_names:
        inputs["known"] = keras.Input((look_back + horizon, len(schema.known_names)), name="known")
    return inputs


def _table(rows, name):
    """A lookup of constant rows by the number of the series."""
    rows = np.asarray(rows, np.float32)
    return keras.layers.Embedding(
        *rows.shape, embeddings_initializer=keras.initializers.Constant(0), trainable=False, weights=[rows], name=name
    )


def _future_covariates(schema, inputs, look_back, horizon):
    """Covariates (batch, horizon, covariates) of the decoder: known in advance, and of the series; None for none."""
    parts = [inputs["known"][:, look_back:]] if schema.known_names else []
    if schema.static_names:
        static = _table(schema.static, "static")(inputs["series"])
        parts.append(keras.layers.RepeatVector(horizon, name="static_covariates")(static))
    return keras.layers.Concatenate(name="covariates")(parts) if len(parts) > 1 else parts[0] if parts else None


def _check_arguments(horizon, look_back, segment_length, num_quantiles, point_loss, quantile_weight, dropout):
    owner = "forecasting_model"
    check_sizes(owner, horizon=horizon, look_back=look_back, segment_length=segment_length)
    if look_back % segment_length:
        raise ValueError(
            f"{owner}: `look_back` must be a multiple of `segment_length` {segment_length}; received {look_back}."
        )
    check_range(owner, 1, MAX_QUANTILES, num_quantiles=num_quantiles)
    if num_quantiles % 2 == 0:
        raise ValueError(f"{owner}: `num_quantiles` must be odd, since one is the median; received {num_quantiles}.")
    if point_loss not in POINT_LOSSES:
        raise ValueError(f"{owner}: `point_loss` must be one of {', '.join(POINT_LOSSES)}; received {point_loss!r}.")
    if not is_number(quantile_weight) or not 0 <= quantile_weight < float("inf"):
        raise ValueError(f"{owner}: `quantile_weight` must be a number of at least 0; received {quantile_weight!r}.")
    check_fractions(owner, dropout=dropout)


def _check_sizes(schema, look_back, horizon, segment_length, units, num_layers, embedding_dim, num_quantiles):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    check_sizes("forecasting_model", units=units)
    check_sizes("forecasting_model", 2, embedding_dim=embedding_dim)
    check_depth("forecasting_model", num_layers=num_layers)
    known = len(schema.known_names)
    count = recurrent_parameters(units, embedding_dim, num_layers) + recurrent_parameters(units, embedding_dim)
    count += (segment_length * (1 + 2 * known + len(schema.static_names)) + 1) * embedding_dim
    count += (units + 1) * segment_length * (1 + num_quantiles) + len(schema.names) * embedding_dim
    count += look_back * horizon
    sizes = {"units": units, "num_layers": num_layers, "embedding_dim": embedding_dim}
    sizes |= {"segment_length": segment_length, "horizon": horizon, "look_back": look_back}
    check_model_size("forecasting_model", count, **sizes)


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, by flat name.

    Args:
        hp: `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.forecasting.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        64
    """
    sizes = {"cells": ["gru", "lstm"], "units": [64, 128, 256], "embedding_dims": [64, 128, 256]}
    return {
        **recurrent_space(hp, **sizes, learning_rates=(3e-4, 3e-3)),
        "point_loss": hp.Choice("point_loss", ["mse", "mae"]),
    }
