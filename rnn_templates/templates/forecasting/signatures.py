"""Inputs and outputs of the exported files of a forecasting model."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.series.series_preprocessor import pad_history
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature, in_batches


class ForecasterSignatures:
    """Signatures of the exported files; a base class of `Forecaster`.

    `forecast` computes the forecast from the last values. `step` computes it from the next segment of a stream and the
    states after the segments before it, in time that does not depend on their number; from states of zeros, the last
    forecast equals that of a look-back of all segments.

    Example:
        >>> model = rt.forecasting_model({"mine": [1, 2, 1, 2]}, horizon=2, look_back=4, segment_length=2, units=4)
        >>> [signature.name for signature in model.device_signatures()]
        ['forecast', 'step']
    """

    runtime_readers = ("stream", "series_stream")
    stream_reader = "series_stream"

    def serving_signatures(self):
        """Returns the signatures of the SavedModel; see `serve_texts`."""
        return [self.string_signature("forecast", self.serve_texts, self._decode), self._step_signature(None)]

    def device_signatures(self):
        """Returns the signatures of the LiteRT files, for one series; see `serve` and `step`."""
        specs = [spec for spec in self._input_specs() if spec.name != "segment"]
        encode = in_batches(lambda examples: self.device_input(examples[0]), size=1)
        return [Signature("forecast", tuple(specs), self._serve_device, encode, self._decode), self._step_signature(1)]

    def serve_texts(self, histories):
        """Returns `forecast` (batch, horizon) and `quantiles` (batch, horizon, quantiles) of texts (batch,)."""
        return self.serve(self.preprocessor(histories))

    def serve(self, inputs):
        """Returns `forecast` and `quantiles` of the inputs of the network, in units of the series."""
        values, scale = inputs["values"], self._scale(inputs["series"])
        last = values[:, -1:]
        outputs = self.network({**inputs, "values": values - last}, training=False)
        return self._outputs(outputs, scale, last)

    def step(self, segment, series, known, *state):
        """Returns `forecast`, `quantiles` and the state after the next segment of a stream.

        The signature has a further state, `started`, 0 before the first segment, at which state_0 is not read.

        Args:
            segment: (batch, segment_length) float; the next values.
            series: (batch,) int32; number of the series, its position in `series.json`.
            known: None, or (batch, segment_length + horizon, covariates) float; standardized covariates of the segment
                and of the horizon after it.
            *state: state_0 (batch, memory), the last values before the segment: at the beginning of a stream its first
                value, also as (batch, 1); the others are zeros at the beginning. Of the normalization "segment" they
                are the (batch, units) states of the RNN; of "last" the covariates of the values of state_0, if there
                are any.
        """
        encoder, scale = self.network.get_layer("encoder"), self._scale(series)
        length, (memory, *states) = encoder.segment_length, state
        if memory.shape[1] < self.memory:
            memory = tf.repeat(memory[:, :1], self.memory, axis=1)
        values, past = tf.concat([memory, segment], axis=1), None if known is None else known[:, :length]
        if encoder.normalization == "segment":
            top, (_, *states) = encoder.step(segment, scale, [memory[:, -1:], *states], past)
        else:
            if known is not None:
                before = tf.reshape(states[0], (-1, self.look_back, known.shape[2]))
                past = tf.concat([before, past], axis=1)[:, length:]
                states = [tf.reshape(past, (-1, self.look_back * known.shape[2]))]
            top = encoder(values[:, length:], scale, past)
        outputs = self.network.get_layer("decoder")(top, series, self._future(series, known, length))
        if self._linear is not None:
            outputs = self._linear(outputs, values, scale)
        outputs = self._outputs(self.network.get_layer("quantiles")(outputs), scale, segment[:, -1:])
        states = [values[:, -self.memory :], *states]
        return {**outputs, **{f"state_{i}": one for i, one in enumerate(states)}}

    @property
    def memory(self):
        """Number of values of state_0 of `step`, an int."""
        if self.network.get_layer("encoder").normalization == "last":
            return self.look_back
        return self._linear.look_back if self._linear is not None else 1

    @property
    def state_sizes(self):
        """Sizes of the states of `step`, a list of int."""
        encoder, count = self.network.get_layer("encoder"), self.preprocessor.num_known
        if encoder.normalization == "last":
            return [self.look_back, *([self.look_back * count] if count else [])]
        return [self.memory, *encoder.state_sizes[1:]]

    @property
    def _linear(self):
        """The layer of the linear part, or None."""
        return next((layer for layer in self.network.layers if layer.name == "linear"), None)

    def _future(self, series, known, length):
        """Covariates of the decoder, or None."""
        parts = [] if known is None else [known[:, length:]]
        if self.schema.static_names:
            static = self.network.get_layer("static")(series)
            parts.append(tf.tile(static[:, None], (1, self.horizon, 1)))
        return tf.concat(parts, axis=-1) if parts else None

    def _scale(self, series):
        return self.network.get_layer("scale")(series)

    @staticmethod
    def _outputs(outputs, scale, last):
        values = outputs * scale[:, :, None] + last[:, :, None]
        return {"forecast": values[:, :, 0], "quantiles": values[:, :, 1:]}

    def _serve_device(self, *tensors):
        names = [spec.name for spec in self._input_specs() if spec.name != "segment"]
        return self.serve(dict(zip(names, tensors, strict=True)))

    def _input_specs(self, batch=1):
        specs = [
            tf.TensorSpec((batch, self.look_back), name="values"),
            tf.TensorSpec((batch,), tf.int32, name="series"),
        ]
        if count := self.preprocessor.num_known:
            specs.append(tf.TensorSpec((batch, self.look_back + self.horizon, count), name="known"))
        return specs

    def _step_signature(self, batch):
        """The signature `step`; its predictions are those after the last segment of a history."""
        encoder, count = self.network.get_layer("encoder"), self.preprocessor.num_known
        length = encoder.segment_length
        specs = [tf.TensorSpec((batch, length), name="segment"), tf.TensorSpec((batch,), tf.int32, name="series")]
        if count:
            specs.append(tf.TensorSpec((batch, length + self.horizon, count), name="known"))
        states = {"started": 1, **{f"state_{i}": size for i, size in enumerate(self.state_sizes)}}
        specs += [tf.TensorSpec((batch, size), name=name) for name, size in states.items()]
        zeros = {name: np.zeros((1, size), np.float32) for name, size in states.items()}

        def function(segment, series, *rest):
            started, before, *state = rest[bool(count) :]
            before = tf.where(started > 0, before, segment[:, :1])  # at first the first value
            outputs = self.step(segment, series, rest[0] if count else None, before, *state)
            return {**outputs, "started": tf.ones_like(started)}

        return Signature("step", tuple(specs), function, self._encode_steps, self._decode_steps, carried=zeros)

    def _encode_steps(self, examples):
        length = self.network.get_layer("encoder").segment_length
        for example in examples:
            inputs = self.device_input(example)
            for start in range(0, self.look_back, length):
                tensors = {"segment": inputs["values"][:, start : start + length], "series": inputs["series"]}
                if "known" in inputs:
                    tensors["known"] = inputs["known"][:, start : start + length + self.horizon]
                yield tensors, int(start + length == self.look_back)

    def _decode_steps(self, outputs, examples):
        last = {name: value[:, -self.horizon :] for name, value in outputs.items()}
        return self._decode(last, examples)

    def device_input(self, example):
        """Returns the inputs of `forecast` for a raw history, a dict of arrays."""
        window = self.preprocessor.read(example)
        inputs = self.preprocessor.encode([window])
        values = pad_history(window.values, self.look_back)[None].astype(np.float32)
        return {**inputs, "values": values}

    def _decode(self, outputs, examples):
        """The predictions of `forecast` and `quantiles`."""
        predictions = []
        for point, quantiles, example in zip(outputs["forecast"], outputs["quantiles"], examples, strict=True):
            window = self.preprocessor.read(example)
            scale = self.schema.scales[self.schema.number(window.series)]
            values = np.concatenate([point[:, None], quantiles], axis=1).astype(np.float64)
            scores = (values - window.values[-1]) / scale
            predictions.append(Prediction(scores[:, 0] > 0, scores))
        return predictions

    def preprocessing_spec(self):
        """Returns what a device passes to `forecast` and `step`, a dict."""
        encoder = self.network.get_layer("encoder")
        return {
            "values": f"the last {self.look_back} values, the oldest first, unscaled",
            "series": "number of the series, its position in `names` of series.json, from 0",
            "look_back": self.look_back,
            "horizon": self.horizon,
            "step": self.schema.step,
            "quantiles": list(self.quantiles),
            "known": list(self.schema.known_names),
            "known_means": list(self.schema.known_means),
            "known_scales": list(self.schema.known_scales),
            "segment_length": encoder.segment_length,
            **self.stream_spec(),
        }
