"""A model that gives a text its label, or its labels."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.adversarial import adversarial_step
from rnn_templates.data.files import read_labelled
from rnn_templates.raw_model import Answer, RawModel
from rnn_templates.text.splitting import splitting_rule


@keras.saving.register_keras_serializable(package="rnn_templates")
class TextClassifier(RawModel):
    """Raw texts in, probabilities of labels out; made by `sentiment_model`.

    Args:
        network, preprocessor, length_multiple: see `RawModel`.
        labels: tuple of the names of the classes.
        multi_label: whether each label is decided by itself.
        thresholds: None for 0.5, or one probability a label, from which on a multi-label text bears it.
        adversarial: see `sentiment_model`.
    """

    embedded_data = "reviews"

    def __init__(self, network, preprocessor, labels, *, multi_label=False, thresholds=None, adversarial=0.0, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.multi_label = multi_label
        self.thresholds = thresholds
        self.adversarial = adversarial

    def activate(self, logits):
        """Returns the probabilities (..., labels) for logits of that shape."""
        return tf.sigmoid(logits) if self.multi_label else tf.nn.softmax(logits)

    def predict_step(self, data):
        ids, *_ = keras.utils.unpack_x_y_sample_weight(data)
        return self.activate(self(ids, training=False))

    def predict(self, x, batch_size=256, verbose=0, return_labels=False, **kwargs):
        """Returns the probability of each label for raw texts.

        Args:
            x: a list of texts, an array, or a raw dataset.
            return_labels: whether to name the answer too.

        Returns:
            (texts, labels) float32; with `return_labels` a list with one dict a text: `label` and `probability`
            (multi-label: `labels`, a list), and `probabilities`, a dict over all labels.

        Example:
            >>> model.predict(["not bad at all"], return_labels=True)[0]["label"]
            'positive'
        """
        probabilities = super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        return [self.decode(row) for row in probabilities] if return_labels else probabilities

    def serve(self, texts):
        """What the SavedModel answers: strings (texts,) to named tensors."""
        probabilities = self.activate(self.network(self.preprocessor(texts), training=False))
        names = tf.constant(self.labels)
        if self.multi_label:
            thresholds = tf.constant(self.thresholds or [0.5] * len(self.labels))
            return {"chosen": probabilities >= thresholds, "probabilities": probabilities, "labels": names}
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        best = tf.reduce_max(probabilities, axis=-1)
        return {"label": label, "probability": best, "probabilities": probabilities, "labels": names}

    def serve_ids(self, ids):
        """What the LiteRT file answers: one row of ids (1, max_words) int32 to probabilities (1, labels)."""
        return {"probabilities": self.activate(self.network(ids, training=False))}

    def read_file(self, path, *, text=None, label=None, label_separator=None, label_names=None):
        """Returns the labelled texts of a csv, tsv or jsonl file, `Labelled`; see `rnn_templates.load`."""
        columns = {"text": text or "text", "label": label or "label"}
        return read_labelled(
            path, **columns, label_separator=label_separator, label_names=label_names, labels=self.labels
        )

    def signatures(self):
        """Returns what the SavedModel answers: functions with the specs of their arguments, by name."""
        return {"serve": (self.serve, (tf.TensorSpec((None,), tf.string, name="texts"),))}

    def device_signatures(self):
        """Returns what the LiteRT file answers, in the same form; lengths are fixed there."""
        words = self.preprocessor.max_words
        if words is None:
            raise ValueError("A LiteRT file has a fixed length: build the model with `max_words`.")
        return {"serve": (self.serve_ids, (tf.TensorSpec((1, words), tf.int32, name="ids"),))}

    def reading_rule(self):
        """Returns all that a device must know to make ids of a text, but for the vocabulary."""
        return {**splitting_rule(), "max_words": self.preprocessor.max_words, "keep": "first and last halves"}

    def ask(self, texts):
        """Returns one `Answer` a text."""
        return self._answers(self.predict(np.array(texts, dtype=object)))

    def ask_saved_model(self, served, texts):
        """Returns one `Answer` a text of a loaded SavedModel."""
        parts = [served.serve(tf.constant(texts[i : i + 64], tf.string)) for i in range(0, len(texts), 64)]
        return self._answers(np.concatenate([part["probabilities"] for part in parts]))

    def ask_device(self, file, texts):
        """Returns one `Answer` a text of a `LiteRTFile`."""
        rows = []
        for text in texts:
            ids = np.zeros(file.shape("ids"), np.int32)
            found = self.preprocessor.ids(text)
            ids[0, : len(found)] = found
            rows.append(file(ids=ids)["probabilities"][0])
        return self._answers(rows)

    def _answers(self, rows):
        thresholds = np.array(self.thresholds or [0.5] * len(self.labels))
        return [Answer(row >= thresholds if self.multi_label else row.argmax(), row) for row in rows]

    def decode(self, probabilities):
        """Returns the answer in words for one text's probabilities (labels,)."""
        named = {label: float(p) for label, p in zip(self.labels, probabilities, strict=True)}
        if self.multi_label:
            thresholds = self.thresholds or [0.5] * len(self.labels)
            chosen = [label for (label, p), least in zip(named.items(), thresholds, strict=True) if p >= least]
            return {"labels": chosen, "probabilities": named}
        best = int(np.argmax(probabilities))
        return {"label": self.labels[best], "probability": float(probabilities[best]), "probabilities": named}

    def decode_answer(self, text, answer):
        """Returns one `Answer` in words."""
        return self.decode(answer.probabilities)

    def encode_targets(self, targets):
        """Returns int64 class numbers (texts,), or multi-hot float32 (texts, labels), for numbers or names of labels.

        Raises:
            ValueError: if a target is not one of the labels, naming the first.
        """
        number = {label: index for index, label in enumerate(self.labels)}
        if self.multi_label:
            return self._multi_hot(targets, number)
        targets = np.asarray(targets)
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        if targets.ndim != 1:
            raise ValueError(
                f"Targets have shape {targets.shape}; wanted one label a text. Several labels: multi_label=True."
            )
        if targets.dtype.kind in "OUS":
            targets = [target.decode() if isinstance(target, bytes) else target for target in targets]
            wrong = next((i for i, target in enumerate(targets) if target not in number), None)
            if wrong is None:
                return np.array([number[target] for target in targets], np.int64)
        else:
            outside = (targets < 0) | (targets >= len(self.labels)) | (targets != np.floor(targets))
            wrong = int(np.argmax(outside)) if outside.any() else None
            if wrong is None:
                return targets.astype(np.int64)
        value = targets[wrong].item() if hasattr(targets[wrong], "item") else targets[wrong]
        raise ValueError(f"Target {wrong} is {value!r}; the labels are {_listing(self.labels)}.")

    def _multi_hot(self, targets, number):
        targets = np.asarray(targets)
        if targets.dtype.kind in "OUS" or targets.ndim != 2 or targets.shape[1] != len(self.labels):
            raise ValueError(
                f"Multi-label targets are rows of {len(self.labels)} zeros and ones, in the order of the labels; "
                f"got {targets.dtype} of shape {targets.shape}."
            )
        wrong = ~np.isin(targets, (0, 1)).all(axis=1)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"Target {row} is {targets[row]}: a multi-label target holds zeros and ones only.")
        return targets.astype(np.float32)

    def train_step(self, data):
        if not self.adversarial:
            return super().train_step(data)
        return adversarial_step(self, self.network.get_layer("embedding"), data, self.adversarial)

    def get_config(self):
        return {
            **super().get_config(),
            "labels": list(self.labels),
            "multi_label": self.multi_label,
            "thresholds": self.thresholds,
            "adversarial": self.adversarial,
        }


def _listing(labels):
    return ", ".join(map(repr, labels[:30])) + (", ..." if len(labels) > 30 else "")
