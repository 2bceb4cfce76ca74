"""A model that learns to write texts, each token from the true ones before it."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import encode_texts
from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID, START_ID
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.task import Task
from rnn_templates.utils.validation import check_fractions


class Seq2Seq(Task):
    """The training of all models that write: losses over the tokens of a text, given those before.

        encoder: inputs                              -> memory, memory_mask, *state
        decoder: tokens, memory, memory_mask, *state -> logits, *state
        network: decoder([target, *encoder(source)])[0]

    Time is a free axis of the decoder: training passes all tokens of a text, generation one after the other.

    Args:
        network: a `keras.Model` from a dict of "source" and "target" to logits (batch, time, vocabulary), which holds
            the models "encoder" and "decoder".
        preprocessor: from raw inputs to what the encoder reads.
        target_preprocessor: `SubwordPreprocessor` of the texts that are written.
        label_smoothing: share of the truth that is spread over all tokens, in [0, 1).
        consistency: weight of the divergence between two readings of a batch under different dropout; 0 for none.
        scheduled_sampling: share of the tokens so far that are the model's own in training, in [0, 1).
        decoder_input_noise: share of them that are, in training, those of another text at the same place, in [0, 1).
        beam_width: hypotheses that the search keeps, unless it is told otherwise.
        length_penalty: power of the length by which the score of a hypothesis is divided, likewise.
        **kwargs: `name` and the other arguments of `keras.Model`.
    """

    pairs = True
    labels = ()

    def __init__(
        self,
        network,
        preprocessor,
        target_preprocessor,
        *,
        label_smoothing=0.0,
        consistency=0.0,
        scheduled_sampling=0.0,
        decoder_input_noise=0.0,
        beam_width=5,
        length_penalty=1.0,
        **kwargs,
    ):
        super().__init__(network, preprocessor, **kwargs)
        shares = {"label_smoothing": label_smoothing, "scheduled_sampling": scheduled_sampling}
        check_fractions(type(self).__name__, **shares, decoder_input_noise=decoder_input_noise)
        for name, value in (("consistency", consistency), ("length_penalty", length_penalty)):
            if not 0 <= value < np.inf:
                raise ValueError(f"`{name}` is a number of at least 0; got {value!r}.")
        self.target_preprocessor = target_preprocessor
        self.encoder, self.decoder = network.get_layer("encoder"), network.get_layer("decoder")
        self.label_smoothing = label_smoothing
        self.consistency = consistency
        self.scheduled_sampling = scheduled_sampling
        self.decoder_input_noise = decoder_input_noise
        self.beam_width = beam_width
        self.length_penalty = length_penalty
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.seed_generator = keras.random.SeedGenerator()

    def encode(self, x, y=None, sample_weight=None, *, progress=False):
        if y is not None:
            y = np.array(encode_target_texts(y), object)
        sources, targets, weights = super().encode(x, y, sample_weight, progress=progress)
        if targets is None:
            return {"source": sources}, None, weights
        targets = self.encode_targets(targets, progress=progress)
        before = [np.concatenate([[START_ID], ids[:-1]]).astype(np.int32) for ids in targets]
        return {"source": sources, "target": before}, targets, weights

    def encode_targets(self, targets, progress=False):
        """Returns a list of int32 arrays (time,), the tokens of texts; what is encoded already stays."""
        if isinstance(targets, list) and targets and getattr(targets[0], "dtype", None) == np.int32:
            return targets
        texts = tf.constant(encode_target_texts(targets), tf.string)
        return encode_texts(tf.data.Dataset.from_tensor_slices(texts), self.target_preprocessor, progress)[0]

    def call(self, inputs, training=False):
        if training and self.scheduled_sampling:
            inputs = {**inputs, "target": self._mixed(inputs)}
        if training and self.decoder_input_noise:
            inputs = {**inputs, "target": self._noisy(inputs["target"])}
        if training and self.consistency:
            inputs = {name: tf.concat([value, value], axis=0) for name, value in inputs.items()}
        return self.teach(inputs, training)

    def teach(self, inputs, training=False):
        """Returns the logits for a source and the tokens so far."""
        return self.network(inputs, training=training)

    def _mixed(self, inputs):
        """The tokens so far, some of them as the model would have written them.

        Source: Mihaylova and Martins, Scheduled sampling for transformers, arXiv:1906.07651 (two passes).
        """
        target = inputs["target"]
        own = tf.argmax(self.teach(inputs, training=True), axis=-1, output_type=tf.int32)
        own = tf.concat([target[:, :1], own[:, :-1]], axis=1)
        return self._exchanged(target, own, self.scheduled_sampling)

    def _noisy(self, target):
        """The tokens so far, some of them as another text of the batch has them at the same place.

        Whoever reads "red" where the picture is blue learns to look instead of guessing from the words before.
        """
        rows = keras.random.shuffle(tf.range(tf.shape(target)[0]), seed=self.seed_generator)
        return self._exchanged(target, tf.gather(target, rows), self.decoder_input_noise)

    def _exchanged(self, target, others, share):
        drawn = keras.random.uniform(tf.shape(target), seed=self.seed_generator) < share
        return tf.where(drawn & (target > START_ID) & (others > START_ID), others, target)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Returns the cross-entropy of a token; in training smoothed, and with the divergence of two readings."""
        twice = bool(training and self.consistency)
        smoothing = self.label_smoothing if training else 0.0
        targets = tf.concat([y, y], axis=0) if twice else y
        valid = tf.cast(targets != PAD_ID, tf.float32)
        if sample_weight is not None:
            weight = tf.cast(sample_weight, tf.float32)
            valid *= (tf.concat([weight, weight], axis=0) if twice else weight)[:, None]
        total = tf.maximum(tf.reduce_sum(valid), 1e-9)
        logits = tf.cast(y_pred, tf.float32)
        normalizer = tf.reduce_logsumexp(logits, axis=-1)
        losses = normalizer - (1 - smoothing) * tf.gather(logits, targets, batch_dims=2)
        if smoothing:
            losses -= smoothing * tf.reduce_mean(logits, axis=-1)
        loss = tf.reduce_sum(losses * valid) / total
        if twice:
            one, other = tf.split(logits - normalizer[..., None], 2)
            divergence = tf.reduce_sum((tf.exp(one) - tf.exp(other)) * (one - other), axis=-1)
            loss += self.consistency * tf.reduce_sum(divergence * tf.split(valid, 2)[0]) / total
        return loss + sum(self.losses)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        right = tf.cast(tf.argmax(y_pred[: tf.shape(y)[0]], axis=-1, output_type=y.dtype) == y, tf.float32)
        self.accuracy.update_state(tf.boolean_mask(right, y != PAD_ID))
        return self.get_metrics_result()

    def get_config(self):
        return {
            **super().get_config(),
            "target_preprocessor": keras.saving.serialize_keras_object(self.target_preprocessor),
            "label_smoothing": self.label_smoothing,
            "consistency": self.consistency,
            "scheduled_sampling": self.scheduled_sampling,
            "decoder_input_noise": self.decoder_input_noise,
            "beam_width": self.beam_width,
            "length_penalty": self.length_penalty,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config["target_preprocessor"] = keras.saving.deserialize_keras_object(config["target_preprocessor"])
        return super().from_config(config, custom_objects)


def encode_target_texts(targets):
    """Returns the bytes of raw targets, a list; raises TypeError, naming the position of what is no text."""
    if isinstance(targets, (str, bytes)):
        raise TypeError(f"Give a list of targets, one a text, not {type(targets).__name__}; one target is [target].")
    targets = np.asarray(targets).tolist() if isinstance(targets, (np.ndarray, tf.Tensor)) else list(targets)
    for position, target in enumerate(targets):
        if not isinstance(target, (str, bytes)):
            raise TypeError(f"Target {position} is {type(target).__name__} ({target!r:.60}), not a text.")
    return [to_bytes(target) for target in targets]
