"""A tiny image classifier: the brighter half of an image."""

import keras
import numpy as np
import tensorflow as tf
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.templates.image_classification.builder import image_classification_model

LABELS = ("left", "right", "top", "bottom")
SIZE = 12
HALVES = (np.s_[:, : SIZE // 2], np.s_[:, SIZE // 2 :], np.s_[: SIZE // 2], np.s_[SIZE // 2 :])
TINY = {"image_size": SIZE, "units": 8, "filters": 4, "max_translation": 1, "dropout": 0.0}


def half_images(count, seed=0, channels=1):
    """Noisy images (count, size, size, channels) uint8 with a bright half, and their classes (count,)."""
    rng = np.random.default_rng(seed)
    images, classes = rng.integers(0, 60, (count, SIZE, SIZE, channels), np.uint8), np.arange(count) % len(LABELS)
    for image, label, brightness in zip(images, classes, rng.integers(120, 190, count, np.uint8), strict=True):
        image[HALVES[label]] += brightness
    return images, classes


_images, _classes = half_images(16)
examples, targets = list(_images), [LABELS[label] for label in _classes]
other_input = half_images(1, seed=1)[0][0]
files = {"labels.txt"}


def build(labels=LABELS, randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(image_classification_model, labels, **{**TINY, **options})
    if randomize:
        randomize_weights(model)
        logits = model.network.layers[-1]
        logits.bias.assign_sub(np.mean(model.network(_images), axis=0))  # else one class wins for all images
    return model


def splits():
    images = tf.constant([load_image_bytes(image) for image in examples])
    dataset = tf.data.Dataset.from_tensor_slices((images, tf.constant(_classes, tf.int64)))
    return Splits("tiny", dataset, dataset, dataset, LABELS, sizes=dict.fromkeys(("train", "validation", "test"), 16))


cli_builder = ["--image-size", "12", "--units", "8", "--filters", "4"]
bad_arguments = {
    "image_size": (100_000, 1), "channels": (2,), "architecture": ("rnn",), "units": (0,), "num_layers": (0,),
    "filters": (0,), "max_translation": (-1,), "dropout": (1, -0.1), "label_smoothing": (1,), "learning_rate": (0,),
    "labels": (["one"],),
}  # fmt: skip


def write_data(folder):
    """Writes a folder of images for each class; returns the path of their parent."""
    for number, (image, label) in enumerate(zip(examples, targets, strict=True)):
        write(folder, f"halves/{label}/{number}.png", load_image_bytes(image))
    return folder / "halves"
