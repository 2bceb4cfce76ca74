"""A tiny captioner: the colors of the left and of the right half of an image."""

import itertools

import keras
import numpy as np
import tensorflow as tf
from support.files import write
from support.flat import build_flat
from support.randomize import randomize_weights

from rnn_templates.data.splits import Splits
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.captioning.builder import captioning_model

COLORS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (30, 40, 220), "black": (10, 10, 10)}
VOCABULARY = SubwordVocabulary([f"▁{word}" for word in (*COLORS, "and")])
TINY = {"image_size": 32, "units": 16, "embedding_dim": 16, "max_target_length": 8, "beam_width": 3}


def two_colors(left, right):
    """An image (32, 32, 3) uint8 with a color in each half."""
    image = np.empty((32, 32, 3), np.uint8)
    image[:, :16], image[:, 16:] = COLORS[left], COLORS[right]
    return image


PAIRS = list(itertools.product(COLORS, repeat=2))
examples = [two_colors(*pair) for pair in PAIRS]
targets = [" and ".join(pair) for pair in PAIRS]
other_input = two_colors("red", "blue").transpose(1, 0, 2)
files = {"vocabulary.txt"}


def build(randomize=True, **options):
    keras.utils.set_random_seed(1)
    model = build_flat(captioning_model, VOCABULARY, **{**TINY, **options})
    if randomize:  # not the backbone, whose activations would vanish or overflow
        randomize_weights(model.encoder), randomize_weights(model.decoder)
    return model


def splits():
    images = tf.constant([load_image_bytes(image) for image in examples])
    dataset = tf.data.Dataset.from_tensor_slices((images, [[caption] for caption in targets]))
    return Splits("tiny", dataset, dataset, dataset, (), sizes=dict.fromkeys(("train", "validation", "test"), 16))


cli_builder = ["--image-size", "32", "--units", "8", "--embedding-dim", "8", "--vocabulary-size", "264"]
cli_builder += ["--max-target-length", "6"]
bad_arguments = {
    "units": (0,), "decoder_layers": (1,), "embedding_dim": (0,), "attention": ("dot",), "attention_units": (-1,),
    "similarity_units": (-1,), "image_size": (100_000, 0, 16), "backbone": ("resnet",), "dropout": (1,),
    "memory_dropout": (1,), "attention_regularization": (-1,), "max_target_length": (1,), "learning_rate": (0,),
    "cell": ("elstm",),
}  # fmt: skip


def write_data(folder):
    """Writes a folder of images and a table of captions; returns their paths with a comma between."""
    names = [f"{number}.png" for number in range(len(examples))]
    for name, image in zip(names, examples, strict=True):
        write(folder, f"images/{name}", load_image_bytes(image))
    rows = ["image\tcaption"] + [f"{name}\t{caption}" for name, caption in zip(names, targets, strict=True)]
    table = write(folder, "captions.tsv", "\n".join(rows) + "\n")
    return f"{folder / 'images'},{table}"
