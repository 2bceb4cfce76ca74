"""Forecasting model."""

import json

import keras
import numpy as np

from rnn_templates.data.batching import BucketedBatches
from rnn_templates.data.series.windows import SeriesPart
from rnn_templates.preprocessing.series.series_preprocessor import pad_history
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.task import Task
from rnn_templates.templates.forecasting.batches import WindowFeatures, check_windows, scale_targets
from rnn_templates.templates.forecasting.frames import forecast_frame
from rnn_templates.templates.forecasting.signatures import ForecasterSignatures
from rnn_templates.utils.atomic import write_text

MIN_CONFORMAL = 50  # validation windows
PREDICT_BATCH = 256


@keras.saving.register_keras_serializable(package="rnn_templates")
class Forecaster(ForecasterSignatures, Task):
    """Forecasts the next values of series, with quantiles; built by `forecasting_model`.

    `fit`, `evaluate` and `predict` take histories: a list of arrays of numbers, of `SeriesWindow`s or of texts such as
    "oslo|1.5 2 1.75" (see `SeriesPreprocessor`), or a `SeriesPart`, a split of `rnn_templates.load`. A target is an
    array of the next `horizon` values, NaN where one is missing. `forecast` takes a table.

    Args:
        (all): see `Task`; the network's outputs are relative to the last value, in units of the scale of the series.
    """

    labels = ()
    input_name = "histories"
    metric_name = "mae"
    min_agreement = {"float32": 1.0, "int8": 0.9}  # of the directions of the forecast steps
    metric_tolerance = 1e-4

    @property
    def schema(self):
        """The `SeriesSchema` of the training."""
        return self.preprocessor.schema

    @property
    def look_back(self):
        """Number of values that a forecast is computed from, an int."""
        return self.preprocessor.look_back

    @property
    def horizon(self):
        """Number of steps that are forecast, an int."""
        return self.preprocessor.horizon

    @property
    def quantiles(self):
        """Probabilities of the quantiles, a tuple of floats."""
        return self.network.get_layer("quantiles").quantiles

    def read_examples(self, x, y=None):
        """Returns `histories, targets`: a list of `SeriesWindow`, and an array (n, horizon) or None.

        Raises:
            TypeError, ValueError: if an example is no history.
        """
        if isinstance(x, SeriesPart):
            windows = check_windows(self, x)
            return windows.examples(), windows.targets(np.arange(len(windows)))
        if isinstance(x, list | tuple):
            examples, targets = list(x), y
        else:
            examples, targets = super().read_examples(x, y)
        if not examples:
            raise ValueError("There are no histories: the list is empty.")
        windows = [self.preprocessor.read(example) for example in examples]
        return windows, None if targets is None else self._read_targets(targets, len(windows))

    def _read_targets(self, targets, count):
        if len(targets) != count:
            raise ValueError(f"There are {count} histories and {len(targets)} targets; each history needs one.")
        targets = np.asarray(targets, np.float64)
        if targets.shape != (count, self.horizon):
            raise ValueError(f"The targets must have the shape {(count, self.horizon)}; received {targets.shape}.")
        return targets

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        if isinstance(x, SeriesPart):
            windows = check_windows(self, x)
            features = WindowFeatures.of(self, windows)
            return features, WindowFeatures(len(windows), lambda rows: scale_targets(self, windows, rows)), None
        windows, targets = self.read_examples(x, y)
        features = self.preprocessor.encode(windows)
        if targets is not None:
            last = np.array([window.values[-1] for window in windows])[:, None]
            targets = ((targets - last) / self._scales(features["series"])).astype(np.float32)
        return features, targets, None if sample_weight is None else np.asarray(sample_weight)

    def _scales(self, series):
        return np.array(self.schema.scales)[np.asarray(series)][:, None]

    def predict_batches(self, x):
        """Yields `rows, outputs` of raw examples: indices, and (batch, horizon, 1 + quantiles) floats.

        The outputs are relative to the last value of a history, in units of the scale of its series.

        Args:
            x: raw examples, or `BucketedBatches` without shuffling.
        """
        batches = x if isinstance(x, BucketedBatches) else self.make_batches(x, batch_size=PREDICT_BATCH)
        results = self._predict_few.run(batches)
        for rows, (_, outputs) in zip(batches.batch_indices(0), results, strict=True):
            yield rows, outputs

    def predict_examples(self, examples, strategy=None):
        """Returns a list of `Prediction`: of each step whether it is above the last value, and point and quantiles.

        The scores (horizon, 1 + quantiles) are relative to the last value, in units of the scale of the series.
        """
        outputs = np.concatenate([outputs for _, outputs in self.predict_batches(examples)])
        return [to_prediction(one) for one in outputs]

    def predict(self, x, batch_size=PREDICT_BATCH, verbose=0, return_labels=False, return_quantiles=False, **kwargs):
        """Returns the next `horizon` values of raw histories.

        Args:
            x: raw histories, or a single text.
            batch_size, verbose, **kwargs: as in `keras.Model.predict`.
            return_labels: bool; whether to return a list of dicts, from `to_dict`.
            return_quantiles: bool; whether to return the quantiles (n, horizon, quantiles) too.

        Returns:
            (n, horizon) float64, a list of dicts, or a tuple of two arrays.

        Raises:
            ValueError: if a history has no value, or one that is not finite.

        Example:
            >>> model = rt.forecasting_model({"mine": [1, 2, 1, 2]}, horizon=2, look_back=4, segment_length=2, units=4)
            >>> model.predict(["1 2 1 2 1"]).shape
            (1, 2)
        """
        windows, _ = self.read_examples([x] if isinstance(x, str | bytes) else x)
        predictions = self.predict_examples(windows)
        if return_labels:
            marked = self.add_remarks(windows, predictions)
            return [self.to_dict(*pair) for pair in zip(windows, marked, strict=True)]
        values = np.array([self.values_of(*pair) for pair in zip(windows, predictions, strict=True)])
        return (values[:, :, 0], values[:, :, 1:]) if return_quantiles else values[:, :, 0]

    def values_of(self, example, prediction):
        """Returns the point and the quantiles of a prediction, (horizon, 1 + quantiles), in units of the series."""
        window = self.preprocessor.read(example)
        scale = self.schema.scales[self.schema.number(window.series)]
        return np.asarray(prediction.scores, np.float64) * scale + window.values[-1]

    def to_dict(self, example, prediction):
        """Returns `forecast`, a list of numbers; `quantiles`, a dict of lists; `series`; and `remarks`."""
        values = self.values_of(example, prediction)
        return {
            "forecast": values[:, 0].tolist(),
            "quantiles": {f"{one:g}": values[:, 1 + i].tolist() for i, one in enumerate(self.quantiles)},
            "series": self.preprocessor.read(example).series,
            "remarks": list(prediction.remarks),
        }

    def forecast(self, history, future=None, *, input_column=None, target_column=None, series_options=None):
        """Returns the forecast of every series of a table.

        Args:
            history: DataFrame, dict of columns, or file: the values so far, in the form of the training data. Of each
                series the last `look_back` values are read; of fewer, the first one is repeated before them.
            future: None, or a table of the covariates that are known in advance, for the steps after the history.
            input_column, target_column, series_options: as for `rnn_templates.load`.

        Returns:
            `pandas.DataFrame` with a row for each series and step: "series", "time", "forecast", and a column for each
            quantile, such as "0.1".

        Raises:
            ImportError: if pandas is not installed.
            ValueError: with the row, if a stamp or a value cannot be used; the stamps have another distance than those
                of the training; a series is not one of the training; or covariates are missing.

        Example:
            >>> import pandas as pd
            >>> model = rt.forecasting_model(
            ...     {"sales": [1, 2, 3, 2] * 9}, horizon=2, look_back=4, segment_length=2, units=4, num_quantiles=1
            ... )
            >>> table = pd.DataFrame({"time": range(6), "sales": [1, 2, 3, 2, 1, 2]})
            >>> model.forecast(table)[["series", "time"]].values.tolist()
            [['sales', 6], ['sales', 7]]
        """
        options = {"input_column": input_column, "target_column": target_column, "series_options": series_options}
        return forecast_frame(self, history, future, options)

    def adapt(self, splits):
        """Sets the conformal correction of the quantiles from the validation split, if it has 50 windows."""
        if splits.validation is None:
            return
        batches = self.make_batches(splits.validation, batch_size=PREDICT_BATCH)
        if batches.size < MIN_CONFORMAL:
            return
        head = self.network.get_layer("quantiles")
        head.correction.assign(np.zeros(head.correction.shape))
        errors = []
        for rows, outputs in self.predict_batches(batches):
            errors.append(batches.targets[rows][:, :, None] - outputs[:, :, 1:])
        errors = np.concatenate(errors)
        count = np.isfinite(errors).sum(axis=0)[0].min()
        levels = np.minimum(1.0, np.array(self.quantiles) * (1 + 1 / max(1, count)))
        corrections = [np.nanquantile(errors[:, :, i], level, axis=0) for i, level in enumerate(levels)]
        head.correction.assign(np.stack(corrections, axis=1))

    def confidence(self, prediction):
        """Returns 1 / (1 + w), where w is the mean distance of the outer quantiles in units of the scale."""
        scores = np.asarray(prediction.scores)
        return float(1 / (1 + np.mean(scores[:, -1] - scores[:, 1])))

    def score(self, predictions, targets):
        """Returns the mean absolute error of the points in units of the scale of the series.

        Args:
            predictions: list of `Prediction`, of the examples that `fit_to_device` saw last.
            targets: (n, horizon) float; relative to the last value, in units of the scale, as `fit_to_device` returns.
        """
        points = np.array([prediction.scores[:, 0] for prediction in predictions])
        return float(np.nanmean(np.abs(points - targets)))

    def fit_to_device(self, examples, targets=None):
        """Returns the examples, and the targets relative to the last value, in units of the scale."""
        if targets is None:
            return examples, None
        last = np.array([example.values[-1] for example in examples])[:, None]
        series = [self.schema.number(example.series) for example in examples]
        return examples, (np.asarray(targets) - last) / self._scales(series)

    def to_strings(self, examples):
        """Returns raw histories as texts for the SavedModel, a list of bytes."""
        return [_to_text(self.preprocessor.read(example), self.look_back) for example in examples]

    def describe(self):
        """Returns the number of series, look-back and horizon, a str."""
        count = len(self.schema.names)
        steps = f"{self.look_back} steps of {self.schema.step} back, {self.horizon} ahead"
        return f"{count} series, {steps}"

    def save_vocabulary(self, directory):
        """Writes `series.json`, names and scales of the series, into a folder (`Path`)."""
        names = ("names", "scales", "period", "step", "known_names", "static_names")
        content = {name: getattr(self.schema, name) for name in names}
        write_text(directory / "series.json", json.dumps(content, ensure_ascii=True) + "\n")


def to_prediction(scores):
    """Returns the `Prediction` of outputs (horizon, 1 + quantiles) that are relative to the last value.

    Example:
        >>> from rnn_templates.templates.forecasting.task import to_prediction
        >>> to_prediction(np.array([[0.5, 0.1], [-0.5, -1.0]])).outputs.tolist()
        [True, False]
    """
    return Prediction(scores[:, 0] > 0, scores)


def _to_text(window: SeriesWindow, look_back):
    parts = [window.series, " ".join(map(repr, pad_history(window.values, look_back).tolist()))]
    if window.known is not None:
        parts.append(" ".join(map(repr, np.ravel(window.known).tolist())))
    return "|".join(parts).encode()
