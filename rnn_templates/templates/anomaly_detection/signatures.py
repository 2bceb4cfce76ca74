"""Inputs and outputs of the exported files of an anomaly detector."""

import json

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.window import SeriesWindow
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature
from rnn_templates.utils.atomic import write_text

MAX_EXAMPLES = 50  # series that are compared value by value


class DetectorSignatures:
    """Signatures of the exported files; a base class of `AnomalyDetector`.

    `detect`, of the SavedModel, scores whole series. `step` scores the next value of a stream: state of the network, of
    the average and of the statistics in, and out; its time does not depend on the length of the stream.

    Example:
        >>> model = rt.anomaly_detection_model({"mine": [1, 2, 1, 2]}, window=4, units=4)
        >>> [signature.name for signature in model.serving_signatures()]
        ['detect', 'step']
    """

    runtime_readers = ("stream", "value_stream")
    stream_reader = "value_stream"

    def serving_signatures(self):
        """Returns the signatures of the SavedModel: `detect` and `step`."""
        return [self.string_signature("detect", self.serve_texts, self._decode), self._step_signature(None)]

    def device_signatures(self):
        """Returns the signature of the LiteRT files, `step`."""
        return [self._step_signature(1)]

    def serve_texts(self, histories):
        """Returns `score` (batch, time) and `flag` (batch, time), int32, of texts (batch,)."""
        scores, _ = self._score_batch(self.preprocessor(histories))
        return self._outputs(scores)

    def step(self, values, series, *state):
        """Returns `score`, `flag` and `expected` (batch, 1) of the next value, and the state after it.

        Args:
            values: (batch, 1 + covariates) float; the value, in units of the series, NaN if it is missing; and the
                covariates of this step.
            series: (batch,) int32; number of the series, its position in `series.json`.
            *state: (batch, size) floats with the sizes `state_sizes`; at the beginning zeros.
        """
        layer, names = self.network.get_layer("next_value"), self.state_sizes
        center, scale = (tf.gather(tf.constant(one), series)[:, None] for one in self.preprocessor.statistics())
        known = self.preprocessor.standardize(values[:, 1:]) if self.preprocessor.num_known else None
        vector = self.network.get_layer("embedding")(series)
        count = len(layer.state_sizes)
        outputs, value, rest = layer.step((values[:, :1] - center) / scale, vector, list(state[:count]), known)
        outputs = self.scorer(value, outputs[:, None])[:, 0]
        score, scored = self.scorer.step(value, outputs, list(state[count:]))
        results = {**self._outputs(score), "expected": outputs[:, :1] * scale + center}
        return {**results, **dict(zip(names, [*rest, *scored], strict=True))}

    def _outputs(self, scores):
        return {"score": scores, "flag": tf.cast(scores > self.threshold, tf.int32)}

    @property
    def state_sizes(self):
        """Names and sizes of the states of a stream, a dict."""
        sizes = [*self.network.get_layer("next_value").state_sizes, *[1] * self.scorer.num_states]
        return {f"state_{index}": size for index, size in enumerate(sizes)}

    def _step_signature(self, batch):
        several = len(self.schema.names) > 1
        specs = [tf.TensorSpec((batch, 1 + self.preprocessor.num_known), name="values")]
        specs += [tf.TensorSpec((batch,), tf.int32, name="series")] if several else []
        specs += [tf.TensorSpec((batch, size), name=name) for name, size in self.state_sizes.items()]

        def function(values, *rest):
            series = rest[0] if several else tf.zeros_like(values[:, 0], tf.int32)
            return self.step(values, series, *rest[several:])

        zeros = {name: np.zeros((1, size), np.float32) for name, size in self.state_sizes.items()}
        return Signature("step", tuple(specs), function, self._encode_steps, self._decode, carried=zeros)

    def _encode_steps(self, examples):
        for example in examples:
            window = self.preprocessor.read(example)
            series = {"series": np.array([self.schema.number(window.series)], np.int32)}
            rows = window.values[:, None]
            rows = rows if window.known is None else np.concatenate([rows, window.known], axis=1)
            for position, row in enumerate(rows):
                values = {"values": row[None].astype(np.float32)}
                last = position == len(rows) - 1
                yield {**values, **(series if len(self.schema.names) > 1 else {})}, int(last)

    def _decode(self, outputs, examples):
        """The predictions of `score` and `flag`."""
        counts = [len(self.preprocessor.read(example).values) for example in examples]
        rows = zip(outputs["flag"], outputs["score"], counts, strict=True)
        return [Prediction(flags[:count] > 0, scores[:count]) for flags, scores, count in rows]

    def fit_to_device(self, examples, targets=None):
        """Returns the first `window` values of the examples, at most 50 at equal distances, twice."""
        short = []
        for example in examples[:: -(-len(examples) // MAX_EXAMPLES)]:
            known = None if example.known is None else example.known[: self.window]
            short.append(example._replace(values=example.values[: self.window], known=known))
        return short, None if targets is None else short

    def to_strings(self, examples):
        """Returns raw series as texts for the SavedModel, a list of bytes."""
        return [_to_text(self.preprocessor.read(example)) for example in examples]

    def save_vocabulary(self, directory):
        """Writes `series.json`, names and statistics of the series, into a folder (`Path`)."""
        names = ("names", "centers", "scales", "step", "known_names", "known_means", "known_scales")
        content = {name: getattr(self.schema, name) for name in names}
        write_text(directory / "series.json", json.dumps(content, ensure_ascii=True) + "\n")

    def preprocessing_spec(self):
        """Returns what a device passes to `step`, a dict."""
        return {
            "columns": [self.schema.names[0] if len(self.schema.names) == 1 else "value", *self.schema.known_names],
            "values": "the next value and its covariates, unscaled; NaN if the value is missing",
            "series": "number of the series, its position in `names` of series.json, from 0, if there are several",
            "step": self.schema.step,
            "score": "above 1 is an alarm, flag 1",
            "known": list(self.schema.known_names),
            **self.stream_spec(),
        }


def _to_text(window: SeriesWindow):
    parts = [window.series, " ".join(map(repr, window.values.tolist()))]
    if window.known is not None:
        parts.append(" ".join(map(repr, np.ravel(window.known).tolist())))
    return "|".join(parts).encode()
