"""A model that gives a picture its class."""

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
    """Raw pictures in, probabilities of classes out; made by `image_classification_model`.

    `fit`, `evaluate` and `predict` take a list of pictures (encoded bytes, paths or uint8 arrays), a uint8 array of
    them, or a `tf.data.Dataset` of encoded pictures or of (encoded picture, class[, weight]). A class is a number, or
    one of `labels`.

    Args:
        (all): see `Classifier`.
    """

    wanted = "one class a picture."

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, tf.one_hot(y, len(self.labels)), y_pred, sample_weight, training)

    def read(self, x, y=None):
        """Returns `images, targets`: a list of encoded pictures, and an array of their raw classes, or None."""
        images, targets, _ = read_image_examples(x, y)
        return images, None if targets is None else np.asarray(targets)

    def encode(self, x, y=None, sample_weight=None, *, progress=False):
        images, targets, weights = read_image_examples(x, y, sample_weight)
        pictures = ImageArray(images, self.preprocessor)
        # Every one is looked at before training begins: what cannot be read shows here.
        for start in with_progress(range(0, len(images), CHUNK), "reading pictures", progress):
            pictures[np.arange(start, min(start + CHUNK, len(images)))]
        return pictures, targets, None if weights is None else np.asarray(weights)

    def predict(self, x, *args, **kwargs):
        """Returns the probability of each class for raw pictures, or for one; otherwise as `Classifier.predict`.

        Example:
            >>> model.predict("glyph.png", return_labels=True)[0]["label"]
            '7'
        """
        return super().predict([x] if is_single_image(x) else x, *args, **kwargs)

    def serve(self, images):
        """What the SavedModel answers: encoded pictures (images,), JPEG or PNG, to named tensors."""
        return self.answer(self.preprocessor(images))

    def serve_image(self, image):
        """What the LiteRT file answers: a picture (1, size, size, channels) uint8 to probabilities (1, labels)."""
        return self.answer_on_device(image)

    def signatures(self):
        """Returns what the SavedModel answers: functions with the specs of their arguments, by name."""
        return {"serve": (self.serve, (tf.TensorSpec((None,), tf.string, name="images"),))}

    def device_signatures(self):
        """Returns what the LiteRT file answers, in the same form."""
        spec = tf.TensorSpec((1, *self.network.input_shape[1:]), tf.uint8, name="image")
        return {"serve": (self.serve_image, (spec,))}

    def preprocessing_spec(self):
        """Returns all that a device must know to make a picture of the right form."""
        return {
            "image_size": self.preprocessor.size,
            "channels": self.preprocessor.channels,
            "resize": "stretch",
            "grayscale_weights": [0.299, 0.587, 0.114],
        }

    def save_vocabulary(self, directory):
        """Writes `labels.txt` into a folder (`Path`)."""
        write_text(directory / "labels.txt", "".join(f"{label}\n" for label in self.labels))

    def ask_saved_model(self, served, images):
        """Returns one `Answer` a picture of a loaded SavedModel."""
        return super().ask_saved_model(served, read_images(images))

    def ask_device(self, file, images):
        """Returns one `Answer` a picture of a `LiteRTModel`."""
        pictures = map(self.preprocessor.image, read_images(images))
        return self._answers([file(image=picture[None])["probabilities"][0] for picture in pictures])

    @property
    def knows(self):
        """What the model knows of its data, in words."""
        size = self.preprocessor.size
        return f"{len(self.labels)} labels, pictures of {size} x {size}"
