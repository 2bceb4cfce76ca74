"""Anomaly detector for records without an order in time, such as network connections."""

import keras
import numpy as np

from rnn_templates.data.frames import Frame
from rnn_templates.layers.gaussian_density import GaussianDensity
from rnn_templates.preprocessing.records.record_reader import RecordReader
from rnn_templates.utils.peaks_over_threshold import fit_tail
from rnn_templates.utils.validation import is_number

PREDICT_BATCH = 4096


@keras.saving.register_keras_serializable(package="rnn_templates")
class RecordDetector(keras.Model):
    """Scores records by their distance from normal ones; built by `record_detector`.

        score = d / limit,   d of `GaussianDensity`; above 1 is an alarm

    Args:
        reader: `RecordReader`, or its fields as a dict.
        shrinkage: float in (0, 1]; see `GaussianDensity`.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Call arguments:
        inputs: dict of "numbers" and "categories", from `RecordReader.encode`.

    Example:
        >>> from rnn_templates.templates.anomaly_detection.records import record_detector
        >>> rng = np.random.default_rng(0)
        >>> table = {"bytes": rng.normal(100, 5, 500), "protocol": ["tcp", "udp"] * 250}
        >>> detector = record_detector(table)
        >>> (detector.score_records({"bytes": [100, 5000, 100], "protocol": ["tcp", "tcp", "icmp"]}) > 1).tolist()
        [False, True, True]
    """

    def __init__(self, reader, shrinkage=0.01, **kwargs):
        super().__init__(**kwargs)
        if isinstance(reader, dict):
            known = tuple((name, tuple(values)) for name, values in reader["categories"])
            reader = RecordReader(tuple(reader["numeric"]), known)
        self.reader, self.shrinkage = reader, shrinkage
        counts = [len(values) for _, values in reader.categories]
        self.density = GaussianDensity(len(reader.numeric), counts, shrinkage, name="density")
        self.limit = self.add_weight(shape=(), initializer="ones", trainable=False, name="limit")
        self.built = True

    def call(self, inputs):
        return self.density(inputs["numbers"], inputs["categories"]) / self.limit

    def score_records(self, table):
        """Returns the scores of the records of a table, (n,) float; above 1 is an alarm.

        Args:
            table: DataFrame or dict of columns; columns that the training did not have are ignored. A category that it
                did not have raises the score.

        Raises:
            ValueError: with column and row, if a column is missing, or a number is not finite.
        """
        inputs = self.reader.encode(Frame(table, "the records").columns)
        starts = range(0, len(inputs["numbers"]), PREDICT_BATCH)
        batches = ({name: one[start : start + PREDICT_BATCH] for name, one in inputs.items()} for start in starts)
        return np.concatenate([np.asarray(self(batch)) for batch in batches])

    def get_config(self):
        reader = {"numeric": list(self.reader.numeric), "categories": [list(one) for one in self.reader.categories]}
        return {"name": self.name, "reader": reader, "shrinkage": self.shrinkage}


def record_detector(table, *, categorical=None, shrinkage=0.01, risk=0.01):
    """Returns a detector that is fitted to normal records, in closed form.

    Args:
        table: DataFrame or dict of columns: normal records, without a column of labels.
        categorical: sequence of str; columns of categories; None for those with a value that is no number.
        shrinkage: float in (0, 1]; see `GaussianDensity`.
        risk: float in (0, 0.5); fraction of the normal records that is flagged; of small ones, by extreme value theory.

    Returns:
        `RecordDetector`.

    Raises:
        ValueError: if there are fewer than two records, or an argument is out of range.

    Example:
        >>> from rnn_templates.templates.anomaly_detection.records import record_detector
        >>> detector = record_detector({"size": np.arange(100.0)}, risk=0.05)
        >>> round(float(np.mean(detector.score_records({"size": np.arange(100.0)}) > 1)), 2)
        0.05
    """
    if not is_number(risk) or not 0 < risk < 0.5:
        raise ValueError(f"record_detector: `risk` must be a probability in (0, 0.5); received {risk!r}.")
    columns = Frame(table, "the records").columns
    reader = RecordReader.from_columns(columns, categorical)
    detector = RecordDetector(reader, shrinkage, name="record_detector")
    inputs = reader.encode(columns)
    detector.density.adapt(inputs["numbers"], inputs["categories"])
    scores = detector.score_records(columns)
    tail = fit_tail(scores)
    detector.limit.assign(tail.quantile(risk) if risk < tail.rate else float(np.quantile(scores, 1 - risk)))
    return detector
