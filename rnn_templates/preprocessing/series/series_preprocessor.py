"""Raw histories to the inputs of a forecasting network."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.series_reader import SeriesReader
from rnn_templates.utils.validation import check_ints


@keras.saving.register_keras_serializable(package="rnn_templates")
class SeriesPreprocessor(SeriesReader):
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
        super().__init__(schema, **kwargs)
        check_ints("SeriesPreprocessor", look_back=look_back, horizon=horizon)
        self.look_back, self.horizon = look_back, horizon

    def call(self, texts):
        series, values, known = self.parse_texts(texts)
        inputs = {"values": _pad_start(values, self.look_back), "series": series}
        if self.num_known:
            length = self.look_back + self.horizon
            flat = known.to_tensor(shape=(None, length * self.num_known))
            inputs["known"] = self.standardize(tf.reshape(flat, (-1, length, self.num_known)))
        return inputs

    def check_known(self, known, values):
        """See `SeriesReader.check_known`."""
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
        return {**super().get_config(), "look_back": self.look_back, "horizon": self.horizon}

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


def _pad_start(values, length):
    """The last values of each row (batch, length); of fewer, the first one is repeated before them."""
    lengths = tf.cast(values.row_lengths(), tf.int32)
    positions = lengths[:, None] - length + tf.range(length)[None]
    dense = values.to_tensor()
    return tf.gather(dense, tf.maximum(positions, 0), batch_dims=1)
