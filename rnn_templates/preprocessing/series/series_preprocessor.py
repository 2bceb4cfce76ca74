"""Raw histories to the inputs of a forecasting network."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.utils.validation import check_ints

SEPARATORS = r"[\s,;]+"


@keras.saving.register_keras_serializable(package="rnn_templates")
class SeriesPreprocessor(keras.layers.Layer):
    """Converts histories into the last `look_back` values, the number of the series, and its covariates.

    A history is an array of numbers, a `SeriesWindow`, or a text: "1.5 2 1.75", or with the name of the series
    "oslo|1.5 2 1.75", or also with the covariates of the last `look_back` steps and of the horizon, step by step,
    "oslo|1.5 2 1.75|0 0 1 ...".

    Args:
        schema: `SeriesSchema`, or its fields as a dict.
        look_back, horizon: positive ints.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) strings; of fewer values than `look_back` the first one is repeated before them.

    Returns:
        Dict of tensors: "values" (batch, look_back) float, "series" (batch,) int32, and if there are covariates "known"
        (batch, look_back + horizon, covariates) float, standardized.

    Example:
        >>> from rnn_templates.preprocessing.series.schema import SeriesSchema
        >>> from rnn_templates.preprocessing.series.series_preprocessor import SeriesPreprocessor
        >>> schema = SeriesSchema.from_values({"oslo": [1.0, 2.0], "rome": [1.0, 3.0]})
        >>> preprocessor = SeriesPreprocessor(schema, look_back=2, horizon=1)
        >>> inputs = preprocessor(tf.constant(["rome|1 2 3"]))
        >>> inputs["values"].numpy().tolist(), inputs["series"].numpy().tolist()
        ([[2.0, 3.0]], [1])
    """

    def __init__(self, schema, look_back, horizon, **kwargs):
        super().__init__(**kwargs)
        check_ints("SeriesPreprocessor", look_back=look_back, horizon=horizon)
        if isinstance(schema, dict):
            values = {key: _to_tuple(value) for key, value in schema.items()}
            schema = SeriesSchema(**values)
        self.schema, self.look_back, self.horizon = schema, look_back, horizon
        self.built = True

    @property
    def num_known(self):
        """Number of covariates that are known in advance, an int."""
        return len(self.schema.known_names)

    def call(self, texts):
        texts = tf.strings.strip(texts)
        names = tf.strings.strip(tf.strings.regex_replace(texts, r"\|(?s).*$", ""))
        has_name = tf.strings.regex_full_match(texts, r"(?s).*\|.*")
        values = tf.strings.regex_replace(texts, r"(?s)^[^|]*\|", "")
        known = tf.strings.regex_replace(values, r"(?s)^[^|]*\|?", "")
        values = tf.strings.regex_replace(values, r"(?s)\|.*$", "")
        inputs = {"values": _pad_start(_numbers(values), self.look_back)}
        keys = tf.constant(self.schema.names)
        matches = tf.equal(names[:, None], keys[None])
        series = tf.cast(tf.argmax(tf.cast(matches, tf.int32), axis=1), tf.int32)
        if len(self.schema.names) > 1:
            known_name = tf.reduce_all(has_name & tf.reduce_any(matches, axis=1))
            message = "A text must begin with the name of a series of the training and '|'."
            with tf.control_dependencies([tf.debugging.Assert(known_name, [message])]):
                series = tf.identity(series)
        inputs["series"] = series
        if self.num_known:
            length = self.look_back + self.horizon
            flat = _numbers(known).to_tensor(shape=(None, length * self.num_known))
            inputs["known"] = self.standardize(tf.reshape(flat, (-1, length, self.num_known)))
        return inputs

    def standardize(self, known):
        """Returns covariates (..., covariates) with the mean 0 and the standard deviation 1 of the training."""
        means, scales = (np.array(one, np.float32) for one in (self.schema.known_means, self.schema.known_scales))
        return (known - means) / scales

    def read(self, example):
        """Returns a raw history as a `SeriesWindow` of numbers.

        Args:
            example: str, bytes, numbers or `SeriesWindow`.

        Raises:
            TypeError: if it is none of these.
            ValueError: if a value is no finite number, there are none, or covariates are missing.
        """
        if isinstance(example, bytes | str):
            example = self._parse(example)
        elif not isinstance(example, SeriesWindow):
            if np.ndim(example) != 1:
                raise TypeError(
                    f"A history must be a text, an array of numbers or a SeriesWindow; received {example!r:.60}."
                )
            example = SeriesWindow(example)
        try:
            values = np.asarray(example.values, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"A history must have numbers only; received {example.values!r:.60}.") from None
        if values.ndim != 1 or not len(values):
            raise ValueError("A history must have at least one value; received none.")
        if not np.isfinite(values).all():
            first = int(np.flatnonzero(~np.isfinite(values))[0])
            raise ValueError(
                f"Value {first} of a history is {values[first]}; fill missing values before, or use `forecast` with "
                "`fill='linear'`."
            )
        return SeriesWindow(values, self.schema.names[self.schema.number(example.series)], self._known(example.known))

    def _parse(self, text):
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        name, bar, rest = text.partition("|")
        values, _, known = (rest if bar else text).partition("|")

        def numbers(part):
            try:
                return np.array(part.replace(",", " ").replace(";", " ").split(), np.float64)
            except ValueError as error:
                raise ValueError(f"A history must be numbers; received {part.strip()[:40]!r} ({error}).") from None

        known = numbers(known)
        if len(known):
            width = self.num_known or 1
            if len(known) % width:
                raise ValueError(
                    f"The covariates must be {width} numbers for each step; received {len(known)} numbers."
                )
            known = known.reshape(-1, width)
        return SeriesWindow(numbers(values), name.strip() if bar else None, known if len(known) else None)

    def _known(self, known):
        if not self.num_known:
            return None
        wanted = (self.look_back + self.horizon, self.num_known)
        names = ", ".join(self.schema.known_names)
        if known is None:
            raise ValueError(
                f"The model needs the covariates {names}, of the last {self.look_back} steps and of the horizon of "
                f"{self.horizon}; received none."
            )
        known = np.asarray(known, np.float64)
        if known.shape != wanted or not np.isfinite(known).all():
            raise ValueError(f"The covariates {names} must be {wanted} finite numbers; received {known.shape}.")
        return known

    def encode(self, windows):
        """Returns the inputs for a list of `SeriesWindow` from `read`, a dict of arrays.

        Values are relative to the last one, which the network does not depend on, and which float32 may not resolve.

        Args:
            windows: list of `SeriesWindow`.
        """
        values = np.stack([pad_history(window.values, self.look_back) for window in windows])
        inputs = {
            "values": (values - values[:, -1:]).astype(np.float32),
            "series": np.array([self.schema.number(window.series) for window in windows], np.int32),
        }
        if self.num_known:
            inputs["known"] = self.standardize(np.stack([window.known for window in windows])).astype(np.float32)
        return inputs

    def get_config(self):
        schema = dataclasses.asdict(self.schema)
        return {**super().get_config(), "schema": schema, "look_back": self.look_back, "horizon": self.horizon}

    def compute_output_shape(self, texts_shape):
        shapes = {"values": (texts_shape[0], self.look_back), "series": (texts_shape[0],)}
        if self.num_known:
            shapes["known"] = (texts_shape[0], self.look_back + self.horizon, self.num_known)
        return shapes


def pad_history(values, look_back):
    """Returns the last `look_back` values; of fewer, the first one is repeated before them.

    Example:
        >>> from rnn_templates.preprocessing.series.series_preprocessor import pad_history
        >>> pad_history(np.array([1.0, 2.0]), 3).tolist()
        [1.0, 1.0, 2.0]
    """
    values = values[-look_back:]
    return np.concatenate([np.full(look_back - len(values), values[0]), values])


def _numbers(texts):
    """Ragged (batch, None) float32 of texts."""
    parts = tf.strings.split(tf.strings.strip(tf.strings.regex_replace(texts, SEPARATORS, " ")))
    return tf.RaggedTensor.from_row_splits(tf.strings.to_number(parts.flat_values), parts.row_splits)


def _pad_start(values, length):
    """The last values of each row (batch, length); of fewer, the first one is repeated before them."""
    lengths = tf.cast(values.row_lengths(), tf.int32)
    positions = lengths[:, None] - length + tf.range(length)[None]
    dense = values.to_tensor()
    return tf.gather(dense, tf.maximum(positions, 0), batch_dims=1)


def _to_tuple(value):
    return tuple(_to_tuple(one) for one in value) if isinstance(value, list | tuple) else value
