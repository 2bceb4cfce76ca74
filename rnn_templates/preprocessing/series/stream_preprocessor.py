"""Raw histories to the inputs of a network that reads them value by value."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.series_reader import SeriesReader


@keras.saving.register_keras_serializable(package="rnn_templates")
class StreamPreprocessor(SeriesReader):
    """Converts histories into standardized values, the number of the series, and covariates of every step.

        z_t = (x_t - center) / scale, with the mean and the standard deviation of the training part of the series

    Args:
        schema: `SeriesSchema` with `centers`, or its fields as a dict.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: (batch,) strings; see `SeriesReader`. Covariates are those of the values.

    Returns:
        Dict of tensors: "values" (batch, time) float, padded with 0, "series" (batch,) int32, and if there are
        covariates "known" (batch, time, covariates) float, standardized, padded with 0.

    Example:
        >>> from rnn_templates.preprocessing.series.schema import SeriesSchema
        >>> from rnn_templates.preprocessing.series.stream_preprocessor import StreamPreprocessor
        >>> preprocessor = StreamPreprocessor(SeriesSchema.from_values({"oslo": [1.0, 3.0]}))
        >>> preprocessor(tf.constant(["oslo|1 3 5", "oslo|2"]))["values"].numpy().tolist()
        [[-1.0, 1.0, 3.0], [0.0, 0.0, 0.0]]
    """

    def call(self, texts):
        series, values, known = self.parse_texts(texts)
        lengths = tf.cast(values.row_lengths(), tf.int32)
        values = values.to_tensor()
        inside = tf.sequence_mask(lengths, tf.shape(values)[1])
        center, scale = (tf.gather(tf.constant(one), series)[:, None] for one in self.statistics())
        inputs = {"values": tf.where(inside, (values - center) / scale, 0.0), "series": series}
        if self.num_known:
            flat = known.to_tensor(shape=(None, None))
            shape = tf.shape(values)
            wanted = shape[1] * self.num_known
            flat = tf.pad(flat, [[0, 0], [0, tf.maximum(wanted - tf.shape(flat)[1], 0)]])[:, :wanted]
            known = self.standardize(tf.reshape(flat, (shape[0], shape[1], self.num_known)))
            inputs["known"] = tf.where(inside[:, :, None], known, 0.0)
        return inputs

    def statistics(self):
        """Returns the centers and the scales of all series, two (series,) float32 arrays."""
        return np.array(self.schema.centers, np.float32), np.array(self.schema.scales, np.float32)

    def check_known(self, known, values):
        """See `SeriesReader.check_known`."""
        if not self.num_known:
            return None
        wanted, names = (len(values), self.num_known), ", ".join(self.schema.known_names)
        if known is None:
            raise ValueError(f"The model needs the covariates {names} of each of the {len(values)} values.")
        known = np.asarray(known, np.float64)
        if known.shape != wanted or not np.isfinite(known).all():
            raise ValueError(f"The covariates {names} must be {wanted} finite numbers; received {known.shape}.")
        return known

    def encode(self, windows):
        """Returns the inputs for a list of `SeriesWindow` from `read`: a dict of an array, and lists of arrays.

        Args:
            windows: list of `SeriesWindow`; a value that is NaN is missing.
        """
        numbers = np.array([self.schema.number(window.series) for window in windows], np.int32)
        centers, scales = np.array(self.schema.centers)[numbers], np.array(self.schema.scales)[numbers]
        triples = zip(windows, centers, scales, strict=True)
        inputs = {
            "values": [((window.values - center) / scale).astype(np.float32) for window, center, scale in triples],
            "series": numbers,
        }
        if self.num_known:
            inputs["known"] = [self.standardize(window.known).astype(np.float32) for window in windows]
        return inputs

    def compute_output_shape(self, texts_shape):
        shapes = {"values": (texts_shape[0], None), "series": (texts_shape[0],)}
        if self.num_known:
            shapes["known"] = (texts_shape[0], None, self.num_known)
        return shapes
