"""Raw histories as numbers, in Python and in a graph."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.schema import SeriesSchema
from rnn_templates.preprocessing.series.window import SeriesWindow

SEPARATORS = r"[\s,;]+"


class SeriesReader(keras.layers.Layer):
    """Reads histories: arrays of numbers, `SeriesWindow`s or texts; base class of preprocessors of series.

    A text is "1.5 2 1.75", or with the name of the series "oslo|1.5 2 1.75", or also with covariates, step by step,
    "oslo|1.5 2 1.75|0 0 1 ...". Subclasses implement `call` and `check_known`.

    Args:
        schema: `SeriesSchema`, or its fields as a dict.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Example:
        >>> from rnn_templates.preprocessing.series.series_preprocessor import SeriesPreprocessor
        >>> from rnn_templates.preprocessing.series.schema import SeriesSchema
        >>> reader = SeriesPreprocessor(SeriesSchema.from_values({"oslo": [1.0, 2.0]}), look_back=2, horizon=1)
        >>> reader.read("oslo|1 2 3").values.tolist()
        [1.0, 2.0, 3.0]
    """

    def __init__(self, schema, **kwargs):
        super().__init__(**kwargs)
        if isinstance(schema, dict):
            schema = SeriesSchema(**{key: _to_tuple(value) for key, value in schema.items()})
        self.schema = schema
        self.built = True

    def check_known(self, known, values):
        """Returns the covariates of a history as an array, or None if the model has none.

        Args:
            known: None, or numbers.
            values: (time,) floats; the history.

        Raises:
            ValueError: if they are missing, or have another shape.
        """
        raise NotImplementedError

    @property
    def num_known(self):
        """Number of covariates that are known in advance, an int."""
        return len(self.schema.known_names)

    def parse_texts(self, texts):
        """Returns the parts of texts in a graph.

        Args:
            texts: (batch,) strings.

        Returns:
            `series, values, known`: (batch,) int32 numbers of the series, and two ragged (batch, None) float32.
        """
        texts = tf.strings.strip(texts)
        names = tf.strings.strip(tf.strings.regex_replace(texts, r"\|(?s).*$", ""))
        has_name = tf.strings.regex_full_match(texts, r"(?s).*\|.*")
        values = tf.strings.regex_replace(texts, r"(?s)^[^|]*\|", "")
        known = tf.strings.regex_replace(values, r"(?s)^[^|]*\|?", "")
        values = tf.strings.regex_replace(values, r"(?s)\|.*$", "")
        keys = tf.constant(self.schema.names)
        matches = tf.equal(names[:, None], keys[None])
        series = tf.cast(tf.argmax(tf.cast(matches, tf.int32), axis=1), tf.int32)
        if len(self.schema.names) > 1:
            known_name = tf.reduce_all(has_name & tf.reduce_any(matches, axis=1))
            message = "A text must begin with the name of a series of the training and '|'."
            with tf.control_dependencies([tf.debugging.Assert(known_name, [message])]):
                series = tf.identity(series)
        return series, _numbers(values), _numbers(known)

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
        return SeriesWindow(
            values, self.schema.names[self.schema.number(example.series)], self.check_known(example.known, values)
        )

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

    def get_config(self):
        return {**super().get_config(), "schema": dataclasses.asdict(self.schema)}


def _numbers(texts):
    """Ragged (batch, None) float32 of texts."""
    parts = tf.strings.split(tf.strings.strip(tf.strings.regex_replace(texts, SEPARATORS, " ")))
    return tf.RaggedTensor.from_row_splits(tf.strings.to_number(parts.flat_values), parts.row_splits)


def _to_tuple(value):
    return tuple(_to_tuple(one) for one in value) if isinstance(value, list | tuple) else value
