"""A model that says what is to be seen in pictures."""

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
from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID, START_ID, WORD_START
from rnn_templates.tasks.text_generator import TextGenerator


@keras.saving.register_keras_serializable(package="rnn_templates")
class Captioner(TextGenerator):
    """ImageArray in, captions out; made by `captioning_model`.

    `fit` and `evaluate` take a `tf.data.Dataset` of (encoded picture, captions (n,)), or a list of pictures and a list
    of captions, one or several each. Captions are learned and written plain: in lower case, without punctuation.

    As long as the image encoder is frozen, `fit` computes what it sees in the pictures once, and keeps it on disk. All
    captions of a picture are read in the same step.

    Args:
        *args: see `Seq2Seq`. The network holds the models "backbone" (pictures to regions), "encoder" (regions to
            memory) and "decoder".
        from_scratch: whether the image encoder, where it learns, is trained from nothing. Otherwise its batch norms
            keep the statistics that they have.
        **kwargs: the other arguments of `Seq2Seq`.
    """

    noun = "caption"
    validation_batch_size = 32  # pictures, each with all its captions

    def __init__(self, *args, from_scratch=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.from_scratch = from_scratch
        self.backbone = self.network.get_layer("backbone")

    def start_from(self, path):
        """Takes over the weights of a trained captioner with the same vocabulary and sizes.

        Args:
            path: folder with `model.keras`, or a `.keras` file.

        Raises:
            FileNotFoundError: if it is not there.
            ValueError: if it is another model.
        """
        file = Path(path) / "model.keras" if Path(path).is_dir() else Path(path)
        if not file.exists():
            raise FileNotFoundError(f"There is no model to start from at {file.absolute()}.")
        other = keras.saving.load_model(file)
        words = getattr(getattr(other, "target_preprocessor", None), "vocabulary", None)
        ours = [weight.shape for weight in self.network.weights]
        if not isinstance(other, Captioner) or [weight.shape for weight in other.network.weights] != ours:
            raise ValueError(f"{file} is no captioner of the same sizes; give the settings that it was trained with.")
        if words.tokens != self.target_preprocessor.vocabulary.tokens:
            raise ValueError(f"{file} knows other subwords: train on the same captions, or with the same `pieces`.")
        self.network.set_weights(other.network.get_weights())

    def see(self, source, training=False):
        """Returns regions (batch, places, features) of pictures; what are regions already stays."""
        if source.shape.rank == 3:
            return tf.cast(source, self.compute_dtype)
        return self.backbone(source, training=training and self.from_scratch)

    def call(self, inputs, training=False):
        return super().call({**inputs, "target": flatten_captions(inputs["target"])}, training)

    def teach(self, inputs, training=False):
        source, target = inputs["source"], inputs["target"]
        memory = self.encoder(self.see(source, training), training=training)
        captions = tf.shape(target)[0] // tf.shape(source)[0]
        logits, *_ = self.decoder([target, *(_repeated(part, captions) for part in memory)], training=training)
        return logits

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if sample_weight is not None:
            sample_weight = tf.repeat(sample_weight, tf.shape(y)[2])
        return super().compute_loss(x, flatten_captions(y), y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, flatten_captions(y), y_pred, sample_weight)

    def read(self, x, y=None):
        """Returns `images, captions`: lists of encoded pictures, and of lists of captions (str), or None.

        Raises:
            ValueError: if there is no example, a picture cannot be read, or a picture has no caption.
        """
        images, captions, _ = read_image_examples(x, y)
        return images, None if captions is None else [_several(*one) for one in enumerate(captions)]

    def is_one(self, x):
        return is_single_image(x)

    def encode(self, x, y=None, sample_weight=None, *, progress=False):
        images, captions, weights = read_image_examples(x, y, sample_weight)
        pictures = ImageArray(images, self.preprocessor)
        if captions is None:
            return {"source": pictures}, None, None
        targets = self.encode_targets([_several(*one) for one in enumerate(captions)])
        weights = None if weights is None else np.array(weights, np.float32)
        source = pictures if self.backbone.trainable else self.regions(images, pictures, progress)
        return {"source": source, "target": [_before(ids) for ids in targets]}, targets, weights

    def regions(self, images, pictures, progress=False):
        """Returns what the frozen backbone sees (pictures, places, features) float16, from the cache or into it."""
        cache = FeatureCache(fingerprint(self.backbone, images), (len(images), *self.backbone.output_shape[1:]))
        run = tf.function(lambda batch: self.backbone(batch, training=False), reduce_retracing=True)
        found, count = cache.num_done, len(images)
        if not progress or found == count:
            watch = None
        else:
            print(f"features of {count:,} pictures into {cache.file}, {found:,} are there", file=sys.stderr)

            def watch(done, rate):
                if done == count or done // 500 > (done - 32) // 500:
                    print(f"{done:,} of {count:,} pictures seen, {rate:.0f} a second", file=sys.stderr, flush=True)

        return cache.get_or_compute(
            lambda start, stop: run(tf.constant(pictures[np.arange(start, stop)])).numpy(), 32, watch
        )

    def encode_targets(self, targets, progress=False):
        """Returns a list of int32 arrays (time, captions), the tokens of each picture's captions."""
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

    def remember(self, source):
        return self.encoder(self.see(source), training=False)

    @property
    def knows(self):
        places = self.backbone.output_shape[1]
        return f"{len(self.target_preprocessor.vocabulary)} subwords, {places} regions of a picture"

    def metric(self, answers, targets):
        """Returns BLEU-4, in percent, of answers beside the captions of each picture."""
        from sacrebleu.metrics import BLEU

        captions = [[normalize_caption(caption) for caption in several] for several in targets]
        streams = list(zip_longest(*captions))
        written = [self.target_preprocessor.vocabulary.decode(answer.labels) for answer in answers]
        return float(BLEU(tokenize="none", smooth_method="none").corpus_score(written, streams).score)

    def attention(self, image, caption=None):
        """Returns where the model looks in a picture while it writes each word.

        Args:
            image: a raw picture.
            caption: the caption that is written; None for the model's own.

        Returns:
            `words, weights`: a list of str, and (words, places) float32, each row summing to one; places go row by row
            over a square grid.

        Raises:
            ValueError: if the model has no attention.

        Example:
            >>> plot_image_attention("dog.jpg", *model.attention("dog.jpg"))
        """
        if all(layer.name != "attention" for layer in self.decoder.layers):
            raise ValueError("The model was built with attention='none': it looks at the whole picture at once.")
        if caption is None:
            caption = self.generate(image)
        images = read_images([image])
        targets = self.encode_targets([[caption]])[0]
        looking = keras.Model(self.decoder.inputs, self.decoder.get_layer("attention").output[1])
        memory = self.remember(tf.constant(ImageArray(images, self.preprocessor)[np.arange(1)]))
        weights = looking([tf.constant(_before(targets)[None, :, 0]), *memory], training=False)[0].numpy()
        words, rows = [], []
        for token, row in zip(targets[:-1, 0], weights, strict=False):
            piece = self.target_preprocessor.vocabulary.tokens[token]
            if piece.startswith(WORD_START) or not words:
                words.append("")
                rows.append([])
            words[-1] += piece.removeprefix(WORD_START)
            rows[-1].append(row)
        return words, np.array([np.mean(several, axis=0) for several in rows], np.float32)

    def save_vocabulary(self, directory):
        self.target_preprocessor.vocabulary.save(directory / "vocabulary.txt")

    @property
    def places(self):
        """How many regions of a picture the decoder sees."""
        return self.backbone.output_shape[1]

    def device_source(self):
        """The spec of what a device reads: a picture."""
        return tf.TensorSpec((1, *self.backbone.input_shape[1:]), tf.uint8, name="source")

    def signatures(self):
        """What the SavedModel answers, by name; see `caption`."""
        return {"caption": (self.caption, (tf.TensorSpec((None,), tf.string, name="images"),))}

    def caption(self, images):
        """From encoded pictures (batch,), JPEG or PNG, to captions, their probabilities (batch,), and tokens."""
        tokens, probabilities = self.search(self.preprocessor(images), "beam", n_best=1)
        return {
            "caption": self.target_preprocessor.detokenize(tokens)[:, 0],
            "probability": probabilities[:, 0],
            "tokens": tokens[:, 0],
        }

    def preprocessing_spec(self):
        """Returns all that a device must know to make a picture of the right form, and a caption of tokens."""
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

    def ask_saved_model(self, served, images, way="beam"):
        """Returns one `Answer` a picture of a loaded SavedModel."""
        answers = []
        for i in range(0, len(images), 64):
            found = served.caption(tf.constant(read_images(images[i : i + 64]), tf.string))
            answers += map(self._answer, found["tokens"].numpy(), found["probability"].numpy())
        return answers

    def ask_device(self, file, images, way="greedy"):
        """Returns one `Answer` a picture of a `LiteRTModel`, searched by its signature `way`."""
        answers = []
        for picture in map(self.preprocessor.image, read_images(images)):
            found = file(way, source=picture[None])
            answers.append(self._answer(found["tokens"][0], found["probabilities"][0]))
        return answers


def flatten_captions(captions):
    """Returns captions (batch, time, captions) one after the other, (batch * captions, time), those of a picture
    together."""
    return tf.reshape(tf.transpose(captions, (0, 2, 1)), (-1, tf.shape(captions)[1]))


def _repeated(part, times):
    """Every row as often; the gradient is a sum, not the scattering that `gather` would want."""
    shape = tf.shape(part)
    spread = tf.broadcast_to(part[:, None], tf.concat([shape[:1], [times], shape[1:]], axis=0))
    rows = tf.reshape(spread, tf.concat([[shape[0] * times], shape[1:]], axis=0))
    return tf.ensure_shape(rows, (None, *part.shape[1:]))


def _before(ids):
    """The tokens before each of the tokens (time, captions)."""
    return np.concatenate(
        [np.full((1, ids.shape[1]), START_ID, np.int32), np.where(ids[1:] == PAD_ID, PAD_ID, ids[:-1])]
    )


def _several(number, given):
    """One picture's captions as a list of str."""
    given = [given] if isinstance(given, (str, bytes)) else list(given)
    captions = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in given]
    if not captions or not all(isinstance(one, str) for one in captions):
        raise ValueError(f"Picture {number} has the captions {given!r:.80}; wanted one text or more.")
    return captions
