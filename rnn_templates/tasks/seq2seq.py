"""Training and decoding of encoder-decoder models."""

import copy

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import encode_texts
from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.greedy import greedy
from rnn_templates.decoding.sampling import sample
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.components import BeamSearch, TokenLoss
from rnn_templates.tasks.task import Task


class Seq2Seq(Task):
    """Encoder-decoder model, trained by teacher forcing.

        encoder: inputs                              -> memory, memory_mask, *state
        decoder: tokens, memory, memory_mask, *state -> logits, *state
        network: decoder([target, *encoder(source)])[0]

    The decoder takes any number of time steps: all tokens of a text in training, one token per step in `decode`.

    Args:
        network: a `keras.Model` from a dict of "source" and "target" to logits (batch, time, vocabulary), which holds
            the models "encoder" and "decoder".
        preprocessor: layer or object that encodes raw inputs for the encoder.
        target_preprocessor: `SubwordPreprocessor` of the target texts.
        label_smoothing, r_drop, scheduled_sampling, decoder_input_noise: see `TokenLoss`; 0 by default.
        beam_width, length_penalty: see `BeamSearch`; defaults of `decode` and `generate`.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Raises:
        ValueError: if an argument is out of range.
    """

    labels = ()
    max_calibration_examples = 400  # decoding takes long

    def __init__(
        self,
        network,
        preprocessor,
        target_preprocessor,
        *,
        label_smoothing=0.0,
        r_drop=0.0,
        scheduled_sampling=0.0,
        decoder_input_noise=0.0,
        beam_width=5,
        length_penalty=1.0,
        **kwargs,
    ):
        super().__init__(network, preprocessor, **kwargs)
        self.check_layers(target_preprocessor=target_preprocessor)
        TokenLoss(label_smoothing, r_drop, scheduled_sampling, decoder_input_noise)
        BeamSearch(beam_width, length_penalty)
        self.target_preprocessor = target_preprocessor
        self.encoder, self.decoder = network.get_layer("encoder"), network.get_layer("decoder")
        self.label_smoothing = label_smoothing
        self.r_drop = r_drop
        self.scheduled_sampling = scheduled_sampling
        self.decoder_input_noise = decoder_input_noise
        self.beam_width = beam_width
        self.length_penalty = length_penalty
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.seed_generator = keras.random.SeedGenerator()

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        if y is not None:
            y = np.array(encode_target_texts(y), object)
        sources, targets, weights = super().encode_examples(x, y, sample_weight, progress=progress)
        if targets is None:
            return {"source": sources}, None, weights
        targets = self.encode_targets(targets, progress=progress)
        inputs = [np.concatenate([[START_ID], ids[:-1]]).astype(np.int32) for ids in targets]
        return {"source": sources, "target": inputs}, targets, weights

    def encode_targets(self, targets, progress=False):
        """Returns a list of int32 arrays (time,), the token ids of texts; encoded targets are returned as they are."""
        if isinstance(targets, list) and targets and getattr(targets[0], "dtype", None) == np.int32:
            return targets
        texts = tf.constant(encode_target_texts(targets), tf.string)
        return encode_texts(tf.data.Dataset.from_tensor_slices(texts), self.target_preprocessor, progress)[0]

    def __call__(self, inputs, *args, **kwargs):
        if not isinstance(inputs, dict) or "target" not in inputs:
            raise TypeError(
                f'{type(self).__name__}: a call takes a dict of "source" and "target", the encoded inputs and target '
                "prefixes, and returns logits; call `generate` for the texts of raw inputs."
            )
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs, training=False):
        if training and self.scheduled_sampling:
            inputs = {**inputs, "target": self._scheduled_sampling(inputs)}
        if training and self.decoder_input_noise:
            inputs = {**inputs, "target": self._add_decoder_noise(inputs["target"])}
        if training and self.r_drop:
            inputs = {name: tf.concat([value, value], axis=0) for name, value in inputs.items()}
        return self.teacher_forced_logits(inputs, training)

    def teacher_forced_logits(self, inputs, training=False):
        """Returns the logits (batch, time, vocabulary) of a source, given the target tokens before each position."""
        return self.network(inputs, training=training)

    def _scheduled_sampling(self, inputs):
        """Returns decoder inputs (batch, time), some of them replaced with the model's predictions.

        Source: Mihaylova and Martins, Scheduled sampling for transformers, arXiv:1906.07651 (two passes).
        """
        target = inputs["target"]
        logits = self.teacher_forced_logits(inputs, training=True)
        predicted = tf.argmax(logits, axis=-1, output_type=tf.int32)
        predicted = tf.concat([target[:, :1], predicted[:, :-1]], axis=1)
        return self._replace_tokens(target, predicted, self.scheduled_sampling)

    def _add_decoder_noise(self, target):
        """Returns decoder inputs (batch, time), some replaced with those of another example at the same position."""
        rows = keras.random.shuffle(tf.range(tf.shape(target)[0]), seed=self.seed_generator)
        return self._replace_tokens(target, tf.gather(target, rows), self.decoder_input_noise)

    def _replace_tokens(self, target, replacements, probability):
        drawn = keras.random.uniform(tf.shape(target), seed=self.seed_generator) < probability
        return tf.where(drawn & (target > START_ID) & (replacements > START_ID), replacements, target)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns the mean cross-entropy of a token; in training with label smoothing and R-Drop."""
        repeated = bool(training and self.r_drop)
        smoothing = self.label_smoothing if training else 0.0
        targets = tf.concat([y, y], axis=0) if repeated else y
        valid = tf.cast(targets != PAD_ID, tf.float32)
        if sample_weight is not None:
            weight = tf.cast(sample_weight, tf.float32)
            valid *= (tf.concat([weight, weight], axis=0) if repeated else weight)[:, None]
        total = tf.maximum(tf.reduce_sum(valid), 1e-9)
        logits = tf.cast(y_pred, tf.float32)
        normalizer = tf.reduce_logsumexp(logits, axis=-1)
        losses = normalizer - (1 - smoothing) * tf.gather(logits, targets, batch_dims=2)
        if smoothing:
            losses -= smoothing * tf.reduce_mean(logits, axis=-1)
        loss = tf.reduce_sum(losses * valid) / total
        if repeated:
            first, second = tf.split(logits - normalizer[..., None], 2)
            divergence = tf.reduce_sum((tf.exp(first) - tf.exp(second)) * (first - second), axis=-1)
            loss += self.r_drop * tf.reduce_sum(divergence * tf.split(valid, 2)[0]) / total
        return loss + sum(self.losses)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Updates the accuracy of tokens; with R-Drop that of the first forward pass."""
        predicted = tf.argmax(y_pred[: tf.shape(y)[0]], axis=-1, output_type=y.dtype)
        self.accuracy.update_state(tf.boolean_mask(tf.cast(predicted == y, tf.float32), y != PAD_ID))
        return self.get_metrics_result()

    def step(self, tokens, memory, states):
        """Returns the logits and states of one step of the decoder, as `rnn_templates.decoding` takes it."""
        logits, *states = self.decoder([tokens[:, None], *memory, *states], training=False)
        return logits[:, 0], tuple(states)

    def encode_source(self, source):
        """Returns the inputs of the decoder for a batch: memory, its mask, and the initial states."""
        return self.encoder(source, training=False)

    def decode(self, source, strategy="beam", **options):
        """Generates token ids inside a graph.

        Args:
            source: tensor; input of the encoder.
            strategy: "beam", "greedy" or "sample".
            **options: of the function of that name in `rnn_templates.decoding`.

        Returns:
            `tokens, probabilities`: (batch, n_best, time) int32 and (batch, n_best) float32, the geometric mean of the
            probabilities of a hypothesis' tokens; best first.
        """
        memory, mask, *states = self.encode_source(source)
        options = {"start_id": START_ID, "end_id": END_ID, "banned_ids": (PAD_ID, START_ID), **options}
        options.setdefault("max_length", self.target_preprocessor.max_length)
        if strategy == "beam":
            options = {"beam_width": self.beam_width, "length_penalty": self.length_penalty, **options}
            tokens, _, scores = beam_search(self.step, (memory, mask), tuple(states), **options)
        else:
            function = {"greedy": greedy, "sample": sample}[strategy]
            tokens, scores = function(self.step, (memory, mask), tuple(states), **options)
            tokens, scores = tokens[:, None], scores[:, None]
        lengths = tf.reduce_sum(tf.cast(tokens != PAD_ID, tf.float32), axis=-1)
        return tokens, tf.exp(scores / tf.maximum(lengths, 1.0))

    def get_config(self):
        return {
            **super().get_config(),
            "target_preprocessor": keras.saving.serialize_keras_object(self.target_preprocessor),
            "label_smoothing": self.label_smoothing,
            "r_drop": self.r_drop,
            "scheduled_sampling": self.scheduled_sampling,
            "decoder_input_noise": self.decoder_input_noise,
            "beam_width": self.beam_width,
            "length_penalty": self.length_penalty,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        target_preprocessor = keras.saving.deserialize_keras_object(copy.deepcopy(config["target_preprocessor"]))
        return super().from_config({**config, "target_preprocessor": target_preprocessor}, custom_objects)


def encode_target_texts(targets):
    """Returns raw target texts as a list of bytes.

    Args:
        targets: list, array or tensor of str or bytes.

    Raises:
        TypeError: if a target is not a text, naming its position.

    Example:
        >>> from rnn_templates.tasks.seq2seq import encode_target_texts
        >>> encode_target_texts(["ja", b"nein"])
        [b'ja', b'nein']
    """
    if isinstance(targets, (str, bytes)):
        raise TypeError(f"`targets` must be a list; received {type(targets).__name__}. A single target is [target].")
    targets = np.asarray(targets).tolist() if isinstance(targets, (np.ndarray, tf.Tensor)) else list(targets)
    for position, target in enumerate(targets):
        if not isinstance(target, (str, bytes)):
            raise TypeError(f"Target {position} must be a text; received {type(target).__name__} {target!r:.60}.")
    return [to_bytes(target) for target in targets]
