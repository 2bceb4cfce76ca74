"""A model that translates texts."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.long_text import split_long_text
from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.text_generator import TextGenerator


@keras.saving.register_keras_serializable(package="rnn_templates")
class Translator(TextGenerator):
    """Texts in, texts out; made by `translation_model`.

    `fit` and `evaluate` take a `tf.data.Dataset` of (source, target), or two lists of texts. `generate` translates a
    text that is longer than the model reads at once in parts: sentences, or, where a sentence is too long, runs of
    words. An empty text is answered by an empty one.

    Args:
        (all): see `TextGenerator`.
    """

    noun = "translation"

    def attention(self, source, target=None):
        """Returns where the model looks in a source while it writes each token.

        Args:
            source: a text, no longer than the model reads at once.
            target: the text that is written; None for the model's own greedy one.

        Returns:
            `source_tokens, target_tokens, weights`: two lists of str, and (target, source) float32.

        Example:
            >>> plot_attention(*model.attention("A dog runs."))
        """
        if target is None:
            target = self.generate(source, search="greedy")
        features, targets, _ = self.encode([source], [target])
        looking = keras.Model(self.decoder.inputs, self.decoder.get_layer("attention").output[1])
        ids, before = features["source"][0], features["target"][0]
        memory = self.encoder(ids[None], training=False)
        weights = looking([tf.constant(before[None]), *memory], training=False)[0].numpy()
        vocabularies = (self.preprocessor.vocabulary, ids), (self.target_preprocessor.vocabulary, targets[0])
        return *([vocabulary.tokens[i] for i in numbers] for vocabulary, numbers in vocabularies), weights

    def parts(self, example):
        """A text in parts that the model reads at once: sentences, or, where one is too long, runs of words."""
        return split_long_text(example, self.preprocessor.vocabulary, self.preprocessor.max_length - 1)

    @property
    def places(self):
        """How many places of the memory a device sees."""
        return self.preprocessor.max_length

    def device_source(self):
        """The spec of what a device reads: the tokens of a text."""
        return tf.TensorSpec((1, self.places), tf.int32, name="source")

    def signatures(self):
        """What the SavedModel answers, by name; see `translate` and `translate_best`."""
        texts = tf.TensorSpec((None,), tf.string, name="texts")
        return {"translate": (self.translate, (texts,)), "translate_best": (self.translate_best, (texts,))}

    def translate(self, texts):
        """From texts (batch,) to translations and their probabilities (batch,), and tokens (batch, time)."""
        answers = self._serve(texts, 1)
        return {
            "translation": answers["translations"][:, 0],
            "probability": answers["probabilities"][:, 0],
            "tokens": answers["tokens"][:, 0],
            "truncated": answers["truncated"],
        }

    def translate_best(self, texts):
        """From texts (batch,) to the `beam_width` best translations and their probabilities (batch, beam_width)."""
        return self._serve(texts, self.beam_width)

    def _serve(self, texts, best):
        ids = self.preprocessor(texts)
        tokens, probabilities = self.search(ids, "beam", n_best=best)
        empty = ids[:, 0] == END_ID
        tokens = tf.where(empty[:, None, None], PAD_ID, tokens)
        return {
            "translations": self.target_preprocessor.detokenize(tokens),
            "probabilities": tf.where(empty[:, None], 1.0, probabilities),
            "tokens": tokens,
            "truncated": self.preprocessor.truncated(texts, ids),
        }

    def preprocessing_spec(self):
        """Returns all that a device must know to make tokens of a text and a text of tokens, but for the words."""
        lengths = {
            "max_source_length": self.preprocessor.max_length,
            "max_target_length": self.target_preprocessor.max_length,
        }
        return {
            **subword_tokenizer_spec(),
            **lengths,
            "beam_width": self.beam_width,
            "length_penalty": self.length_penalty,
        }

    def cut(self, examples, targets=None):
        """Returns the examples that a device can read at once, with their targets: longer ones are left out."""
        room = self.preprocessor.max_length - 1
        kept = [i for i, text in enumerate(examples) if 0 < len(self.preprocessor.vocabulary.encode(text)) <= room]
        if not kept:
            raise ValueError(f"None of {len(examples)} texts has between 1 and {room} subwords.")
        return [examples[i] for i in kept], None if targets is None else [targets[i] for i in kept]

    def ask_saved_model(self, served, texts, way="beam"):
        """Returns one `Answer` a text of a loaded SavedModel."""
        answers = []
        for i in range(0, len(texts), 64):
            found = served.translate(tf.constant([to_bytes(text) for text in texts[i : i + 64]], tf.string))
            answers += [
                self._answer(*one) for one in zip(found["tokens"].numpy(), found["probability"].numpy(), strict=True)
            ]
        return answers

    def ask_device(self, file, texts, way="greedy"):
        """Returns one `Answer` a text of a `LiteRTModel`, searched by its signature `way`."""
        answers = []
        for text in texts:
            source = np.zeros(file.shape("source", way), np.int32)
            ids = self.preprocessor.encode(text)
            source[0, : len(ids)] = ids
            found = file(way, source=source)
            answers.append(self._answer(found["tokens"][0], found["probabilities"][0]))
        return answers
