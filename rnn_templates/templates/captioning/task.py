"""Image captioning model."""

import sys
from itertools import zip_longest
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.images.feature_cache import FeatureCache, fingerprint
from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.images.image_inputs import is_single_image, read_image_examples
from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.preprocessing.text.captions import normalize_caption
from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID, WORD_START
from rnn_templates.tasks.text_generator import TextGenerator
from rnn_templates.templates.captioning.captions import as_captions, flatten_captions, repeat_per_caption, shift_right
from rnn_templates.utils.extras import require

FEATURE_BATCH_SIZE = 32
PROGRESS_INTERVAL = 500  # images


@keras.saving.register_keras_serializable(package="rnn_templates")
class Captioner(TextGenerator):
    """Generates captions for images; built by `captioning_model`.

    `fit` and `evaluate` take a `tf.data.Dataset` of (encoded image, captions (n,)), or a list of images and a list
    of captions, one or several each. Captions are normalized: lower case, without punctuation.

    As long as the backbone is frozen, `fit` computes its features once and caches them on disk. All captions of an
    image are in the same training step.

    Args:
        *args: see `Seq2Seq`. The network holds the models "backbone" (images to regions), "encoder" (regions to
            memory) and "decoder".
        from_scratch: bool; whether a trainable backbone starts from random weights. Otherwise its batch normalization
            layers keep their statistics.
        **kwargs: the other arguments of `Seq2Seq`.
    """

    output_name = "caption"
    input_name = "images"
    runtime_readers = ("subword_tokenizer",)  # decodes tokens; images need no tokenizer
    validation_batch_size = 32  # images, each with all its captions

    def __init__(self, *args, from_scratch=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.from_scratch = from_scratch
        self.backbone = self.network.get_layer("backbone")

    def load_weights_from(self, path):
        """Copies the weights of a trained captioner with the same vocabulary and sizes.

        Args:
            path: str or `Path`; folder with `model.keras`, or a `.keras` file.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if the model has another vocabulary or other weight shapes.
        """
        file = Path(path) / "model.keras" if Path(path).is_dir() else Path(path)
        if not file.exists():
            raise FileNotFoundError(f"`initial_weights`: there is no model at {file.absolute()}.")
        other = keras.saving.load_model(file)
        shapes = [weight.shape for weight in self.network.weights]
        if not isinstance(other, Captioner) or [weight.shape for weight in other.network.weights] != shapes:
            raise ValueError(f"`initial_weights`: {file} must be a captioner with the same arguments of the builder.")
        if other.target_preprocessor.vocabulary.tokens != self.target_preprocessor.vocabulary.tokens:
            raise ValueError(
                f"`initial_weights`: {file} has another vocabulary; train on the same captions with the same "
                "`vocabulary_size`."
            )
        self.network.set_weights(other.network.get_weights())

    def encode_images(self, source, training=False):
        """Returns regions (batch, regions, features) of images; cached features (rank 3) are only cast."""
        if source.shape.rank == 3:
            return tf.cast(source, self.compute_dtype)
        return self.backbone(source, training=training and self.from_scratch)

    def call(self, inputs, training=False):
        return super().call({**inputs, "target": flatten_captions(inputs["target"])}, training)

    def teacher_forced_logits(self, inputs, training=False):
        source, target = inputs["source"], inputs["target"]
        memory = self.encoder(self.encode_images(source, training), training=training)
        captions = tf.shape(target)[0] // tf.shape(source)[0]
        memory = [repeat_per_caption(part, captions) for part in memory]
        logits, *_ = self.decoder([target, *memory], training=training)
        return logits

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if sample_weight is not None:
            sample_weight = tf.repeat(sample_weight, tf.shape(y)[2])
        return super().compute_loss(x, flatten_captions(y), y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, flatten_captions(y), y_pred, sample_weight)

    def read_examples(self, x, y=None):
        """Returns `images, captions`: lists of encoded images (bytes), and of lists of captions (str), or None.

        Raises:
            ValueError: if there is no example, an image is not readable, or an image has no caption.
        """
        images, captions, _ = read_image_examples(x, y)
        return images, None if captions is None else [as_captions(*one) for one in enumerate(captions)]

    def is_single_example(self, x):
        return is_single_image(x)

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        images, captions, weights = read_image_examples(x, y, sample_weight)
        pixels = ImageArray(images, self.preprocessor)
        if captions is None:
            return {"source": pixels}, None, None
        targets = self.encode_targets([as_captions(*one) for one in enumerate(captions)])
        weights = None if weights is None else np.array(weights, np.float32)
        source = pixels if self.backbone.trainable else self.cached_features(images, pixels, progress)
        return {"source": source, "target": [shift_right(ids) for ids in targets]}, targets, weights

    def cached_features(self, images, pixels, progress=False):
        """Returns the features of the frozen backbone, from the cache or computed into it.

        Args:
            images: list of encoded images (bytes), the key of the cache.
            pixels: `ImageArray` of them.
            progress: bool; whether to print the progress on standard error.

        Returns:
            (images, regions, features) float16, memory-mapped.
        """
        cache = FeatureCache(fingerprint(self.backbone, images), (len(images), *self.backbone.output_shape[1:]))
        run = tf.function(lambda batch: self.backbone(batch, training=False), reduce_retracing=True)
        on_progress = _progress_callback(cache, len(images)) if progress and cache.num_done < len(images) else None
        return cache.get_or_compute(
            lambda start, stop: run(tf.constant(pixels[np.arange(start, stop)])).numpy(),
            FEATURE_BATCH_SIZE,
            on_progress,
        )

    def encode_targets(self, targets, progress=False):
        """Returns a list of int32 arrays (time, captions), the token ids of each image's captions."""
        if targets and getattr(targets[0], "dtype", None) == np.int32:
            return targets
        rows = []
        for captions in targets:
            ids = [self.target_preprocessor.encode(normalize_caption(caption)) for caption in captions]
            row = np.full((max(map(len, ids)), len(ids)), PAD_ID, np.int32)
            for column, tokens in enumerate(ids):
                row[: len(tokens), column] = tokens
            rows.append(row)
        return rows

    def encode_source(self, source):
        return self.encoder(self.encode_images(source), training=False)

    def describe(self):
        """Returns the size of the vocabulary and the number of regions, a str."""
        return f"{len(self.target_preprocessor.vocabulary)} subwords, {self.memory_length} image regions"

    def score(self, predictions, targets):
        """Returns the BLEU-4 score, in percent, of a list of `Prediction` and the captions of each image."""
        references = [[normalize_caption(caption) for caption in captions] for captions in targets]
        candidates = [self.target_preprocessor.vocabulary.decode(prediction.outputs) for prediction in predictions]
        bleu = require("sacrebleu.metrics", "metrics", "BLEU").BLEU(tokenize="none", smooth_method="none")
        return float(bleu.corpus_score(candidates, list(zip_longest(*references))).score)

    def attention(self, image, caption=None):
        """Returns the attention weights of a caption.

        Args:
            image: a raw image.
            caption: str; None for the model's own.

        Returns:
            `words, weights`: a list of str, and (words, regions) float32, each row summing to one; regions are in
            row-major order of a square grid.

        Raises:
            ValueError: if the model has no attention.

        Example:
            >>> rt.plot_image_attention("dog.jpg", *model.attention("dog.jpg"))  # doctest: +SKIP
        """
        if all(layer.name != "attention" for layer in self.decoder.layers):
            raise ValueError("Captioner.attention: the model was built with `attention`='none'.")
        if caption is None:
            caption = self.generate(image)
        images = read_images([image])
        targets = self.encode_targets([[caption]])[0]
        attention_model = keras.Model(self.decoder.inputs, self.decoder.get_layer("attention").output[1])
        memory = self.encode_source(tf.constant(ImageArray(images, self.preprocessor)[np.arange(1)]))
        inputs = tf.constant(shift_right(targets)[None, :, 0])
        weights = attention_model([inputs, *memory], training=False)[0].numpy()
        words, rows = [], []
        for token, row in zip(targets[:-1, 0], weights, strict=False):
            subword = self.target_preprocessor.vocabulary.tokens[token]
            if subword.startswith(WORD_START) or not words:
                words.append("")
                rows.append([])
            words[-1] += subword.removeprefix(WORD_START)
            rows[-1].append(row)
        return words, np.array([np.mean(word_rows, axis=0) for word_rows in rows], np.float32)

    def save_vocabulary(self, directory):
        self.target_preprocessor.vocabulary.save(directory / "vocabulary.txt")

    def to_strings(self, examples):
        """Returns raw images as a list of encoded images (bytes)."""
        return read_images(examples)

    @property
    def memory_length(self):
        """Number of image regions, an int."""
        return self.backbone.output_shape[1]

    def device_input_spec(self):
        """Returns the spec of the pixels (1, size, size, 3) uint8 of one image."""
        return tf.TensorSpec((1, *self.backbone.input_shape[1:]), tf.uint8, name="source")

    def device_input(self, example):
        """Returns the pixels of a raw image, resized."""
        return self.preprocessor.image(read_images([example])[0])[None]

    def serving_signatures(self):
        """Returns the signature of the SavedModel; see `caption`."""
        return [self.string_signature("caption", self.caption, self._decode_serving, strategy="beam")]

    def caption(self, images):
        """Returns a caption of each image.

        Args:
            images: (batch,) string; JPEG or PNG.

        Returns:
            `caption`, `probability` (batch,) and `tokens` (batch, time).
        """
        tokens, probabilities = self.decode(self.preprocessor(images), "beam", n_best=1)
        return {
            "caption": self.target_preprocessor.detokenize(tokens)[:, 0],
            "probability": probabilities[:, 0],
            "tokens": tokens[:, 0],
        }

    def preprocessing_spec(self):
        """Returns the preprocessing and decoding specification, without the vocabulary, a dict."""
        return {
            **subword_tokenizer_spec(),
            "image_size": self.preprocessor.size,
            "channels": self.preprocessor.channels,
            "resize": "stretch",
            "max_target_length": self.target_preprocessor.max_length,
            "beam_width": self.beam_width,
            "length_penalty": self.length_penalty,
        }

    def get_config(self):
        return {**super().get_config(), "from_scratch": self.from_scratch}


def _progress_callback(cache, count):
    """Returns a function of (images done, images per second) that prints the progress on standard error."""
    print(f"caching features of {count:,} images in {cache.file}; {cache.num_done:,} are cached", file=sys.stderr)

    def on_progress(done, rate):
        if done == count or done // PROGRESS_INTERVAL > (done - FEATURE_BATCH_SIZE) // PROGRESS_INTERVAL:
            print(f"{done:,} of {count:,} images, {rate:.0f} per second", file=sys.stderr, flush=True)

    return on_progress
