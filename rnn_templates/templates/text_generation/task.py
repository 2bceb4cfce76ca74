"""Language model: training on chains of text, and likelihoods of texts."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import BucketedBatches
from rnn_templates.data.token_chains import TokenChains
from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.preprocessing.text.symbol_vocabulary import END_ID
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.task import Task
from rnn_templates.templates.text_generation.carried_states import CarriedStates
from rnn_templates.templates.text_generation.continuation import Continuation
from rnn_templates.templates.text_generation.likelihood import Likelihood
from rnn_templates.templates.text_generation.signatures import LanguageModelSignatures
from rnn_templates.utils.progress import with_progress
from rnn_templates.utils.validation import check_ints


@keras.saving.register_keras_serializable(package="rnn_templates")
class LanguageModel(Continuation, Likelihood, LanguageModelSignatures, Task):
    """Distribution of the next token of a text; built by `text_generation_model`.

        decoder: tokens, *states -> logits, *states
        network: decoder(tokens, zeros)[0]

    `fit` and `evaluate` take texts without targets: the target of a token is the token after it. They read the texts as
    parallel chains of windows, `TokenChains`, and carry the states over; `batch_size` is the number of chains.
    `generate` continues a text, `token_log_probs` returns the log-probabilities of its tokens.

    Args:
        network: a `keras.Model` from (batch, time) ids to logits (batch, time, vocabulary), which holds the models
            "decoder" and the layer "initial_states".
        preprocessor: `SequencePreprocessor`.
        window_length: int of at least 2; time steps of a window in training, and maximum prefix in exported files.
        max_length: positive int; default number of tokens that are generated.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Raises:
        ValueError: if an argument is out of range.
    """

    labels = ()
    validation_batch_size = 16
    max_calibration_examples = 100
    min_confidence = 0.0  # every continuation is one of many

    def __init__(self, network, preprocessor, *, window_length=128, max_length=200, **kwargs):
        super().__init__(network, preprocessor, **kwargs)
        check_ints("LanguageModel", 2, window_length=window_length)
        check_ints("LanguageModel", max_length=max_length)
        self.window_length, self.max_length = window_length, max_length
        self.decoder = network.get_layer("decoder")
        embedding = self.decoder.get_layer("embedding")
        self.head = embedding if isinstance(embedding, TiedEmbedding) else self.decoder.get_layer("logits")
        features = [self.decoder.get_layer("features").output, *self.decoder.outputs[1:]]
        # in a closure, so that Keras does not save its layers a second time
        body = keras.Model(self.decoder.inputs, features, name="body")
        self._body = lambda ids, states, training=False: body([ids, *states], training=training)
        self._carried = CarriedStates([state.shape[-1] for state in self.decoder.inputs[1:]])
        self.bits_per_character = keras.metrics.Mean(name="bits_per_character")
        self._decode_functions, self._step_functions = {}, {}

    @property
    def state_specs(self):
        """Names and sizes of the states, a dict."""
        return {state.name: state.shape[-1] for state in self.decoder.inputs[1:]}

    def initial_states(self, ids):
        """Returns the zero states (batch, size) for a batch of ids."""
        return self.network.get_layer("initial_states")(ids)

    def features(self, ids, states, training=False):
        """Returns the inputs of the output layer (batch, time, features) and the states after the last token."""
        features, *states = self._body(ids, states, training)
        return features, states

    def logits(self, features):
        """Returns the logits (..., vocabulary) of features."""
        return self.head(features, reverse=True) if isinstance(self.head, TiedEmbedding) else self.head(features)

    def negative_log_likelihood(self, features, targets):
        """Returns -log p of targets (batch, time), float32."""
        if isinstance(self.head, AdaptiveSoftmax):
            return self.head.negative_log_likelihood(features, targets)
        logits = tf.cast(self.logits(features), tf.float32)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)

    def call(self, inputs, training=False):
        if not isinstance(inputs, dict):
            return super().call(inputs, training=training)
        features, states = self.features(inputs["ids"], self._carried.read(inputs["first"]), training)
        self._carried.write(states)
        return features

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns the mean negative log-likelihood of a token, for the features `y_pred`."""
        weights = tf.ones_like(y, tf.float32) if sample_weight is None else tf.cast(sample_weight, tf.float32)
        losses = weights * self.negative_log_likelihood(y_pred, y)
        total = tf.reduce_sum(losses)
        characters = tf.reduce_sum(weights * tf.gather(self._character_counts(), y))
        bits = total / np.log(2) / tf.maximum(characters, 1e-9)
        self.bits_per_character.update_state(tf.stop_gradient(bits), sample_weight=characters)
        return total / tf.maximum(tf.reduce_sum(weights), 1e-9) + sum(self.losses)

    def _character_counts(self):
        return tf.constant(self.preprocessor.character_counts())

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Returns the metrics, which `compute_loss` updates."""
        return self.get_metrics_result()

    def read_examples(self, x, y=None):
        """Returns texts as lists of bytes, twice: the target of a text is the text itself.

        Args:
            x: raw texts, in all forms that `fit` takes.
            y: None, or the same texts.

        Raises:
            ValueError: if there is no text, or `y` has other texts.
        """
        texts, _ = super().read_examples(x)
        self._check_targets(texts, y)
        return texts, texts

    def _check_targets(self, texts, y):
        if y is None:
            return
        targets = [to_bytes(target) if isinstance(target, (str, bytes)) else target for target in y]
        if targets != [to_bytes(text) for text in texts]:
            raise ValueError(
                f"{self.name}: `y` must be None, or the texts themselves: the targets are their tokens; received "
                f"{len(targets)} others for {len(texts)} texts."
            )

    def encode(self, x):
        batches = self.prediction_batches([x] if isinstance(x, (str, bytes)) else x)
        return batches.batch(np.arange(batches.size))

    def prediction_batches(self, x, batch_size=32, max_length=None):
        """Returns the `BucketedBatches` of the ids of texts, encoded one by one.

        Args:
            x: raw texts.
            batch_size: positive int.
            max_length: positive int or None; of longer texts the last ids are kept.
        """
        features, _, _ = self.encode_examples(x)
        if max_length is not None:
            features = [ids[-max_length:] for ids in features]
        return BucketedBatches(features, batch_size=batch_size)

    def make_batches(self, x, y=None, sample_weight=None, *, batch_size=32, shuffle=False, seed=0, progress=False):
        """Returns the `TokenChains` of raw texts.

        Args:
            x: raw texts, in all forms that `fit` takes, or `TokenChains`, which are returned.
            y: None, or the same texts.
            sample_weight: weight of the tokens of each text, or None.
            batch_size: positive int; maximum number of chains.
            shuffle, seed: see `TokenChains`.
            progress: bool; whether to show a progress bar.

        Raises:
            ValueError: if there is no text.
        """
        if isinstance(x, TokenChains):
            return x
        texts, _ = self.read_examples(x, y)
        texts = with_progress(texts, "encoding texts", progress)
        ids = [np.array([*self.preprocessor.vocabulary.encode(text), END_ID], np.int32) for text in texts]
        options = {"batch_size": batch_size, "window_length": self.window_length, "shuffle": shuffle, "seed": seed}
        return TokenChains(ids, sample_weight, **options)

    def describe(self):
        return repr(self.preprocessor.vocabulary)[1:].partition(":")[0]

    def save_vocabulary(self, directory):
        self.preprocessor.vocabulary.save(directory / "vocabulary.txt")

    def get_config(self):
        return {**super().get_config(), "window_length": self.window_length, "max_length": self.max_length}
