"""Image classifier."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import CHUNK
from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.images.image_inputs import is_single_image, read_image_examples
from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.tasks.classifier import Classifier
from rnn_templates.utils.atomic import write_text
from rnn_templates.utils.progress import with_progress


@keras.saving.register_keras_serializable(package="rnn_templates")
class ImageClassifier(Classifier):
    """Predicts probabilities of classes for raw images; built by `image_classification_model`.

    `fit`, `evaluate` and `predict` take a list of images (encoded bytes, paths or uint8 arrays), a uint8 array of
    them, or a `tf.data.Dataset` of encoded images or of (encoded image, class[, weight]). A class is an id, or one of
    `labels`.

    Args:
        (all): see `Classifier`.
    """

    input_name = "images"
    several_labels_hint = ""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, tf.one_hot(y, len(self.labels)), y_pred, sample_weight, training)

    def read_examples(self, x, y=None):
        """Returns `images, targets`: a list of encoded images (bytes), and an array of raw classes or None."""
        images, targets, _ = read_image_examples(x, y)
        return images, None if targets is None else np.asarray(targets)

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        images, targets, weights = read_image_examples(x, y, sample_weight)
        pixels = ImageArray(images, self.preprocessor)
        # All images are decoded once before training: an invalid file raises here.
        for start in with_progress(range(0, len(images), CHUNK), "decoding images", progress):
            pixels[np.arange(start, min(start + CHUNK, len(images)))]
        return pixels, targets, None if weights is None else np.asarray(weights)

    def predict(self, x, *args, **kwargs):
        """Returns the probability of each class for raw images or a single one; see `Classifier.predict`.

        Example:
            >>> model.predict("seven.png", return_labels=True)[0]["label"]  # doctest: +SKIP
            '7'
        """
        return super().predict([x] if is_single_image(x) else x, *args, **kwargs)

    def to_strings(self, examples):
        """Returns raw images as a list of encoded images (bytes)."""
        return read_images(examples)

    def device_input_spec(self):
        """Returns the spec of the pixels (1, size, size, channels) uint8 of one image."""
        return tf.TensorSpec((1, *self.network.input_shape[1:]), tf.uint8, name="image")

    def device_input(self, example):
        """Returns the pixels of a raw image, resized."""
        return self.preprocessor.image(read_images([example])[0])[None]

    def preprocessing_spec(self):
        """Returns the preprocessing specification, a dict."""
        return {
            "image_size": self.preprocessor.size,
            "channels": self.preprocessor.channels,
            "resize": "stretch",
            "grayscale_weights": [0.299, 0.587, 0.114],
        }

    def save_vocabulary(self, directory):
        """Writes `labels.txt` into a folder (`Path`)."""
        write_text(directory / "labels.txt", "".join(f"{label}\n" for label in self.labels))

    def describe(self):
        """Returns the number of labels and the image size, a str."""
        size = self.preprocessor.size
        return f"{len(self.labels)} labels, images of {size} x {size}"
