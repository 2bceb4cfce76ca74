"""A Keras model that takes and gives what a person has."""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import BucketedBatches, encode_texts
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.utils.atomic import write_text


class Answer(NamedTuple):
    """What a model says of one example: numbers of labels, and probabilities, two arrays of any shape."""

    labels: np.ndarray
    probabilities: np.ndarray


class Task(keras.Model):
    """A network together with the preprocessor that turns raw texts into its inputs.

    `fit`, `evaluate` and `predict` take raw texts: a list or an array of strings, or a `tf.data.Dataset` of texts or of
    (text, target[, weight]), batched or not. Texts are encoded once and batched by length. The preprocessor is saved in
    the `.keras` file, so that a model loaded in a fresh process gives the same answers.

    A template's own model overrides `encode_targets`, and `decode` where it has more to say than numbers. For its
    export it has `signatures`, `device_signatures` and `preprocessing_spec`, which say what the files hold, `cut`, and `ask`,
    `ask_saved_model` and `ask_device`, which put the same examples to the model and to each of its files.
    `embedded_data` is the name of its generated data.

    Args:
        network: a `keras.Model` from (batch, time) int32 ids to logits.
        preprocessor: a `TextPreprocessor`.
        pad_to_multiple_of: lengths of batches are rounded up to a multiple of this, a positive integer.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Raises:
        TypeError: if the texts are not strings.
        ValueError: if there are none, or texts and targets differ in number.
    """

    pairs = False  # whether an example is a pair of texts
    metric_name = "accuracy"
    validation_batch_size = 256  # examples at once while an epoch is judged
    min_agreement = {"float32": 1.0, "int8": 0.98}  # of the answers of an exported file with those of the model

    def __init__(self, network, preprocessor, *, pad_to_multiple_of=1, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.preprocessor = preprocessor
        self.pad_to_multiple_of = pad_to_multiple_of
        self._validation = None
        self.built = True

    def call(self, ids, training=False):
        return self.network(ids, training=training)

    def encode_targets(self, targets):
        """Returns the array that the loss wants for an array of raw targets."""
        return targets

    def batches(self, x, y=None, sample_weight=None, *, batch_size=32, shuffle=False, seed=0, progress=False):
        """Encodes raw examples and batches them by length.

        Args:
            x, y, sample_weight: raw texts, and optionally targets and weights, in any form that `fit` takes.
            batch_size: examples in a batch.
            shuffle: whether every epoch has an order of its own, drawn from `seed` and the number of the epoch.
            seed: a non-negative integer.
            progress: whether to show a progress bar while encoding.

        Returns:
            `rnn_templates.data.batching.BucketedBatches`.
        """
        features, targets, weights = self.encode(x, y, sample_weight, progress=progress)
        return BucketedBatches(
            features,
            None if targets is None else self.encode_targets(targets),
            weights,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            pad_to_multiple_of=self.pad_to_multiple_of,
        )

    def read(self, x, y=None):
        """Returns `examples, targets`: a list of raw inputs, and their raw targets, or None, of anything `fit` takes.

        Raises:
            ValueError: if there is no example.
        """
        dataset = as_dataset(x, y)
        pairs = isinstance(dataset.element_spec, tuple)
        first = dataset.element_spec[0] if pairs else dataset.element_spec
        dataset = dataset if first.shape.rank == 1 else dataset.batch(1024)
        rows = list(dataset.as_numpy_iterator())
        texts = [text for row in rows for text in (row[0] if pairs else row)]
        if not texts:
            raise ValueError("There is no example: the list, or the dataset, is empty.")
        return texts, np.concatenate([row[1] for row in rows]) if pairs else None

    @property
    def knows(self):
        """What the model knows of its data, in words."""
        return f"{len(self.labels)} labels, {len(self.preprocessor.vocabulary)} words"

    def ways(self, target):
        """Returns the ways in which an exported file can be asked, the `way` of `ask` and its like: here one."""
        return (None,)

    @staticmethod
    def agreement(ours, theirs):
        """Returns the share of the labels that are the same in two lists of `Answer`."""
        same = np.concatenate([np.ravel(a.labels == b.labels) for a, b in zip(ours, theirs, strict=True)])
        return float(same.mean()) if same.size else 1.0

    def metric(self, answers, targets):
        """Returns how good a list of `Answer` is beside raw targets, as `metric_name` says."""
        true = np.concatenate([np.ravel(target) for target in self.encode_targets(targets)])
        return float((np.concatenate([np.ravel(answer.labels) for answer in answers]) == true).mean())

    def save_vocabulary(self, directory):
        """Writes the files with the words and the labels that a reader of the model needs, into a folder (`Path`)."""
        self.preprocessor.vocabulary.save(directory / "vocabulary.txt")
        write_text(directory / "labels.txt", "".join(f"{label}\n" for label in self.labels))

    def cut(self, examples, targets=None):
        """Returns raw examples, and their targets, in pieces as a device is asked: here as they are."""
        return examples, targets

    def encode(self, x, y=None, sample_weight=None, *, progress=False):
        """Returns what the network reads of raw examples, with their raw targets and weights, as `BucketedBatches` wants it."""
        return encode_texts(as_dataset(x, y, sample_weight), self.preprocessor, progress)

    def fit(
        self,
        x=None,
        y=None,
        batch_size=32,
        *args,
        validation_data=None,
        sample_weight=None,
        shuffle=True,
        seed=0,
        **kwargs,
    ):
        """Trains on raw texts; the arguments are those of `keras.Model.fit`, and `seed` for the order of the examples.

        Example:
            >>> model.fit(["good", "bad"], ["positive", "negative"], epochs=1)
        """
        if not isinstance(x, BucketedBatches):
            x = self.batches(x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, seed=seed)
        if x.targets is None:
            raise ValueError("fit: the examples have no targets; give `y`, or a dataset of (text, target).")
        if validation_data is not None:
            if not isinstance(validation_data, BucketedBatches):
                parts = validation_data if isinstance(validation_data, (tuple, list)) else (validation_data,)
                validation_data = self.batches(*parts, batch_size=kwargs.get("validation_batch_size") or batch_size)
            # Keras hands this very object to `evaluate` after every epoch: encoded once, passed through there.
            self._validation = validation_data = validation_data.dataset()
        try:
            dataset = x.dataset(first_epoch=kwargs.get("initial_epoch", 0))
            return super().fit(dataset, *args, validation_data=validation_data, shuffle=False, **kwargs)
        finally:
            self._validation = None

    def evaluate(self, x=None, y=None, batch_size=256, *args, sample_weight=None, **kwargs):
        """Returns loss and metrics on raw texts; the arguments are those of `keras.Model.evaluate`."""
        if x is None or x is not self._validation:
            x = self.batches(x, y, sample_weight, batch_size=batch_size or 256).dataset()
        return super().evaluate(x, *args, **kwargs)

    def predict(self, x, batch_size=256, verbose=0, **kwargs):
        """Returns the outputs for raw texts in their order; the arguments are those of `keras.Model.predict`.

        Example:
            >>> model.predict(["the food is not bad"])
        """
        batches = self.batches([x] if isinstance(x, (str, bytes)) else x, batch_size=batch_size or 256)
        ids = batches.dataset().map(lambda ids, *_: ids) if batches.targets is not None else batches.dataset()
        outputs = super().predict(ids, verbose=verbose, **kwargs)
        return batches.restore_order(outputs)

    def get_config(self):
        return {
            "name": self.name,
            "network": keras.saving.serialize_keras_object(self.network),
            "preprocessor": keras.saving.serialize_keras_object(self.preprocessor),
            "pad_to_multiple_of": self.pad_to_multiple_of,
        }

    def get_compile_config(self):
        return {**super().get_compile_config(), "optimizer_built": self.optimizer.built}

    def compile_from_config(self, config):
        """Compiles as saved; an optimizer that was saved without its moments stays without them."""
        built = config.pop("optimizer_built", True)
        self.compile(**keras.saving.deserialize_keras_object(config))
        if built:
            self.optimizer.build(self.trainable_variables)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = {part: keras.saving.deserialize_keras_object(config.pop(part)) for part in ("network", "preprocessor")}
        return cls(**parts, **config)


def as_dataset(x, y=None, sample_weight=None):
    """Returns an unbatched or batched `tf.data.Dataset` of raw texts, with their targets and weights where given.

    Raises:
        TypeError: if `x` is neither a dataset nor texts.
        ValueError: if the numbers of texts and targets differ, or there are no texts.
    """
    if isinstance(x, tf.data.Dataset):
        return x
    if isinstance(x, (str, bytes)) or not hasattr(x, "__iter__"):
        raise TypeError(
            f"Give a list of texts or a tf.data.Dataset of them, not {type(x).__name__}; one text is [text]."
        )
    texts = x.tolist() if isinstance(x, (np.ndarray, tf.Tensor)) or hasattr(x, "tolist") else list(x)
    if not texts:
        raise ValueError("There are no texts: the list is empty.")
    for position, text in enumerate(texts):
        if not isinstance(text, (str, bytes)):
            raise TypeError(f"Item {position} of the texts is {type(text).__name__} ({text!r:.60}), not a string.")
    parts = [np.array([to_bytes(text) for text in texts], dtype=object)]
    for name, values in (("targets", y), ("weights", sample_weight)):
        if values is None:
            continue
        values = np.asarray(values)
        if len(values) != len(texts):
            raise ValueError(f"There are {len(texts)} texts and {len(values)} {name}; each text needs one.")
        parts.append(values.astype(object) if values.dtype.kind in "US" else values)
    return tf.data.Dataset.from_tensor_slices(tuple(parts) if len(parts) > 1 else parts[0])
