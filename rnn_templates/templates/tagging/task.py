"""A model that gives every word of a sentence its tag."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.sentence_inputs import get_tokens, read_sentence_examples, tokens_with_offsets
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels, tags_to_spans
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets_tensor
from rnn_templates.preprocessing.text.token_preprocessor import to_dense
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes, word_tokenizer_spec
from rnn_templates.tasks.span_f1 import SpanF1
from rnn_templates.tasks.task import Answer, Task
from rnn_templates.utils.progress import with_progress


@keras.saving.register_keras_serializable(package="rnn_templates")
class Tagger(Task):
    """Sentences in, tags of their words out; made by `tagging_model`.

    A sentence is a text, which is split into tokens, or a list of tokens. `fit`, `evaluate` and `predict` take lists of
    sentences, or a `tf.data.Dataset` of texts, of tokens (time,), or of (tokens, tags).

    Args:
        network, preprocessor: see `Task`; the network's last layer is named "crf" where there is one.
        labels: names of the tags.
        max_tokens: words of a sentence in the LiteRT file.
        label_smoothing: share of the truth that is spread over all tags, in [0, 1); without a CRF only.
    """

    def __init__(self, network, preprocessor, labels, *, max_tokens=128, label_smoothing=0.0, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.max_tokens = max_tokens
        self.label_smoothing = label_smoothing
        self.scheme = scheme_from_labels(self.labels)
        self.crf = next((layer for layer in network.layers if layer.name == "crf"), None)
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.span_f1 = SpanF1(self.labels) if self.scheme else None
        self._answer = None

    def read(self, x, y=None):
        sentences, tags, _ = read_sentence_examples(x, y)
        return sentences, tags

    def encode(self, x, y=None, sample_weight=None, *, progress=False):
        sentences, tags, weights = read_sentence_examples(x, y, sample_weight)
        encoded = [
            self.preprocessor.encode(get_tokens(sentence))
            for sentence in with_progress(sentences, "reading sentences", progress)
        ]
        features = {name: [one[name] for one in encoded] for name in ("word_ids", "byte_ids")}
        for number, (words, own) in enumerate(zip(features["word_ids"], tags or [], strict=False)):
            _check_length(number, words, own)
        return features, tags, None if weights is None else np.asarray(weights, np.float32)

    def encode_targets(self, targets):
        """Returns a list of int32 arrays (time,), numbers of tags, for numbers or names of tags.

        Raises:
            ValueError: if a tag is not one of the labels, naming sentence and word.
        """
        number = {label: index for index, label in enumerate(self.labels)}
        number |= {label.encode(): index for label, index in number.items()}
        encoded = []
        for position, tags in enumerate(targets):
            tags = np.asarray(tags)
            if tags.ndim != 1:
                raise ValueError(f"The tags of sentence {position} are {tags.tolist()!r:.60}; wanted a list of them.")
            if tags.dtype.kind in "OUS":
                found = [number.get(tag, -1) for tag in tags.tolist()]
            else:
                found = np.where(np.isin(tags, range(len(self.labels))), tags, -1)
            found = np.asarray(found, np.int32)
            if (found < 0).any():
                place = int(np.argmax(found < 0))
                wrong, listed = tags.tolist()[place], ", ".join(map(repr, self.labels[:30]))
                raise ValueError(f"The tag of word {place} in sentence {position} is {wrong!r}; the tags are {listed}.")
            encoded.append(found)
        return encoded

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns minus the log-likelihood of the true tags, a word."""
        mask = x["word_ids"] != 0
        valid = tf.cast(mask, tf.float32)
        if self.crf is not None:
            losses = -self.crf.log_likelihood(y_pred, y, mask)
        else:
            truth = tf.one_hot(y, len(self.labels)) * (1 - self.label_smoothing)
            truth += self.label_smoothing / len(self.labels)
            each = tf.nn.softmax_cross_entropy_with_logits(truth, tf.cast(y_pred, tf.float32))
            losses = tf.reduce_sum(each * valid, axis=1)
        if sample_weight is not None:
            losses *= tf.cast(sample_weight, losses.dtype)
        return tf.reduce_sum(losses) / tf.maximum(tf.reduce_sum(valid), 1.0) + sum(self.losses)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        mask = x["word_ids"] != 0
        tags = self.decode_scores(y_pred, mask)
        right = tf.cast(tags == y, tf.float32)
        self.accuracy.update_state(tf.boolean_mask(right, mask))  # each word counts alike, not each sentence
        if self.span_f1 is not None:
            self.span_f1.update_state(y, tags, mask)
        return self.get_metrics_result()

    def decode_scores(self, scores, mask):
        """Returns the best tags (batch, time) int32 for scores (batch, time, tags)."""
        if self.crf is not None:
            return self.crf.decode(scores, mask)
        return tf.argmax(scores, axis=-1, output_type=tf.int32)

    def answer(self, inputs):
        """Returns tags (batch, time) int32 and their probabilities (batch, time) for what the network reads."""
        scores, mask = self.network(inputs, training=False), inputs["word_ids"] != 0
        tags = self.decode_scores(scores, mask)
        if self.crf is not None:
            probabilities = self.crf.marginals(scores, mask)
        else:
            probabilities = tf.nn.softmax(tf.cast(scores, tf.float32))
        chosen = tf.reduce_sum(tf.one_hot(tags, len(self.labels)) * probabilities, axis=-1)
        return tags, chosen

    def predict(self, x, batch_size=64, verbose=0, return_labels=False):
        """Returns the tags of sentences.

        Args:
            x: a list of sentences, or a raw dataset.
            batch_size: sentences at once.
            return_labels: whether to answer in words.

        Returns:
            A list with one int32 array (time,) a sentence, numbers of tags; with `return_labels` a list of dicts:
            `text`; `tokens`, each with `text`, `start`, `end`, `tag` and `probability`, and, where the tags name spans,
            `spans`, each with `text`, `start`, `end`, `type` and `probability`, that of its least sure word. Places
            count the characters of the text; of a list of tokens, those of the tokens with a space between.

        Example:
            >>> model.predict(["Call Ann Lee"], return_labels=True)[0]["spans"][0]["text"]
            'Ann Lee'
        """
        x = [x] if isinstance(x, (str, bytes)) else x
        sentences, _, _ = read_sentence_examples(x)
        tags, probabilities = self.predict_tags(sentences, batch_size, bool(verbose))
        if not return_labels:
            return tags
        return [self.decode(*one) for one in zip(sentences, tags, probabilities, strict=True)]

    def predict_tags(self, sentences, batch_size=64, progress=False):
        """Returns two lists with one array (time,) a sentence: tags, int32, and their probabilities, float32."""
        batches = self.batches(sentences, batch_size=batch_size)
        if self._answer is None:
            word_ids, byte_ids = (tf.TensorSpec((None,) * rank, tf.int32) for rank in (2, 3))
            self._answer = tf.function(self.answer, input_signature=[{"word_ids": word_ids, "byte_ids": byte_ids}])
        tags, probabilities = [], []
        for inputs in with_progress(batches.dataset(), "tagging", progress):
            answers = [part.numpy() for part in self._answer(inputs)]
            lengths = np.count_nonzero(inputs["word_ids"].numpy(), axis=1)
            for collected, answer in zip((tags, probabilities), answers, strict=True):
                collected.extend(row[:length] for row, length in zip(answer, lengths, strict=True))
        return batches.restore_order(tags), batches.restore_order(probabilities)

    def decode(self, sentence, tags, probabilities):
        """Returns the answer in words for one sentence, its tags' numbers and their probabilities (time,)."""
        text, tokens = tokens_with_offsets(sentence)
        names = [self.labels[tag] for tag in tags]
        answer = {
            "text": text,
            "tokens": [
                {"text": token, "start": start, "end": end, "tag": name, "probability": float(p)}
                for (token, start, end), name, p in zip(tokens, names, probabilities, strict=True)
            ],
        }
        if self.scheme:
            answer["spans"] = [
                {
                    "text": text[tokens[first].start : tokens[end - 1].end],
                    "start": tokens[first].start,
                    "end": tokens[end - 1].end,
                    "type": kind,
                    "probability": float(np.min(probabilities[first:end])),
                }
                for kind, first, end in tags_to_spans(names, self.scheme)
            ]
        return answer

    def to_dict(self, sentence, answer):
        """Returns one `Answer` in words."""
        return self.decode(sentence, answer.labels, answer.probabilities)

    def signatures(self):
        """What the SavedModel answers, by name; see `serve` and `serve_tokens`."""
        sentences = tf.TensorSpec((None,), tf.string, name="sentences")
        tokens = tf.TensorSpec((None, None), tf.string, name="tokens")
        return {"serve": (self.serve, (sentences,)), "serve_tokens": (self.serve_tokens, (tokens,))}

    def serve(self, sentences):
        """From texts (batch,) to tokens, their places, tags and probabilities (batch, time), "" or 0 behind them."""
        tokens, starts, ends = tokenize_with_offsets_tensor(sentences)
        return {"tokens": to_dense(tokens), "starts": to_dense(starts), "ends": to_dense(ends), **self._tag(tokens)}

    def serve_tokens(self, tokens):
        """From tokens (batch, time), with "" behind the shorter sentences, to tags and probabilities (batch, time)."""
        lengths = tf.reduce_sum(tf.cast(tf.math.cumsum(tf.strings.length(tokens), 1, reverse=True) > 0, tf.int32), 1)
        answers = self._tag(tf.RaggedTensor.from_tensor(tokens, lengths))
        missing = tf.shape(tokens)[1] - tf.shape(answers["tags"])[1]
        return {name: tf.pad(answer, ((0, 0), (0, tf.maximum(missing, 0)))) for name, answer in answers.items()}

    def _tag(self, tokens):
        inputs = self.preprocessor(tokens)
        tags, probabilities = self.answer(inputs)
        there = inputs["word_ids"] != 0
        names = tf.where(there, tf.gather(tf.constant(self.labels), tags), "")
        return {"tags": names, "probabilities": tf.where(there, probabilities, 0.0)}

    def device_signatures(self):
        """What the LiteRT file answers: one sentence of at most `max_tokens` words, as numbers, to numbers of tags."""
        word_ids = tf.TensorSpec((1, self.max_tokens), tf.int32, name="word_ids")
        byte_ids = tf.TensorSpec((1, self.max_tokens, self.preprocessor.max_word_bytes), tf.int32, name="byte_ids")
        return {"serve": (self.serve_numbers, (word_ids, byte_ids))}

    def serve_numbers(self, word_ids, byte_ids):
        """From what the network reads (1, max_tokens) to tags and probabilities of that shape."""
        tags, probabilities = self.answer({"word_ids": word_ids, "byte_ids": byte_ids})
        return {"tags": tags, "probabilities": probabilities}

    def preprocessing_spec(self):
        """Returns all that a device must know to make numbers of a sentence, but for the vocabulary."""
        letters = {
            "max_word_bytes": self.preprocessor.max_word_bytes,
            "byte_encoding": "UTF-8 bytes + 1 of the token as in the text",
        }
        return {
            **word_tokenizer_spec(),
            "max_tokens": self.max_tokens,
            "truncation": "segments of max_tokens",
            **letters,
        }

    def cut(self, sentences, tags=None):
        """Returns sentences, and their tags, in pieces of at most `max_tokens` words, as a device is asked."""
        rows = [get_tokens(sentence) for sentence in sentences]
        for number, (row, own) in enumerate(zip(rows, tags or [], strict=False)):
            _check_length(number, row, own)
        cuts = [
            (i, slice(j, j + self.max_tokens))
            for i, row in enumerate(rows)
            for j in range(0, len(row) or 1, self.max_tokens)
        ]
        return [rows[i][cut] for i, cut in cuts], None if tags is None else [tags[i][cut] for i, cut in cuts]

    def ask(self, sentences):
        """Returns one `Answer` a sentence."""
        return [Answer(*one) for one in zip(*self.predict_tags(sentences), strict=True)]

    def ask_saved_model(self, served, sentences):
        """Returns one `Answer` a sentence of a loaded SavedModel."""
        number, answers = {label.encode(): index for index, label in enumerate(self.labels)}, []
        for i in range(0, len(sentences), 64):
            part = [[to_bytes(token) for token in get_tokens(sentence)] for sentence in sentences[i : i + 64]]
            found = served.serve_tokens(tf.ragged.constant(part, tf.string, ragged_rank=1).to_tensor(""))
            tags, probabilities = found["tags"].numpy(), found["probabilities"].numpy()
            for tokens, own, sure in zip(part, tags, probabilities, strict=True):
                labels = np.array([number[tag] for tag in own[: len(tokens)]], np.int32)
                answers.append(Answer(labels, sure[: len(tokens)]))
        return answers

    def ask_device(self, file, sentences):
        """Returns one `Answer` a sentence of a `LiteRTModel`; longer ones are asked in pieces of `max_tokens` words."""
        return [self._ask_device(file, get_tokens(sentence)) for sentence in sentences]

    def _ask_device(self, file, tokens):
        pieces = [tokens[i : i + self.max_tokens] for i in range(0, len(tokens), self.max_tokens)] or [[]]
        answers = []
        for piece in pieces:
            inputs = {name: np.zeros(file.shape(name), np.int32) for name in ("word_ids", "byte_ids")}
            for name, found in self.preprocessor.encode(piece).items():
                inputs[name][(0, *map(slice, found.shape))] = found
            answers.append({name: value[0, : len(piece)] for name, value in file(**inputs).items()})
        return Answer(*(np.concatenate([one[name] for one in answers]) for name in ("tags", "probabilities")))

    def get_config(self):
        own = {"labels": list(self.labels), "max_tokens": self.max_tokens, "label_smoothing": self.label_smoothing}
        return {**super().get_config(), **own}


def _check_length(number, words, tags):
    if len(words) != np.size(tags):
        raise ValueError(f"Sentence {number} has {len(words)} tokens and {np.size(tags)} tags; each needs one.")
