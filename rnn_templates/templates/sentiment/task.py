"""Text classifier."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.word_tokenizer import word_tokenizer_spec
from rnn_templates.tasks.adversarial import adversarial_step
from rnn_templates.tasks.classifier import Classifier


@keras.saving.register_keras_serializable(package="rnn_templates")
class TextClassifier(Classifier):
    """Predicts probabilities of labels for raw texts; built by `sentiment_model`.

    Args:
        network, preprocessor, labels: see `Classifier`.
        adversarial_epsilon: float of at least 0; see `sentiment_model`.
        **kwargs: `multi_label`, `thresholds` and the other arguments of `Classifier`.
    """

    runtime_readers = ("word_tokenizer",)

    def __init__(self, network, preprocessor, labels, *, adversarial_epsilon=0.0, **kwargs):
        super().__init__(network, preprocessor, labels, **kwargs)
        self.adversarial_epsilon = adversarial_epsilon

    def train_step(self, data):
        if not self.adversarial_epsilon:
            return super().train_step(data)
        return adversarial_step(self, self.network.get_layer("embedding"), data, self.adversarial_epsilon)

    def device_input_spec(self):
        """Returns the spec of the word ids of one text.

        Raises:
            ValueError: if the preprocessor has no `max_tokens`: LiteRT needs a static length.
        """
        length = self.preprocessor.max_tokens
        if length is None:
            raise ValueError("sentiment_model: `max_tokens` must be given for a device, which needs a static length.")
        return tf.TensorSpec((1, length), tf.int32, name="ids")

    def preprocessing_spec(self):
        """Returns the preprocessing specification, without the vocabulary, a dict."""
        return {
            **word_tokenizer_spec(),
            "max_tokens": self.preprocessor.max_tokens,
            "truncation": "first and last halves",
        }

    def get_config(self):
        return {**super().get_config(), "adversarial_epsilon": self.adversarial_epsilon}
