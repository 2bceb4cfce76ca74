"""Builder of the anomaly detection template: a recurrent forecast of the next value, and a scorer of its errors."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.anomaly_scorer import DISTRIBUTIONS, SCORERS, AnomalyScorer
from rnn_templates.layers.next_value import NextValue
from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.stream_preprocessor import StreamPreprocessor
from rnn_templates.tasks.components import Adam
from rnn_templates.tasks.tail_loss import LocationScaleLoss
from rnn_templates.templates.anomaly_detection.task import AnomalyDetector
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.templates.shared_search_space import recurrent_space
from rnn_templates.utils.model_size import check_model_size, recurrent_parameters
from rnn_templates.utils.validation import check_depth, check_fractions, check_ints, check_sizes, is_number


def data_kwargs(splits):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of time series.

    Returns:
        Dict with `series`, the `SeriesSchema` of the training part.

    Example:
        >>> from rnn_templates.templates.anomaly_detection.builder import data_kwargs
        >>> data_kwargs(rt.load("sensors"))["series"].period  # doctest: +SKIP
        24
    """
    check_kind("time_series", splits)
    return {"series": SeriesSchema.from_part(splits.train, allow_constant=True)}


@documented
def anomaly_detection_model(
    series,
    *,
    window: int = 128,
    period: int | None = None,
    cell: str = "gru",
    units: int = 32,
    num_layers: int = 1,
    embedding_dim: int = 4,
    dropout: float = 0.0,
    distribution: str = "laplace",
    scorer: str = "tail",
    smoothing: float = 6.0,
    memory: int = 1000,
    risk: float = 1e-4,
    learning_rate: float = 3e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled anomaly detector for one or many series.

        values so far, value one season ago, covariates, series -> RNN -> location and scale of the next value
                  -> tail probability of the error -> average -> score; flag, if above the threshold

    Training reads no labels. `fit` sets the threshold from the scores of the validation part, by extreme value theory:
    normal data exceeds it with the probability `risk`.

    Args:
        series: `SeriesSchema`, from `data_kwargs`; or a dict from name to the training values of a series.
        window: int of at least 2; length of the windows of the training.
        period: positive int or None; steps of the season, 1 for none; None for that of the stamps: a day of hours.
        {cell}
        {units}
        {num_layers}
        embedding_dim: positive int; size of the vector of a series.
        dropout: float in [0, 1); probability of dropping a feature before the last layer in training.
        distribution: str; "laplace" or "gaussian", of the errors.
        scorer: str; "tail" for tail probabilities, of one sample and smoothed; "adaptive" for that of the smoothed one
            among the samples before; or "record" for values, levels and errors beyond all before, in the stream alone.
        smoothing: float of at least 0; half-life of the average of the scores, in samples: the longer, the smaller a
            lasting change that is found, and the later.
        memory: positive int; samples that "adaptive" compares with.
        risk: float in (0, 0.5); probability of a flag for a normal sample.
        {learning_rate}
        {optimizer}

    Returns:
        `AnomalyDetector`: `fit`, `evaluate`, `predict` take raw series, `detect` tables.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Hundman et al., Detecting spacecraft anomalies using LSTMs and nonparametric dynamic thresholding,
        arXiv:1802.04431; Siffer et al., Anomaly detection in streams with extreme value theory, KDD 2017.

    Example:
        >>> season = np.sin(np.arange(100) * np.pi / 4)
        >>> model = rt.anomaly_detection_model({"pump": season}, window=16, units=8)
        >>> model.predict([season[:40]])[0].shape
        (40,)
    """
    schema = series if isinstance(series, SeriesSchema) else SeriesSchema.from_values(series, allow_constant=True)
    period = schema.period if period is None else period
    _check_arguments(window, period, dropout, distribution, scorer, smoothing, memory, risk)
    _check_sizes(schema, units, num_layers, embedding_dim)

    # Inputs
    inputs = {"values": keras.Input((None,), name="values")}
    inputs["series"] = keras.Input((), dtype="int32", name="series")
    if schema.known_names:
        inputs["known"] = keras.Input((None, len(schema.known_names)), name="known")

    # Network
    vector = keras.layers.Embedding(len(schema.names), embedding_dim, name="embedding")(inputs["series"])
    cells = [make_cell(cell, units) for _ in range(num_layers)]
    outputs = NextValue(cells, period, dropout, name="next_value")(inputs["values"], vector, inputs.get("known"))
    outputs = AnomalyScorer(distribution, scorer, smoothing, memory, name="scorer")(inputs["values"], outputs)

    # Task
    model = AnomalyDetector(
        keras.Model(inputs, outputs, name="network"),
        StreamPreprocessor(schema),
        window=window,
        risk=risk,
        name="anomaly_detection",
    )
    model.compile(optimizer=optimizer.build(learning_rate), loss=LocationScaleLoss(distribution))
    return model


def _check_arguments(window, period, dropout, distribution, scorer, smoothing, memory, risk):
    owner = "anomaly_detection_model"
    check_sizes(owner, 2, window=window)
    check_sizes(owner, period=period)
    check_ints(owner, memory=memory)
    check_fractions(owner, dropout=dropout)
    for name, value, known in (("distribution", distribution, DISTRIBUTIONS), ("scorer", scorer, SCORERS)):
        if value not in known:
            raise ValueError(f"{owner}: `{name}` must be one of {', '.join(known)}; received {value!r}.")
    if not is_number(smoothing) or not 0 <= smoothing < float("inf"):
        raise ValueError(f"{owner}: `smoothing` must be a number of at least 0; received {smoothing!r}.")
    if not is_number(risk) or not 0 < risk < 0.5:
        raise ValueError(f"{owner}: `risk` must be a probability in (0, 0.5); received {risk!r}.")


def _check_sizes(schema, units, num_layers, embedding_dim):
    """Raises ValueError if a size is out of range, or the model needs more memory than is available."""
    check_sizes("anomaly_detection_model", units=units, embedding_dim=embedding_dim)
    check_depth("anomaly_detection_model", num_layers=num_layers)
    features = 3 + embedding_dim + len(schema.known_names)
    count = recurrent_parameters(units, features, num_layers) + 3 * (units + 1) + len(schema.names) * embedding_dim
    check_model_size("anomaly_detection_model", count, units=units, num_layers=num_layers, embedding_dim=embedding_dim)


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, by flat name.

    Args:
        hp: `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.anomaly_detection.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        16
    """
    sizes = {"cells": ["gru", "lstm", "slstm"], "units": [16, 32, 64], "embedding_dims": [4, 8]}
    return recurrent_space(hp, **sizes, learning_rates=(1e-3, 1e-2), min_dropout=0.0)
