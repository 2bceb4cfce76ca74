"""Translation model."""

import keras
import tensorflow as tf

from rnn_templates.preprocessing.text.long_text import split_long_text
from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID
from rnn_templates.tasks.text_generator import TextGenerator


@keras.saving.register_keras_serializable(package="rnn_templates")
class Translator(TextGenerator):
    """Generates a target text for a source text; built by `translation_model`.

    `fit` and `evaluate` take a `tf.data.Dataset` of (source, target), or two lists of texts. `generate` splits a text
    that is longer than the encoder's maximum length into sentences, or, where a sentence is too long, into groups of
    words. The translation of an empty text is empty.

    Args:
        (all): see `TextGenerator`.
    """

    output_name = "translation"
    runtime_readers = ("subword_tokenizer",)

    def attention(self, source, target=None):
        """Returns the attention weights of a translation.

        Args:
            source: str; a text within the encoder's maximum length.
            target: str; the target text; None for the model's own (greedy).

        Returns:
            `source_tokens, target_tokens, weights`: two lists of str, and (target, source) float32.

        Example:
            >>> model = rt.load_model("saved_models/dates")
            >>> figure = rt.plot_attention(*model.attention("due on Monday, March 3, 2031"))
        """
        if target is None:
            target = self.generate(source, strategy="greedy")
        features, targets, _ = self.encode_examples([source], [target])
        attention_model = keras.Model(self.decoder.inputs, self.decoder.get_layer("attention").output[1])
        source_ids, inputs, target_ids = features["source"][0], features["target"][0], targets[0]
        memory = self.encoder(source_ids[None], training=False)
        weights = attention_model([tf.constant(inputs[None]), *memory], training=False)[0].numpy()
        source_tokens = [self.preprocessor.vocabulary.tokens[i] for i in source_ids]
        target_tokens = [self.target_preprocessor.vocabulary.tokens[i] for i in target_ids]
        return source_tokens, target_tokens, weights

    def split_input(self, example):
        """Returns a text in segments within the encoder's maximum length: sentences, or groups of words."""
        return split_long_text(example, self.preprocessor.vocabulary, self.preprocessor.max_length - 1)

    @property
    def memory_length(self):
        """Number of memory positions, one per source token, an int."""
        return self.preprocessor.max_length

    def device_input_spec(self):
        """Returns the spec of the source token ids of one text."""
        return tf.TensorSpec((1, self.memory_length), tf.int32, name="source")

    def serving_signatures(self):
        """Returns the signatures of the SavedModel; see `translate` and `translate_best`."""
        return [
            self.string_signature("translate", self.translate, self._decode_serving, strategy="beam"),
            self.string_signature("translate_best", self.translate_best),
        ]

    def translate(self, texts):
        """Returns the best translation of each text.

        Args:
            texts: (batch,) string.

        Returns:
            `translation`, `probability` (batch,), `tokens` (batch, time), and `truncated` (batch,): whether a text was
            longer than the encoder's maximum length.
        """
        outputs = self._serve(texts, 1)
        return {
            "translation": outputs["translations"][:, 0],
            "probability": outputs["probabilities"][:, 0],
            "tokens": outputs["tokens"][:, 0],
            "truncated": outputs["truncated"],
        }

    def translate_best(self, texts):
        """Returns the `beam_width` best translations of each text, best first.

        Args:
            texts: (batch,) string.

        Returns:
            `translations`, `probabilities` (batch, beam_width), `tokens` (batch, beam_width, time), and `truncated`.
        """
        return self._serve(texts, self.beam_width)

    def encode_source(self, source):
        """Returns the inputs of the decoder; a row of padding alone is encoded as an empty text, the end token."""
        first = tf.where(source[:, :1] == PAD_ID, END_ID, source[:, :1])
        return super().encode_source(tf.concat([first, source[:, 1:]], axis=1))

    def decode(self, source, strategy="beam", **options):
        """Generates token ids inside a graph, see `Seq2Seq.decode`; none, of probability 1, for an empty source."""
        tokens, probabilities = super().decode(source, strategy, **options)
        is_empty = (source[:, 0] == PAD_ID) | (source[:, 0] == END_ID)
        return tf.where(is_empty[:, None, None], PAD_ID, tokens), tf.where(is_empty[:, None], 1.0, probabilities)

    def _serve(self, texts, n_best):
        ids = self.preprocessor(texts)
        tokens, probabilities = self.decode(ids, "beam", n_best=n_best)
        return {
            "translations": self.target_preprocessor.detokenize(tokens),
            "probabilities": probabilities,
            "tokens": tokens,
            "truncated": self.preprocessor.truncated(texts, ids),
        }

    def preprocessing_spec(self):
        """Returns the preprocessing and decoding specification, without the vocabularies, a dict."""
        return {
            **subword_tokenizer_spec(),
            "max_source_length": self.preprocessor.max_length,
            "max_target_length": self.target_preprocessor.max_length,
            "beam_width": self.beam_width,
            "length_penalty": self.length_penalty,
        }

    def fit_to_device(self, examples, targets=None):
        """Returns the texts within the encoder's maximum length, not empty, with their targets.

        Raises:
            ValueError: if there is none.
        """
        limit = self.preprocessor.max_length - 1
        kept = [i for i, text in enumerate(examples) if 0 < len(self.preprocessor.vocabulary.encode(text)) <= limit]
        if not kept:
            raise ValueError(f"`examples` must hold a text of 1 to {limit} subwords; received {len(examples)} others.")
        return [examples[i] for i in kept], None if targets is None else [targets[i] for i in kept]
