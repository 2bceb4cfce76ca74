"""Models that predict one label or several labels per example."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.task import Task


class Classifier(Task):
    """Base class of classifiers, for all types of inputs.

    Subclasses implement `to_strings`, `device_input_spec` and `device_input` of `Task`.

    Args:
        network, preprocessor: see `Task`.
        labels: tuple of str; names of the classes.
        multi_label: bool; whether an example has any number of labels instead of one.
        thresholds: None for 0.5, or one probability per label, at which a label of a multi-label example is predicted.
        **kwargs: `pad_to_multiple_of`, `name` and the other arguments of `keras.Model`.
    """

    several_labels_hint = "For several labels: multi_label=True."

    def __init__(self, network, preprocessor, labels, *, multi_label=False, thresholds=None, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.multi_label = multi_label
        self.thresholds = thresholds

    def to_probabilities(self, logits):
        """Returns the probabilities (..., labels) for logits of that shape."""
        return tf.sigmoid(logits) if self.multi_label else tf.nn.softmax(logits)

    def predict_step(self, data):
        inputs, *_ = keras.utils.unpack_x_y_sample_weight(data)
        return self.to_probabilities(self(inputs, training=False))

    def predict(self, x, batch_size=256, verbose=0, return_labels=False, **kwargs):
        """Returns the probability of each label for raw examples.

        Args:
            x: a list of examples, an array, or a raw dataset.
            return_labels: bool; whether to return dicts with label names instead.

        Returns:
            (examples, labels) float32; with `return_labels` a list with one dict per example: `label` and
            `probability` (multi-label: `labels`, a list), `probabilities`, a dict over all labels, and `remarks`.

        Example:
            >>> model = rt.load_model("saved_models/sentiment")
            >>> model.predict(["a wonderful film"], return_labels=True)[0]["label"]
            'positive'
        """
        if return_labels:
            x, _ = self.read_examples([x] if isinstance(x, (str, bytes)) else x)
        probabilities = super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        if not return_labels:
            return probabilities
        return [self.to_dict(None, one) for one in self.add_remarks(x, self._predictions(probabilities))]

    def predict_examples(self, examples, strategy=None):
        return self._predictions(self.predict(list(examples)))

    @property
    def min_confidence(self):
        """Confidence below which a prediction has a remark, without statistics: 0.1 above equal probabilities."""
        return 0.1 if self.multi_label else 0.1 + 1 / len(self.labels)

    def confidence(self, prediction):
        """Returns the maximum probability; of several labels the minimum over them of max(p, 1 - p)."""
        scores = prediction.scores
        return float(np.maximum(scores, 1 - scores).min() if self.multi_label else scores.max())

    def _predictions(self, rows):
        """Returns a `Prediction` for every row of probabilities (labels,)."""
        thresholds = np.array(self.thresholds or [0.5] * len(self.labels))
        return [Prediction(row >= thresholds if self.multi_label else row.argmax(), row) for row in rows]

    def to_dict(self, example, prediction):
        probabilities = {label: float(p) for label, p in zip(self.labels, prediction.scores, strict=True)}
        if self.multi_label:
            predicted = [label for label, is_set in zip(self.labels, prediction.outputs, strict=True) if is_set]
            return {"labels": predicted, "probabilities": probabilities, "remarks": list(prediction.remarks)}
        label = self.labels[int(prediction.outputs)]
        return {
            "label": label,
            "probability": probabilities[label],
            "probabilities": probabilities,
            "remarks": list(prediction.remarks),
        }

    def serve(self, strings):
        """Returns the outputs of the SavedModel for raw examples (batch,) of strings; see `serving_outputs`."""
        return self.serving_outputs(self.preprocessor(strings))

    def serving_outputs(self, encoded):
        """Returns the named outputs of the SavedModel for encoded examples.

        Returns:
            `probabilities` (batch, labels) and `labels` (batch, labels), their names, in each row, since TensorFlow
            Serving needs outputs with the batch as the first axis; `label` and `probability` (batch,), or for several
            labels `chosen` (batch, labels) bool.
        """
        probabilities = self.to_probabilities(self.network(encoded, training=False))
        rows = tf.broadcast_to(tf.constant(self.labels), tf.shape(probabilities))
        if self.multi_label:
            thresholds = tf.constant(self.thresholds or [0.5] * len(self.labels))
            return {"chosen": probabilities >= thresholds, "probabilities": probabilities, "labels": rows}
        label = tf.gather(tf.constant(self.labels), tf.argmax(probabilities, axis=-1))
        probability = tf.reduce_max(probabilities, axis=-1)
        return {"label": label, "probability": probability, "probabilities": probabilities, "labels": rows}

    def device_predict(self, encoded):
        """Returns the `probabilities` (1, labels) of an encoded example, a batch of one."""
        return {"probabilities": self.to_probabilities(self.network(encoded, training=False))}

    def serving_signatures(self):
        """Returns the signature `serve`, from strings (batch,) to `serving_outputs`."""
        return [self.string_signature("serve", self.serve, self._decode_outputs)]

    def device_signatures(self):
        """Returns the signature `serve`, from one encoded example to `probabilities` (1, labels)."""
        return [self.device_signature("serve", self.device_predict, self._decode_outputs)]

    def _decode_outputs(self, outputs, examples):
        return self._predictions(outputs["probabilities"])

    def encode_targets(self, targets):
        """Returns class ids (examples,) int64, or multi-hot (examples, labels) float32, for ids or names of labels.

        Raises:
            ValueError: if a target is not one of the labels, naming the first.
        """
        if self.multi_label:
            return self._multi_hot(targets)
        targets = np.asarray(targets)
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        if targets.ndim != 1:
            raise ValueError(self._shape_error(targets))
        if targets.dtype.kind in "OUS":
            targets = [target.decode() if isinstance(target, bytes) else target for target in targets]
            class_ids = {label: index for index, label in enumerate(self.labels)}
            invalid = next((i for i, target in enumerate(targets) if target not in class_ids), None)
            if invalid is None:
                return np.array([class_ids[target] for target in targets], np.int64)
        else:
            outside = (targets < 0) | (targets >= len(self.labels)) | (targets != np.floor(targets))
            invalid = int(np.argmax(outside)) if outside.any() else None
            if invalid is None:
                return targets.astype(np.int64)
        value = targets[invalid].item() if hasattr(targets[invalid], "item") else targets[invalid]
        raise ValueError(f"Target {invalid} is {value!r}; it must be one of {_format_labels(self.labels)}.")

    def _shape_error(self, targets):
        """The message for targets that are not one label per example."""
        message = f"Targets must be one label per example; received shape {targets.shape}."
        if targets.ndim == 2 and targets.dtype.kind in "bif" and ((targets != 0).sum(axis=1) == 1).all():
            return f"{message} They are one-hot: pass the class numbers, `targets.argmax(axis=1)`."
        return f"{message} {self.several_labels_hint}".strip()

    def _multi_hot(self, targets):
        targets = np.asarray(targets)
        if targets.dtype.kind in "OUS" or targets.ndim != 2 or targets.shape[1] != len(self.labels):
            raise ValueError(
                f"Multi-label targets must be rows of {len(self.labels)} zeros and ones, in the order of the labels; "
                f"received {targets.dtype} of shape {targets.shape}."
            )
        invalid = ~np.isin(targets, (0, 1)).all(axis=1)
        if invalid.any():
            row = int(np.argmax(invalid))
            raise ValueError(f"Target {row} is {targets[row]}; a multi-label target must hold zeros and ones only.")
        return targets.astype(np.float32)

    def get_config(self):
        return {
            **super().get_config(),
            "labels": list(self.labels),
            "multi_label": self.multi_label,
            "thresholds": self.thresholds,
        }


def _format_labels(labels):
    return ", ".join(map(repr, labels[:30])) + (", ..." if len(labels) > 30 else "")
