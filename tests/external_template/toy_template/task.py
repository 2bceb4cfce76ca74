"""Task of the toy template."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.word_tokenizer import word_tokenizer_spec
from rnn_templates.tasks.classifier import Classifier


@keras.saving.register_keras_serializable(package="toy_template")
class ToyClassifier(Classifier):
    """Predicts one label per text."""

    def device_input_spec(self):
        """Returns the spec of the word ids of one text."""
        return tf.TensorSpec((1, self.preprocessor.max_tokens), tf.int32, name="ids")

    def preprocessing_spec(self):
        """Returns the preprocessing specification, without the vocabulary."""
        return {**word_tokenizer_spec(), "max_tokens": self.preprocessor.max_tokens}
