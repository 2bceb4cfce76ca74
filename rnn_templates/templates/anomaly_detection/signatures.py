"""Inputs and outputs of the exported files of an anomaly detector."""

import numpy as np
import tensorflow as tf

from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature


class DetectorSignatures:
    """Signatures of the exported files; a base class of `AnomalyDetector`.

    `detect`, of the SavedModel, scores whole series. `step` scores the next value of a stream: state of the network, of
    the average and of the statistics in, and out; its time does not depend on the length of the stream.

    Example:
        >>> model = rt.anomaly_detection_model({"mine": [1, 2, 1, 2]}, window=4, units=4)
        >>> [signature.name for signature in model.serving_signatures()]
        ['detect', 'step']
    """

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
        surprise = self.scorer.surprise(value, outputs[:, None])
        score, scored = self.scorer.step(surprise, list(state[count:]))
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

    def preprocessing_spec(self):
        """Returns what a device passes to `step`, a dict."""
        return {
            "columns": [self.schema.names[0] if len(self.schema.names) == 1 else "value", *self.schema.known_names],
            "values": "the next value and its covariates, unscaled; NaN if the value is missing",
            "series": "number of the series, its position in `names` of series.json, from 0, if there are several",
            "step": self.schema.step,
            "score": "above 1 is an alarm, flag 1",
            "state": "state_0, ...: at first zeros",
            "state_sizes": self.state_sizes,
        }
