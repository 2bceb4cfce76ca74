"""Sequence tagger."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.sentence_inputs import read_sentence_examples, tokens_with_offsets
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels, tags_to_spans
from rnn_templates.preprocessing.text.token_alignment import align_tokens, guess_text
from rnn_templates.preprocessing.text.token_rules import learn_token_rules
from rnn_templates.tasks.predict_function import PredictFunction
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.span_f1 import SpanF1
from rnn_templates.tasks.task import Task
from rnn_templates.templates.tagging.signatures import TaggerSignatures, check_length
from rnn_templates.utils.progress import with_progress

MAX_SEGMENT = 1024  # tokens
MAX_BATCH_TOKENS = 16_384  # of a prediction; 65,536 take 0.4 GB


@keras.saving.register_keras_serializable(package="rnn_templates")
class Tagger(TaggerSignatures, Task):
    """Predicts a tag for every token of a sentence; built by `tagging_model`.

    A sentence is a text, which is tokenized, or a list of tokens. `fit`, `evaluate` and `predict` take lists of
    sentences, or a `tf.data.Dataset` of texts, of tokens (time,), or of (tokens, tags).

    Args:
        network, preprocessor: see `Task`; the network's last layer is named "crf" if it is a CRF.
        labels: tuple of str; names of the tags.
        max_tokens: positive int; maximum number of tokens of a sentence on a device.
        label_smoothing: float in [0, 1); probability mass spread evenly over all tags; only without a CRF.
        **kwargs: `name` and the other arguments of `keras.Model`.
    """

    runtime_readers = ("word_tokenizer",)
    reads_unknown_words = True

    def __init__(self, network, preprocessor, labels, *, max_tokens=128, label_smoothing=0.0, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        self.labels = tuple(labels)
        self.max_tokens = max_tokens
        self.label_smoothing = label_smoothing
        self.scheme = scheme_from_labels(self.labels)
        self.crf = next((layer for layer in network.layers if layer.name == "crf"), None)
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.span_f1 = SpanF1(self.labels) if self.scheme else None
        # The loss of the validation split rises while its span F1 and accuracy still do.
        self.monitor = "val_span_f1" if self.scheme else "val_accuracy"
        self._predict_function = PredictFunction(self.predict_tensors)

    def read_examples(self, x, y=None):
        sentences, tags, _ = read_sentence_examples(x, y)
        return sentences, tags

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        sentences, tags, weights = read_sentence_examples(x, y, sample_weight)
        encoded = [
            self.preprocessor.encode(self.preprocessor.tokens(sentence))
            for sentence in with_progress(sentences, "encoding sentences", progress)
        ]
        features = {name: [one[name] for one in encoded] for name in ("word_ids", "byte_ids")}
        for index, pair in enumerate(zip(features["word_ids"], tags or [], strict=False)):
            check_length(index, *pair)
        return features, tags, None if weights is None else np.asarray(weights, np.float32)

    def encode_targets(self, targets):
        """Returns a list of int32 arrays (time,), tag ids, for ids or names of tags.

        Raises:
            ValueError: if a tag is not one of the labels, naming sentence and token.
        """
        tag_ids = {label: index for index, label in enumerate(self.labels)}
        tag_ids |= {label.encode(): index for label, index in tag_ids.items()}
        encoded = []
        for position, tags in enumerate(targets):
            tags = np.asarray(tags)
            if tags.ndim != 1:
                raise ValueError(f"The tags of sentence {position} must be a list; received {tags.tolist()!r:.60}.")
            if tags.dtype.kind in "OUS":
                ids = [tag_ids.get(tag, -1) for tag in tags.tolist()]
            else:
                ids = np.where(np.isin(tags, range(len(self.labels))), tags, -1)
            ids = np.asarray(ids, np.int32)
            if (ids < 0).any():
                index, allowed = int(np.argmax(ids < 0)), ", ".join(map(repr, self.labels[:30]))
                wrong = f"Tag {index} of sentence {position} is {tags.tolist()[index]!r}"
                raise ValueError(f"{wrong}; it must be one of {allowed}.")
            encoded.append(ids)
        return encoded

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns the negative log-likelihood of the reference tags, per token."""
        mask = x["word_ids"] != 0
        valid = tf.cast(mask, tf.float32)
        if self.crf is not None:
            losses = -self.crf.log_likelihood(y_pred, y, mask)
        else:
            probabilities = tf.one_hot(y, len(self.labels)) * (1 - self.label_smoothing)
            probabilities += self.label_smoothing / len(self.labels)
            token_losses = tf.nn.softmax_cross_entropy_with_logits(probabilities, tf.cast(y_pred, tf.float32))
            losses = tf.reduce_sum(token_losses * valid, axis=1)
        if sample_weight is not None:
            losses *= tf.cast(sample_weight, losses.dtype)
        return tf.reduce_sum(losses) / tf.maximum(tf.reduce_sum(valid), 1.0) + sum(self.losses)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Updates the accuracy of tokens (every token has the same weight) and the F1 score of spans."""
        mask = x["word_ids"] != 0
        tags = self.best_tags(y_pred, mask)
        self.accuracy.update_state(tf.boolean_mask(tf.cast(tags == y, tf.float32), mask))
        if self.span_f1 is not None:
            self.span_f1.update_state(y, tags, mask)
        return self.get_metrics_result()

    def best_tags(self, scores, mask):
        """Returns the best tags (batch, time) int32 for scores (batch, time, tags) and a mask (batch, time)."""
        if self.crf is not None:
            return self.crf.decode(scores, mask)
        return tf.argmax(scores, axis=-1, output_type=tf.int32)

    def predict_tensors(self, inputs):
        """Returns tags (batch, time) int32 and their probabilities (batch, time) for a dict of encoded sentences."""
        scores, mask = self.network(inputs, training=False), inputs["word_ids"] != 0
        tags = self.best_tags(scores, mask)
        if self.crf is not None:
            probabilities = self.crf.marginals(scores, mask)
        else:
            probabilities = tf.nn.softmax(tf.cast(scores, tf.float32))
        return tags, tf.reduce_sum(tf.one_hot(tags, len(self.labels)) * probabilities, axis=-1)

    def predict(self, x, batch_size=64, verbose=0, return_labels=False):
        """Returns the tags of sentences.

        Args:
            x: a sentence, or a list or dataset of them.
            batch_size: positive int; sentences in a batch.
            verbose: int; whether to show a progress bar.
            return_labels: bool; whether to return dicts.

        Returns:
            A list with one array (time,) of tag ids per sentence; with `return_labels` a list of dicts: `text`;
            `tokens`, each with `text`, `start`, `end`, `tag` and `probability`; and, if the tags mark spans, `spans`,
            each with `text`, `start`, `end`, `type` and `probability`, the minimum of its tokens; and `remarks`.
            Offsets count the characters of the text, or of the tokens joined with spaces.

        Example:
            >>> model = rt.load_model("saved_models/entities")
            >>> message = "Please call Ottilie Brandwein on +49 30 555 0199."
            >>> model.predict([message], return_labels=True)[0]["spans"][0]["text"]
            'Ottilie Brandwein'
        """
        x = [x] if isinstance(x, (str, bytes)) else x
        sentences, _, _ = read_sentence_examples(x)
        tags, probabilities = self.predict_tags(sentences, batch_size, bool(verbose))
        if not return_labels:
            return tags
        predictions = self.add_remarks(sentences, list(map(Prediction, tags, probabilities)))
        return [self.to_dict(*one) for one in zip(sentences, predictions, strict=True)]

    def predict_tags(self, sentences, batch_size=64, progress=False):
        """Returns two lists with one array (time,) per sentence: tags, int32, and their probabilities, float32.

        Sentences of more than `MAX_SEGMENT` tokens are tagged in segments, so that one of them does not determine the
        memory of a batch.
        """
        sentences, _, _ = read_sentence_examples(sentences)
        tokens = list(map(self.preprocessor.tokens, sentences))
        starts = [range(0, max(1, len(one)), MAX_SEGMENT) for one in tokens]
        segments = [one[i : i + MAX_SEGMENT] for one, each in zip(tokens, starts, strict=True) for i in each]
        ends = np.cumsum([len(each) for each in starts])
        return tuple(
            [np.concatenate(part[end - len(each) : end]) for end, each in zip(ends, starts, strict=True)]
            for part in self._predict_segments(segments, batch_size, progress)
        )

    def _predict_segments(self, sentences, batch_size, progress):
        """`predict_tags` of lists of tokens that are short enough for a batch."""
        longest = max((len(one) for one in sentences), default=0)
        batch_size = min(batch_size, MAX_BATCH_TOKENS // max(1, longest))
        batches = self.make_batches(sentences, batch_size=batch_size)
        tags, probabilities = [], []
        for inputs, outputs in self._predict_function.run(batches, description="tagging", progress=progress):
            lengths = np.count_nonzero(inputs["word_ids"], axis=1)
            for collected, rows in zip((tags, probabilities), outputs, strict=True):
                collected.extend(row[:length] for row, length in zip(rows, lengths, strict=True))
        return batches.restore_order(tags), batches.restore_order(probabilities)

    def predict_examples(self, examples, strategy=None):
        return [Prediction(*one) for one in zip(*self.predict_tags(examples), strict=True)]

    def to_dict(self, example, prediction):
        text, tokens = tokens_with_offsets(example, self.preprocessor.token_rules)
        tags = [self.labels[tag] for tag in prediction.outputs]
        result = {
            "text": text,
            "tokens": [
                {"text": token, "start": start, "end": end, "tag": tag, "probability": float(p)}
                for (token, start, end), tag, p in zip(tokens, tags, prediction.scores, strict=True)
            ],
        }
        if self.scheme:
            result["spans"] = [
                {
                    "text": text[tokens[first].start : tokens[end - 1].end],
                    "start": tokens[first].start,
                    "end": tokens[end - 1].end,
                    "type": span_type,
                    "probability": float(np.min(prediction.scores[first:end])),
                }
                for span_type, first, end in tags_to_spans(tags, self.scheme)
            ]
        return {**result, "remarks": list(prediction.remarks)}

    def adapt(self, splits):
        """Learns how texts are tokenized from the tokens of the training split, and its raw texts if they are known."""
        rows = splits.train.as_numpy_iterator()
        sentences = [[token.decode() for token in row[0]] for row in rows if not isinstance(row[0], bytes)]
        texts = getattr(splits.train, "raw_texts", None) or [None] * len(sentences)
        pairs = zip(texts, sentences, strict=False)
        self.preprocessor.token_rules = learn_token_rules(
            guess_text(tokens) if text is None else (text, align_tokens(tokens, text)) for text, tokens in pairs
        )

    def known_words(self, example):
        return self.preprocessor.known_words(self.preprocessor.tokens(example))

    def get_config(self):
        config = {"labels": list(self.labels), "max_tokens": self.max_tokens, "label_smoothing": self.label_smoothing}
        return {**super().get_config(), **config}
