"""Predictions of a language model, and the functions of its exported files."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.draw_token import portable_sample
from rnn_templates.decoding.greedy import greedy
from rnn_templates.preprocessing.text.symbol_vocabulary import END_ID, PAD_ID, UNKNOWN_ID
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.tasks.predict_function import PredictFunction
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature, in_batches, string_array

PREDICTIONS = ("greedy", "sample", "beam", "score")
# Of the strategy "sample" in comparisons; the exported functions take any.
SAMPLING = {
    "temperature": np.float32(0.8),
    "top_k": np.int32(0),
    "top_p": np.float32(1.0),
    "seed": np.int32(1),
}
MAX_PASSAGES = 200


class LanguageModelSignatures:
    """Continuations and likelihoods inside graphs; a base class of `LanguageModel`.

    `sample` continues a prefix at random, with its options as inputs; `step` returns the distribution of the next token
    and the new states for a token and the states before it; `score`, of the SavedModel, returns the log-probabilities
    of the tokens of texts.
    """

    runtime_readers = ("stream", "text_stream", "subword_tokenizer")
    stream_reader = "text_stream"
    metric_name = "nats_per_token"
    min_agreement = {"float32": 0.99, "int8": 0.3}  # a changed token changes all later ones; compare the metric
    metric_tolerance = 1e-4

    def predict_examples(self, examples, strategy=None):
        """Returns a `Prediction` per text.

        Args:
            examples: list of raw texts.
            strategy: "greedy", "sample" or "beam": token ids of a continuation of the last `window_length` tokens, and
                the geometric mean of their probabilities (1,); "score": the most probable id at every position, and the
                probability of the token that is there (time,); None for "greedy".

        Raises:
            ValueError: if there is no such strategy.
        """
        strategy = strategy or "greedy"
        if strategy not in PREDICTIONS:
            raise ValueError(f"predict_examples: `strategy` must be one of {PREDICTIONS}; received {strategy!r}.")
        if not len(examples):
            return []
        if strategy not in self._decode_functions:
            function = self._score if strategy == "score" else lambda ids: self._continue_ids(ids, strategy)
            self._decode_functions[strategy] = PredictFunction(function)
        is_score = strategy == "score"
        batches = self.prediction_batches(examples, max_length=None if is_score else self.window_length)
        rows = []
        for ids, outputs in self._decode_functions[strategy].run(batches):
            rows.extend(
                self._scored(*one) if is_score else _generated(*one[1:]) for one in zip(ids, *outputs, strict=True)
            )
        return batches.restore_order(rows)

    def _scored(self, ids, predicted, log_probs):
        count = int(np.count_nonzero(ids)) - 1
        return Prediction(np.array(predicted[:count]), np.exp(log_probs[:count]))

    def _score(self, ids):
        """The most probable next ids, and the log-probabilities of the given ones, both (batch, time - 1)."""
        logits = tf.nn.log_softmax(tf.cast(self.network(ids, training=False)[:, :-1], tf.float32))
        log_probs = tf.gather(logits, ids[:, 1:], batch_dims=2)
        return tf.argmax(logits, axis=-1, output_type=tf.int32), log_probs

    def _continue_ids(self, ids, strategy, **options):
        """Continues rows of ids in a graph: tokens (batch, max_length) and log-probabilities (batch,)."""
        count = tf.reduce_sum(tf.cast(ids != PAD_ID, tf.int32), axis=1)
        last = tf.gather(ids, tf.maximum(count - 1, 0), batch_dims=1)
        before = tf.where(tf.range(tf.shape(ids)[1])[None] < count[:, None] - 1, ids, PAD_ID)
        _, states = self.features(before, self.initial_states(before))
        common = {"start_id": last, "end_id": END_ID, "max_length": self.max_length}
        common["banned_ids"] = PAD_ID, UNKNOWN_ID
        if strategy == "beam":
            tokens, _, log_probs = beam_search(self.step, None, tuple(states), n_best=1, **common)
            return tokens[:, 0], log_probs[:, 0]
        if strategy == "greedy":
            return greedy(self.step, None, tuple(states), **common)
        fixed = {name: value.item() for name, value in SAMPLING.items()}
        return portable_sample(self.step, None, tuple(states), **common, **{**fixed, **options})

    def serving_signatures(self):
        """Returns the signatures of the SavedModel: `sample`, `score` and `step`."""
        texts = tf.TensorSpec((None,), tf.string, name="texts")

        def encode_sample(examples):
            return {"texts": string_array(self.to_strings(examples)), **SAMPLING}

        return [
            Signature(
                "sample",
                (texts, *_sampling_specs()),
                self.serve_sample,
                in_batches(encode_sample),
                _decode_sample,
                "sample",
            ),
            self.string_signature("score", self.serve_score, self._decode_score, strategy="score"),
            self._step_signature(None),
        ]

    def device_signatures(self):
        """Returns the signatures of the LiteRT file: `sample` and `step`."""
        ids = tf.TensorSpec((1, self.window_length), tf.int32, name="ids")

        def encode_sample(examples):
            return {"ids": self.device_input(examples[0]), **SAMPLING}

        return [
            Signature(
                "sample",
                (ids, *_sampling_specs()),
                self.device_sample,
                in_batches(encode_sample, size=1),
                _decode_sample,
                "sample",
            ),
            self._step_signature(1),
        ]

    def _step_signature(self, rows):
        sizes = self.state_specs
        specs = [tf.TensorSpec((rows, size), tf.float32, name=name) for name, size in sizes.items()]
        zeros = {name: np.zeros((1, size), np.float32) for name, size in sizes.items()}
        token = tf.TensorSpec((rows,), tf.int32, name="token")
        return Signature(
            "step", (token, *specs), self.serve_step, self._encode_steps, self._decode_steps, "score", carried=zeros
        )

    def device_input(self, example):
        ids = self.preprocessor.encode(example)[-self.window_length :]
        return np.array([[*ids, *[PAD_ID] * (self.window_length - len(ids))]], np.int32)

    def _encode_steps(self, examples):
        for example in examples:
            ids = np.array(self.preprocessor.encode(example), np.int32)
            for position in range(len(ids)):
                yield {"token": ids[position : position + 1]}, int(position == len(ids) - 1)

    def _decode_steps(self, outputs, examples):
        ids = self.preprocessor.encode(examples[0])[1:]
        log_probs = outputs["log_probs"].reshape(-1, len(self.preprocessor.vocabulary))[: len(ids)]
        scores = np.exp(log_probs[np.arange(len(ids)), np.array(ids, int)])
        return [Prediction(log_probs.argmax(-1).astype(np.int32), scores)]

    def _decode_score(self, outputs, examples):
        counts = [len(self.preprocessor.encode(example)) - 1 for example in examples]
        rows = zip(counts, outputs["predicted"], outputs["log_probs"], strict=True)
        return [Prediction(predicted[:count], np.exp(log_probs[:count])) for count, predicted, log_probs in rows]

    def serve_step(self, token, *states):
        """Returns `log_probs` (rows, vocabulary) of the next token, and the states, for a token and the states before.

        Args:
            token: (rows,) int32; the end token at the beginning of a text.
            *states: (rows, units) floats; zeros at the beginning.
        """
        logits, states = self.step(token, None, states)
        log_probs = tf.nn.log_softmax(tf.cast(logits, tf.float32))
        return {"log_probs": log_probs, **dict(zip(self.state_specs, states, strict=True))}

    def serve_score(self, texts):
        """Returns `log_probs` (batch, time) of the tokens of texts, and the most probable ids, `predicted`."""
        predicted, log_probs = self._score(self.preprocessor(texts))
        return {"log_probs": log_probs, "predicted": predicted}

    def serve_sample(self, texts, temperature, top_k, top_p, seed):
        """Returns random continuations of texts.

        Args:
            texts: (batch,) string; the last `window_length` tokens are read.
            temperature, top_p: () float32; see `generate`.
            top_k, seed: () int32.

        Returns:
            `continuation` (batch,) string, `tokens` (batch, max_length) int32, and `probability` (batch,), the
            geometric mean of the probabilities of the tokens.
        """
        ids = self.preprocessor(texts)
        count = tf.reduce_sum(tf.cast(ids != PAD_ID, tf.int32), axis=1, keepdims=True)
        positions = tf.maximum(count - self.window_length, 0) + tf.range(self.window_length)[None]
        inside = tf.minimum(positions, tf.shape(ids)[1] - 1)
        ids = tf.where(positions < count, tf.gather(ids, inside, batch_dims=1), PAD_ID)
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
        tokens, log_probs = self._continue_ids(ids, "sample", **options)
        token_bytes = tf.constant(self.preprocessor.vocabulary.token_bytes)
        continuation = tf.strings.reduce_join(tf.gather(token_bytes, tokens), axis=-1)
        return {"continuation": continuation, "tokens": tokens, "probability": _mean_probability(tokens, log_probs)}

    def device_sample(self, ids, temperature, top_k, top_p, seed):
        """Returns `tokens` (1, max_length) of a random continuation, padded with 0, and their `probability` (1,)."""
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
        tokens, log_probs = self._continue_ids(ids, "sample", **options)
        return {"tokens": tokens, "probability": _mean_probability(tokens, log_probs)}

    def fit_to_device(self, examples, targets=None):
        """Returns passages of at most `window_length` - 1 tokens of the texts, twice, at most 200 at equal distances.

        Raises:
            ValueError: if all texts are empty.
        """
        passages = [passage for example in examples for passage in self._passages(decode_text(example))]
        if not passages:
            raise ValueError("`examples` must hold a text that is not empty.")
        passages = passages[:: -(-len(passages) // MAX_PASSAGES)]
        return passages, None if targets is None else passages

    def _passages(self, text):
        """A text in parts of at most `window_length` - 1 tokens; of a long one only some are returned."""
        vocabulary, limit = self.preprocessor.vocabulary, self.window_length - 1
        if self.preprocessor.unit == "subword":
            ids = vocabulary.encode(text)
            parts = [ids[start : start + limit // 2] for start in range(0, len(ids), limit // 2)]
            return [part for part in map(vocabulary.decode, parts) if 0 < len(vocabulary.encode(part)) <= limit]
        symbols = vocabulary.split(text)
        join = "".join if self.preprocessor.unit == "character" else " ".join
        return [join(symbols[start : start + limit]) for start in range(0, len(symbols), limit)]

    @staticmethod
    def agreement(expected, actual):
        """Returns the agreement of two lists of `Prediction`, in [0, 1].

        Of the most probable ids at the positions of a text it is the fraction of equal ones; of continuations, in which
        a changed token changes all later ones, that of the first 16 tokens before the first that differs.
        """
        fractions = [
            float(np.mean(a.outputs == b.outputs)) if _is_scored(a, b) else _common(a.outputs[:16], b.outputs[:16])
            for a, b in zip(expected, actual, strict=True)
            if len(a.outputs) or len(b.outputs)
        ]
        return float(np.mean(fractions)) if fractions else 1.0

    @staticmethod
    def is_comparable(expected, actual):
        """Returns whether two predictions are the probabilities of the same tokens."""
        return _is_scored(expected, actual) or np.array_equal(expected.outputs, actual.outputs)

    def score(self, predictions, targets):
        """Returns the mean of -log p over the scores of a list of `Prediction`."""
        scores = np.concatenate([np.ravel(prediction.scores) for prediction in predictions])
        return float(-np.mean(np.log(np.maximum(scores, 1e-30)))) if scores.size else 0.0

    def preprocessing_spec(self):
        """Returns the preprocessing and the signatures' sizes, without the vocabulary, a dict."""
        sizes = {"window_length": self.window_length, "max_length": self.max_length, "states": self.state_specs}
        return {**self.preprocessor.spec(), **sizes, **self.stream_spec()}


def _sampling_specs():
    return [tf.TensorSpec((), value.dtype, name=name) for name, value in SAMPLING.items()]


def _mean_probability(tokens, log_probs):
    """The geometric mean of the probabilities of the tokens of each row."""
    lengths = tf.reduce_sum(tf.cast(tokens != PAD_ID, tf.float32), axis=-1)
    return tf.exp(log_probs / tf.maximum(lengths, 1.0))


def _generated(tokens, log_prob):
    tokens = np.array(tokens)[np.array(tokens) != PAD_ID]
    return Prediction(tokens, np.exp([log_prob / max(1, len(tokens))]))


def _decode_sample(outputs, examples):
    rows = zip(outputs["tokens"], outputs["probability"], strict=True)
    return [Prediction(tokens[tokens != PAD_ID], np.ravel(probability)) for tokens, probability in rows]


def _is_scored(expected, actual):
    """Whether two predictions are the probabilities of the tokens of one text."""
    return np.shape(expected.scores) == np.shape(expected.outputs) == np.shape(actual.outputs)


def _common(expected, actual):
    """Fraction of equal items before the first that differs."""
    size = max(len(expected), len(actual))
    count = min(len(expected), len(actual))
    different = np.flatnonzero(np.asarray(expected[:count]) != np.asarray(actual[:count]))
    return 1.0 if not size else (different[0] if different.size else count) / size
