"""Anomaly detector."""

import keras
import numpy as np

from rnn_templates.data.batching import BucketedBatches
from rnn_templates.data.series.windows import SeriesPart
from rnn_templates.tasks.predict_function import PredictFunction
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.task import Task
from rnn_templates.templates.anomaly_detection.frames import detect_frame
from rnn_templates.templates.anomaly_detection.signatures import DetectorSignatures
from rnn_templates.templates.anomaly_detection.windows import check_series, cut_windows, whole_series
from rnn_templates.utils.events import find_events
from rnn_templates.utils.peaks_over_threshold import fit_tail

PREDICT_BATCH = 64
MIN_CALIBRATION = 1000  # values of the validation part; of fewer, those of the training part are used too
UNLIMITED, MIN_LIMIT = 1e9, 0.1
TYPICAL_SCORE = 0.5  # mean score of normal data


@keras.saving.register_keras_serializable(package="rnn_templates")
class AnomalyDetector(DetectorSignatures, Task):
    """Scores each value of a series by the tail probability of its error; built by `anomaly_detection_model`.

    `fit`, `evaluate` and `predict` take series without targets: a list of arrays of numbers, of `SeriesWindow`s or of
    texts such as "oslo|1.5 2 1.75" (see `SeriesReader`), or a `SeriesPart`, a split of `rnn_templates.load`. The target
    of a step is its value. `detect` takes a table.

    Args:
        network: a `keras.Model` to (batch, time, 3): location, log-scale and tail probability, with the layers
            "next_value" and "scorer".
        preprocessor: `StreamPreprocessor`.
        window: int of at least 2; length of the windows of the training.
        risk: float in (0, 0.5); probability of a flag for a normal sample.
        **kwargs: `name` and the other arguments of `keras.Model`.
    """

    labels = ()
    input_name = "histories"
    metric_name = "flag_rate"
    min_agreement = {"float32": 0.999, "int8": 0.9}  # of the flags; a score may be at the threshold
    min_confidence = 0.05
    threshold = 1.0  # scores are relative to the limits of the scorer

    def __init__(self, network, preprocessor, *, window=128, risk=1e-4, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.window, self.risk = window, risk
        self.scorer = network.get_layer("scorer")
        self._score_function = PredictFunction(self._score_batch)

    @property
    def schema(self):
        """The `SeriesSchema` of the training."""
        return self.preprocessor.schema

    def read_examples(self, x, y=None):
        """Returns series as a list of `SeriesWindow`, twice: the target of a series is the series itself.

        Args:
            x: raw series, in all forms that `fit` takes.
            y: None, or the same series.

        Raises:
            TypeError, ValueError: if an example is no series, or `y` has other ones.
        """
        if isinstance(x, SeriesPart):
            check_series(self, x)
            windows = [window for window, _ in cut_windows(x, self.window, self.window)]
            return windows, windows
        examples = list(x) if isinstance(x, list | tuple) else super().read_examples(x)[0]
        if not examples:
            raise ValueError("There are no series: the list is empty.")
        windows = [self.preprocessor.read(example) for example in examples]
        if y is not None:
            targets = [self.preprocessor.read(target) for target in y]
            pairs = zip(windows, targets, strict=False)
            if len(targets) != len(windows) or not all(map(_are_equal, pairs)):
                raise ValueError(
                    f"{self.name}: `y` must be None, or the series themselves: the targets are their values; received "
                    f"{len(targets)} others for {len(windows)} series."
                )
        return windows, windows

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        if isinstance(x, SeriesPart):
            check_series(self, x)
            pairs = cut_windows(x, self.window, max(1, self.window // 2))
        else:
            windows, _ = self.read_examples(x, y)
            pairs = [(window, np.arange(len(window.values)) > 0) for window in windows]
        features = self.preprocessor.encode([window for window, _ in pairs])
        targets = [
            np.where(counted, values, np.float32(np.nan))
            for values, (_, counted) in zip(features["values"], pairs, strict=True)
        ]
        return features, targets, None if sample_weight is None else np.asarray(sample_weight)

    def encode(self, x):
        batches = self._prediction_batches([x] if isinstance(x, str | bytes) else x)
        return batches.batch(np.arange(batches.size))

    def _prediction_batches(self, examples, batch_size=PREDICT_BATCH):
        windows, _ = self.read_examples(examples)
        return BucketedBatches(self.preprocessor.encode(windows), batch_size=batch_size)

    def _score_batch(self, inputs):
        """Scores (batch, time) and locations (batch, time) of encoded series."""
        outputs = self.network(inputs, training=False)
        return self.scorer.scores(inputs["values"], outputs), outputs[:, :, 0]

    def score_series(self, examples):
        """Returns the scores and the expected values of raw series.

        Args:
            examples: list of raw series.

        Returns:
            List of (scores, expected): two (time,) float arrays.

        Example:
            >>> model = rt.anomaly_detection_model({"mine": [1, 2, 1, 2]}, window=4, units=4)
            >>> [one.shape for one in model.score_series(["1 2 1 2 1"])[0]]
            [(5,), (5,)]
        """
        windows, _ = self.read_examples(examples)
        batches = BucketedBatches(self.preprocessor.encode(windows), batch_size=PREDICT_BATCH)
        rows = [
            pair for _, (scores, found) in self._score_function.run(batches) for pair in zip(scores, found, strict=True)
        ]
        results = []
        for window, (scores, location) in zip(windows, batches.restore_order(rows), strict=True):
            number, count = self.schema.number(window.series), len(window.values)
            expected = location[:count] * self.schema.scales[number] + self.schema.centers[number]
            results.append((scores[:count], expected))
        return results

    def predict_examples(self, examples, strategy=None):
        """Returns a list of `Prediction`: of each value whether it is flagged, and its score."""
        return [self.to_prediction(scores) for scores, _ in self.score_series(examples)]

    def to_prediction(self, scores):
        """Returns the `Prediction` of scores (time,)."""
        scores = np.asarray(scores, np.float32)
        return Prediction(scores > self.threshold, scores)

    def predict(self, x, batch_size=PREDICT_BATCH, verbose=0, return_labels=False, return_flags=False, **kwargs):
        """Returns the score of each value of raw series.

        Args:
            x: raw series, or a single text.
            batch_size, verbose, **kwargs: ignored.
            return_labels: bool; whether to return a list of dicts, from `to_dict`.
            return_flags: bool; whether to return the flags too.

        Returns:
            List of (time,) float arrays; a score above 1 is an alarm. With `return_flags` a tuple of two lists, the
            second one of bool arrays; or a list of dicts.

        Raises:
            ValueError: if a series has no value, or one that is not finite.

        Example:
            >>> model = rt.anomaly_detection_model({"mine": [1, 2, 1, 2]}, window=4, units=4)
            >>> scores, flags = model.predict(["1 2 1 2 1"], return_flags=True)
            >>> scores[0].shape, flags[0].shape
            ((5,), (5,))
        """
        windows, _ = self.read_examples([x] if isinstance(x, str | bytes) else x)
        predictions = self.predict_examples(windows)
        if return_labels:
            marked = self.add_remarks(windows, predictions)
            return [self.to_dict(*pair) for pair in zip(windows, marked, strict=True)]
        scores = [one.scores for one in predictions]
        return (scores, [one.outputs for one in predictions]) if return_flags else scores

    def to_dict(self, example, prediction):
        """Returns `events`, dicts of `start`, `end` (its last value) and `score`; and `scores`, `series`, `remarks`."""
        return {
            "events": [event.as_dict() for event in find_events(prediction.outputs, prediction.scores)],
            "scores": [round(float(score), 4) for score in prediction.scores],
            "series": self.preprocessor.read(example).series,
            "remarks": list(prediction.remarks),
        }

    def detect(self, history, *, input_column=None, target_column=None, series_options=None, return_events=False):
        """Returns the score of every value of a table.

        Args:
            history: DataFrame, dict of columns, or file, in the form of the training data.
            input_column, target_column, series_options: as for `rnn_templates.load`.
            return_events: bool; whether to return events instead of values.

        Returns:
            `pandas.DataFrame` with a row for each value: "series", "time", "value", "expected", "score", "flag"; or a
            row for each event: "series", "start", "end", "score", "samples".

        Raises:
            ImportError: if pandas is not installed.
            ValueError: with the row, if a stamp or a value cannot be used; the stamps have another distance than those
                of the training; or a series is not one of the training.

        Example:
            >>> import pandas as pd
            >>> model = rt.anomaly_detection_model({"load": [1, 2, 3, 2] * 9}, window=8, units=4)
            >>> table = pd.DataFrame({"time": range(6), "load": [1, 2, 3, 2, 1, 2]})
            >>> model.detect(table)[["series", "time"]].values.tolist()[-1]
            ['load', 5]
        """
        options = {"input_column": input_column, "target_column": target_column, "series_options": series_options}
        return detect_frame(self, history, options, return_events)

    def adapt(self, splits):
        """Sets the limits of the scorer from the tails of its scores on the validation split, without labels.

        Of fewer than 1,000 values the training split is used too. Each of the two limits is exceeded by normal data
        with the probability `risk / 2`, by extreme value theory.
        """
        parts = [part for part in (splits.validation, splits.train) if part is not None]
        limits = []
        for others in ([1.0, UNLIMITED], [UNLIMITED, 1.0]):
            self.scorer.limits.assign(others)
            found = []
            for part in parts:
                found += self.part_scores(part)
                if sum(map(len, found)) >= MIN_CALIBRATION:
                    break
            limits.append(max(MIN_LIMIT, fit_tail(np.concatenate(found)).quantile(self.risk / 2)))
        self.scorer.limits.assign(limits)

    def whole_series(self, part):
        """Returns the series of a part from their first value on, a list of (`SeriesWindow`, first, labels or None).

        Args:
            part: `SeriesPart`.

        Raises:
            ValueError: if the covariates or the distance of the stamps are not those of the training.
        """
        check_series(self, part)
        return whole_series(part)

    def part_scores(self, part):
        """Returns the scores of the values of a part, a list of (time,) arrays; values before it are read first.

        Args:
            part: `SeriesPart`; or raw series, all of whose values count.
        """
        if not isinstance(part, SeriesPart):
            return [scores for scores, _ in self.score_series(part)]
        whole = self.whole_series(part)
        scored = self.score_series([window for window, *_ in whole])
        return [scores[first:] for (scores, _), (_, first, _) in zip(scored, whole, strict=True)]

    def confidence(self, prediction):
        """Returns how typical a series is: 1 if the mean score is at most that of normal data, else less."""
        excess = max(0.0, float(np.mean(prediction.scores)) - TYPICAL_SCORE)
        return float(np.exp(-excess))

    def score(self, predictions, targets):
        """Returns the fraction of the values that are flagged."""
        return round(float(np.concatenate([one.outputs for one in predictions]).mean()), 4)

    def describe(self):
        """Returns the number of series, and the distance of stamps, a str."""
        return f"{len(self.schema.names)} series, steps of {self.schema.step}"

    def get_config(self):
        return {**super().get_config(), "window": self.window, "risk": self.risk}


def _are_equal(pair):
    one, other = pair
    return one.series == other.series and np.array_equal(one.values, other.values)
