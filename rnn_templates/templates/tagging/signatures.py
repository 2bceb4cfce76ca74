"""Inputs and outputs of the exported files of a tagger."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, word_tokenizer_spec
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature, in_batches, pad_to_spec


class TaggerSignatures:
    """Signatures of the exported files; a base class of `Tagger`.

    Example:
        >>> model = rt.load_model("saved_models/entities")
        >>> [signature.name for signature in model.serving_signatures()]
        ['serve', 'serve_tokens']
    """

    def serving_signatures(self):
        """Returns the signatures of the SavedModel; see `serve` and `serve_tokens`."""
        sentences = tf.TensorSpec((None,), tf.string, name="sentences")
        tokens = tf.TensorSpec((None, None), tf.string, name="tokens")
        encode = in_batches(lambda sentences: {"tokens": to_dense(self._ragged_tokens(sentences)).numpy()})
        return [
            Signature("serve", (sentences,), self.serve),
            Signature("serve_tokens", (tokens,), self.serve_tokens, encode, self._decode_names),
        ]

    def serve(self, sentences):
        """Returns `tokens`, `starts`, `ends`, `tags` and `probabilities` (batch, time) of texts (batch,).

        The values after the end of a sentence are "" or 0.
        """
        tokens, starts, ends = self.preprocessor.tokenize_tensor(sentences)
        return {"tokens": to_dense(tokens), "starts": to_dense(starts), "ends": to_dense(ends), **self._serve(tokens)}

    def serve_tokens(self, tokens):
        """Returns `tags` and `probabilities` (batch, time) of tokens (batch, time), padded with ""."""
        lengths = tf.reduce_sum(tf.cast(tf.math.cumsum(tf.strings.length(tokens), 1, reverse=True) > 0, tf.int32), 1)
        outputs = self._serve(tf.RaggedTensor.from_tensor(tokens, lengths))
        missing = tf.shape(tokens)[1] - tf.shape(outputs["tags"])[1]
        return {name: tf.pad(output, ((0, 0), (0, tf.maximum(missing, 0)))) for name, output in outputs.items()}

    def encode_strings(self, strings):
        """Returns the inputs of the network for texts (batch,), or tokens (batch, time) padded with "", in a graph."""
        if strings.shape.rank == 1:
            return self.preprocessor(self.preprocessor.tokenize_tensor(strings)[0])
        return self.preprocessor(tf.RaggedTensor.from_tensor(strings, padding=""))

    def _serve(self, tokens):
        inputs = self.preprocessor(tokens)
        tags, probabilities = self.predict_tensors(inputs)
        valid = inputs["word_ids"] != 0
        names = tf.where(valid, tf.gather(tf.constant(self.labels), tags), "")
        return {"tags": names, "probabilities": tf.where(valid, probabilities, 0.0)}

    def _ragged_tokens(self, sentences):
        """Returns the tokens of sentences as a ragged tensor of strings."""
        rows = [[to_bytes(token) for token in self.preprocessor.tokens(sentence)] for sentence in sentences]
        return tf.ragged.constant(rows, tf.string, ragged_rank=1)

    def _decode_names(self, outputs, sentences):
        """Returns the predictions of `serve_tokens`, whose tags are names."""
        tag_ids = {label.encode(): index for index, label in enumerate(self.labels)}
        predictions = []
        for sentence, tags, probabilities in zip(sentences, outputs["tags"], outputs["probabilities"], strict=True):
            length = len(self.preprocessor.tokens(sentence))
            ids = np.array([tag_ids[tag] for tag in tags[:length]], np.int32)
            predictions.append(Prediction(ids, probabilities[:length]))
        return predictions

    def device_signatures(self):
        """Returns the signature `serve` of the LiteRT file: one sentence of at most `max_tokens` tokens."""
        word_ids = tf.TensorSpec((1, self.max_tokens), tf.int32, name="word_ids")
        byte_ids = tf.TensorSpec((1, self.max_tokens, self.preprocessor.max_word_bytes), tf.int32, name="byte_ids")
        specs = (word_ids, byte_ids)

        def encode(sentences):
            for sentence in sentences:
                segments = self._segments(self.preprocessor.tokens(sentence))
                for index, tokens in enumerate(segments):
                    encoded = self.preprocessor.encode(tokens)
                    arrays = {spec.name: pad_to_spec(encoded[spec.name], spec) for spec in specs}
                    yield arrays, int(index == len(segments) - 1)

        def decode(outputs, sentences):
            length = len(self.preprocessor.tokens(sentences[0]))
            return [Prediction(outputs["tags"][0, :length], outputs["probabilities"][0, :length])]

        return [Signature("serve", specs, self.device_predict, encode, decode)]

    def device_predict(self, word_ids, byte_ids):
        """Returns `tags` int32 and `probabilities` (1, max_tokens) of an encoded sentence."""
        tags, probabilities = self.predict_tensors({"word_ids": word_ids, "byte_ids": byte_ids})
        return {"tags": tags, "probabilities": probabilities}

    def _segments(self, tokens):
        """Returns tokens, or tags, in segments of at most `max_tokens`; one empty segment for an empty sentence."""
        return [tokens[start : start + self.max_tokens] for start in range(0, len(tokens) or 1, self.max_tokens)]

    def preprocessing_spec(self):
        """Returns the preprocessing specification, without the vocabulary, a dict."""
        rules = self.preprocessor.token_rules
        return {
            **word_tokenizer_spec(),
            **({} if rules is None else {"version": 2, **rules}),
            "max_tokens": self.max_tokens,
            "truncation": "segments of max_tokens",
            "max_word_bytes": self.preprocessor.max_word_bytes,
            "byte_encoding": "UTF-8 bytes + 1 of the token as in the text",
        }

    def fit_to_device(self, examples, targets=None):
        """Returns sentences, as lists of tokens, and their tags, in segments of at most `max_tokens` tokens."""
        rows = [self.preprocessor.tokens(sentence) for sentence in examples]
        for index, (row, tags) in enumerate(zip(rows, targets or [], strict=False)):
            check_length(index, row, tags)
        segments = [segment for row in rows for segment in self._segments(row)]
        return segments, None if targets is None else [segment for tags in targets for segment in self._segments(tags)]


def check_length(index, tokens, tags):
    """Raises ValueError unless a sentence has as many tags as tokens, naming its index.

    Example:
        >>> check_length(0, ["Oslo"], ["O"])
    """
    if len(tokens) != np.size(tags):
        raise ValueError(f"Sentence {index} has {len(tokens)} tokens and {np.size(tags)} tags; each token needs one.")
