"""A model that gives an example its label, or its labels."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.tasks.task import Answer, Task


class Classifier(Task):
    """What the models that tell classes apart share, whatever their examples are.

    Args:
        network, preprocessor: see `Task`.
        labels: tuple of the names of the classes.
        multi_label: whether each label is decided by itself.
        thresholds: None for 0.5, or one probability a label, from which on a multi-label example bears it.
        **kwargs: `pad_to_multiple_of`, `name` and the other arguments of `keras.Model`.
    """

    wanted = "one label a text. Several labels: multi_label=True."

    def __init__(self, network, preprocessor, labels, *, multi_label=False, thresholds=None, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.multi_label = multi_label
        self.thresholds = thresholds

    def activate(self, logits):
        """Returns the probabilities (..., labels) for logits of that shape."""
        return tf.sigmoid(logits) if self.multi_label else tf.nn.softmax(logits)

    def predict_step(self, data):
        inputs, *_ = keras.utils.unpack_x_y_sample_weight(data)
        return self.activate(self(inputs, training=False))

    def predict(self, x, batch_size=256, verbose=0, return_labels=False, **kwargs):
        """Returns the probability of each label for raw examples.

        Args:
            x: a list of examples, an array, or a raw dataset.
            return_labels: whether to name the answer too.

        Returns:
            (examples, labels) float32; with `return_labels` a list with one dict an example: `label` and `probability`
            (multi-label: `labels`, a list), and `probabilities`, a dict over all labels.

        Example:
            >>> model.predict(["not bad at all"], return_labels=True)[0]["label"]
            'positive'
        """
        probabilities = super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        return [self.decode(row) for row in probabilities] if return_labels else probabilities

    def answer(self, encoded):
        """What the SavedModel answers to encoded examples: named tensors."""
        probabilities = self.activate(self.network(encoded, training=False))
        names = tf.constant(self.labels)
        if self.multi_label:
            thresholds = tf.constant(self.thresholds or [0.5] * len(self.labels))
            return {"chosen": probabilities >= thresholds, "probabilities": probabilities, "labels": names}
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        best = tf.reduce_max(probabilities, axis=-1)
        return {"label": label, "probability": best, "probabilities": probabilities, "labels": names}

    def answer_on_device(self, encoded):
        """What the LiteRT file answers to one encoded example: probabilities (1, labels)."""
        return {"probabilities": self.activate(self.network(encoded, training=False))}

    def ask(self, examples):
        """Returns one `Answer` an example."""
        return self._answers(self.predict(list(examples)))

    def ask_saved_model(self, served, examples):
        """Returns one `Answer` an encoded example (bytes) of a loaded SavedModel."""
        parts = [served.serve(tf.constant(examples[i : i + 64], tf.string)) for i in range(0, len(examples), 64)]
        return self._answers(np.concatenate([part["probabilities"] for part in parts]))

    def _answers(self, rows):
        thresholds = np.array(self.thresholds or [0.5] * len(self.labels))
        return [Answer(row >= thresholds if self.multi_label else row.argmax(), row) for row in rows]

    def decode(self, probabilities):
        """Returns the answer in words for one example's probabilities (labels,)."""
        named = {label: float(p) for label, p in zip(self.labels, probabilities, strict=True)}
        if self.multi_label:
            thresholds = self.thresholds or [0.5] * len(self.labels)
            chosen = [label for (label, p), least in zip(named.items(), thresholds, strict=True) if p >= least]
            return {"labels": chosen, "probabilities": named}
        best = int(np.argmax(probabilities))
        return {"label": self.labels[best], "probability": float(probabilities[best]), "probabilities": named}

    def to_dict(self, example, answer):
        """Returns one `Answer` in words."""
        return self.decode(answer.probabilities)

    def encode_targets(self, targets):
        """Returns int64 class numbers (examples,), or multi-hot float32 (examples, labels), for numbers or names.

        Raises:
            ValueError: if a target is not one of the labels, naming the first.
        """
        number = {label: index for index, label in enumerate(self.labels)}
        if self.multi_label:
            return self._multi_hot(targets)
        targets = np.asarray(targets)
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        if targets.ndim != 1:
            raise ValueError(f"Targets have shape {targets.shape}; wanted {self.wanted}")
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

    def _multi_hot(self, targets):
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

    def get_config(self):
        return {
            **super().get_config(),
            "labels": list(self.labels),
            "multi_label": self.multi_label,
            "thresholds": self.thresholds,
        }


def _listing(labels):
    return ", ".join(map(repr, labels[:30])) + (", ..." if len(labels) > 30 else "")
