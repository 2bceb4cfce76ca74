"""A model that gives a text its label, or its labels."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.word_tokenizer import word_tokenizer_spec
from rnn_templates.tasks.adversarial import adversarial_step
from rnn_templates.tasks.classifier import Classifier


@keras.saving.register_keras_serializable(package="rnn_templates")
class TextClassifier(Classifier):
    """Raw texts in, probabilities of labels out; made by `sentiment_model`.

    Args:
        network, preprocessor, labels: see `Classifier`.
        adversarial: see `sentiment_model`.
        **kwargs: `multi_label`, `thresholds` and the other arguments of `Classifier`.
    """

    def __init__(self, network, preprocessor, labels, *, adversarial=0.0, **kwargs):
        super().__init__(network, preprocessor, labels, **kwargs)
        self.adversarial = adversarial

    def serve(self, texts):
        """What the SavedModel answers: strings (texts,) to named tensors."""
        return self.answer(self.preprocessor(texts))

    def serve_ids(self, ids):
        """What the LiteRT file answers: one row of ids (1, max_tokens) int32 to probabilities (1, labels)."""
        return self.answer_on_device(ids)

    def signatures(self):
        """Returns what the SavedModel answers: functions with the specs of their arguments, by name."""
        return {"serve": (self.serve, (tf.TensorSpec((None,), tf.string, name="texts"),))}

    def device_signatures(self):
        """Returns what the LiteRT file answers, in the same form; lengths are fixed there."""
        words = self.preprocessor.max_tokens
        if words is None:
            raise ValueError("A LiteRT file has a fixed length: build the model with `max_tokens`.")
        return {"serve": (self.serve_ids, (tf.TensorSpec((1, words), tf.int32, name="ids"),))}

    def preprocessing_spec(self):
        """Returns all that a device must know to make ids of a text, but for the vocabulary."""
        return {
            **word_tokenizer_spec(),
            "max_tokens": self.preprocessor.max_tokens,
            "truncation": "first and last halves",
        }

    def ask_device(self, file, texts):
        """Returns one `Answer` a text of a `LiteRTModel`."""
        rows = []
        for text in texts:
            ids = np.zeros(file.shape("ids"), np.int32)
            found = self.preprocessor.encode(text)
            ids[0, : len(found)] = found
            rows.append(file(ids=ids)["probabilities"][0])
        return self._answers(rows)

    def train_step(self, data):
        if not self.adversarial:
            return super().train_step(data)
        return adversarial_step(self, self.network.get_layer("embedding"), data, self.adversarial)

    def get_config(self):
        return {**super().get_config(), "adversarial": self.adversarial}
