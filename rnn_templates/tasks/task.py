"""Base class of all models of the package."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import BucketedBatches, encode_texts
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes
from rnn_templates.tasks.inputs import as_dataset
from rnn_templates.tasks.remarks import Remarks
from rnn_templates.tasks.signature import Signature, in_batches, pad_to_spec, string_array
from rnn_templates.utils.atomic import write_text


class Task(Remarks, keras.Model):
    """A network together with the preprocessor that converts raw examples into its inputs.

    `fit`, `evaluate` and `predict` take raw texts: a list or an array of strings, or a `tf.data.Dataset` of texts or of
    (text, target[, weight]), batched or not. Texts are encoded once and batched by length. The preprocessor is saved in
    the `.keras` file, so that a model loaded in a fresh process makes the same predictions.

    Subclasses implement `encode_targets` (raw targets to arrays), `predict_examples`, `to_dict` (prediction to dict),
    `serving_signatures` and `device_signatures` (the functions of each exported file) and `preprocessing_spec`;
    subclasses for other inputs than texts also `read_examples` and `encode_examples`.

    Args:
        network: a `keras.Model` from (batch, time) int32 ids to logits.
        preprocessor: a `TextPreprocessor`.
        pad_to_multiple_of: positive int; lengths of batches are rounded up to a multiple of it; default 1.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Raises:
        TypeError: if the texts are not strings.
        ValueError: if there are none, or texts and targets differ in number.

    Example:
        >>> model = rt.load_model("saved_models/sentiment")
        >>> int(model.predict_examples(["a wonderful film"])[0].outputs)
        1
    """

    metric_name = "accuracy"  # of `score`
    monitor = "val_loss"  # metric that selects the best epoch of `rnn_templates.fit`
    validation_batch_size = 256
    min_agreement = {"float32": 1.0, "int8": 0.98}  # of an exported file's predictions with those of Keras
    input_name = "texts"  # of the strings that a server takes
    runtime_readers = ()  # modules of `rnn_templates.runtime` that encode inputs on a device

    def __init__(self, network, preprocessor, *, pad_to_multiple_of=1, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.preprocessor = preprocessor
        self.pad_to_multiple_of = pad_to_multiple_of
        self._validation = None
        self.built = True

    def call(self, ids, training=False):
        return self.network(ids, training=training)

    def read_examples(self, x, y=None):
        """Returns raw examples and targets as lists, from all forms that `fit` takes.

        Args:
            x: raw inputs, or a raw dataset.
            y: None, or one raw target per input.

        Returns:
            `examples, targets`: a list of raw inputs (texts as bytes), and an array of raw targets or None.

        Raises:
            ValueError: if there is no example.
        """
        dataset = as_dataset(x, y)
        has_targets = isinstance(dataset.element_spec, tuple)
        first = dataset.element_spec[0] if has_targets else dataset.element_spec
        dataset = dataset if first.shape.rank == 1 else dataset.batch(1024)
        rows = list(dataset.as_numpy_iterator())
        texts = [text for row in rows for text in (row[0] if has_targets else row)]
        if not texts:
            raise ValueError("There are no examples: the list or the dataset is empty.")
        return texts, np.concatenate([row[1] for row in rows]) if has_targets else None

    def encode_examples(self, x, y=None, sample_weight=None, *, progress=False):
        """Returns the features, raw targets and weights of raw examples, as `BucketedBatches` takes them.

        Args:
            x, y, sample_weight: as in `fit`.
            progress: bool; whether to show a progress bar.
        """
        return encode_texts(as_dataset(x, y, sample_weight), self.preprocessor, progress)

    def encode_targets(self, targets):
        """Returns the array that the loss takes for an array of raw targets."""
        return targets

    def make_batches(self, x, y=None, sample_weight=None, *, batch_size=32, shuffle=False, seed=0, progress=False):
        """Encodes raw examples and batches them by length.

        Args:
            x, y, sample_weight: raw examples, and optionally targets and weights, in all forms that `fit` takes.
            batch_size: positive int; examples in a batch.
            shuffle: bool; whether every epoch has its own order, which depends on `seed` and the number of the epoch.
            seed: non-negative int.
            progress: bool; whether to show a progress bar.

        Returns:
            `rnn_templates.data.batching.BucketedBatches`.
        """
        features, targets, weights = self.encode_examples(x, y, sample_weight, progress=progress)
        return BucketedBatches(
            features,
            None if targets is None else self.encode_targets(targets),
            weights,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            pad_to_multiple_of=self.pad_to_multiple_of,
        )

    def describe(self):
        """Returns the sizes of labels and vocabulary, a str."""
        return f"{len(self.labels)} labels, {len(self.preprocessor.vocabulary)} words"

    def predict_examples(self, examples, strategy=None):
        """Returns the predictions of the Keras model, a list with one `Prediction` per example.

        Args:
            examples: list of raw inputs.
            strategy: str or None; decoding strategy of text generators, None for their default.
        """
        raise NotImplementedError(f"{type(self).__name__} must implement `predict_examples`.")

    def to_dict(self, example, prediction):
        """Returns a `Prediction` as a dict of names, numbers and lists, as `predict(..., return_labels=True)` does."""
        raise NotImplementedError(f"{type(self).__name__} must implement `to_dict`.")

    @staticmethod
    def agreement(expected, actual):
        """Returns the fraction of equal outputs in two lists of `Prediction`, in [0, 1]."""
        same = np.concatenate([np.ravel(a.outputs == b.outputs) for a, b in zip(expected, actual, strict=True)])
        return float(same.mean()) if same.size else 1.0

    @staticmethod
    def is_comparable(expected, actual):
        """Returns whether the scores of two `Prediction` of one example belong to the same outputs."""
        return True

    def score(self, predictions, targets):
        """Returns the value of the metric `metric_name` for a list of `Prediction` and raw targets."""
        labels = np.concatenate([np.ravel(target) for target in self.encode_targets(targets)])
        return float((np.concatenate([np.ravel(one.outputs) for one in predictions]) == labels).mean())

    def serving_signatures(self):
        """Returns the signatures of files for servers (raw strings in), a list of `Signature`."""
        raise NotImplementedError(f"{type(self).__name__} must implement `serving_signatures`.")

    def device_signatures(self):
        """Returns the signatures of files for devices (encoded inputs in, static shapes), a list of `Signature`."""
        raise NotImplementedError(f"{type(self).__name__} must implement `device_signatures`.")

    def string_signature(self, name, function, decode=None, strategy=None):
        """Returns a `Signature` from strings (batch,), `to_strings` of raw examples, for `serving_signatures`.

        Args:
            name, function, decode, strategy: see `Signature`.
        """
        spec = tf.TensorSpec((None,), tf.string, name=self.input_name)
        encode = in_batches(lambda examples: {spec.name: string_array(self.to_strings(examples))})
        return Signature(name, (spec,), function, encode if decode else None, decode, strategy)

    def device_signature(self, name, function, decode=None, strategy=None):
        """Returns a `Signature` from `device_input` of one raw example, for `device_signatures`.

        Args:
            name, function, decode, strategy: see `Signature`.
        """
        spec = self.device_input_spec()
        encode = in_batches(lambda examples: {spec.name: self.device_input(examples[0])}, size=1)
        return Signature(name, (spec,), function, encode if decode else None, decode, strategy)

    def to_strings(self, examples):
        """Returns raw examples as a list of bytes, the input of `string_signature`; texts by default."""
        return [to_bytes(text) for text in examples]

    def device_input_spec(self):
        """Returns the `tf.TensorSpec` of the input of `device_signature`, a batch of one."""
        raise NotImplementedError(f"{type(self).__name__} must implement `device_input_spec`.")

    def device_input(self, example):
        """Returns a raw example as an array that matches `device_input_spec`; ids of a text by default."""
        return pad_to_spec(self.preprocessor.encode(example), self.device_input_spec())

    def preprocessing_spec(self):
        """Returns the preprocessing that a device must implement, without the vocabulary: a dict for JSON."""
        raise NotImplementedError(f"{type(self).__name__} must implement `preprocessing_spec`.")

    def fit_to_device(self, examples, targets=None):
        """Returns the raw examples, and their targets, that `device_signatures` can take; the default is all."""
        return examples, targets

    def save_vocabulary(self, directory):
        """Writes the vocabulary and the labels into a folder (`Path`)."""
        self.preprocessor.vocabulary.save(directory / "vocabulary.txt")
        write_text(directory / "labels.txt", "".join(f"{label}\n" for label in self.labels))

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
        """Trains on raw examples.

        Args:
            x, y, sample_weight: raw examples, targets and weights, or `BucketedBatches`.
            seed: non-negative int; of the order of the examples.
            batch_size, validation_data, shuffle, **kwargs: as in `keras.Model.fit`.

        Returns:
            `keras.callbacks.History`.

        Raises:
            ValueError: if the examples have no targets.

        Example:
            >>> model.fit(["good", "bad"], ["positive", "negative"], epochs=1)  # doctest: +SKIP
        """
        if not isinstance(x, BucketedBatches):
            x = self.make_batches(x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, seed=seed)
        if x.targets is None:
            raise ValueError("fit: `y` must be given, or a dataset of (input, target).")
        if validation_data is not None:
            if not isinstance(validation_data, BucketedBatches):
                parts = validation_data if isinstance(validation_data, (tuple, list)) else (validation_data,)
                batch_size = kwargs.get("validation_batch_size") or batch_size
                validation_data = self.make_batches(*parts, batch_size=batch_size)
            # Keras passes this object to `evaluate` after every epoch: encoded once, recognized there.
            self._validation = validation_data = validation_data.dataset()
        try:
            dataset = x.dataset(first_epoch=kwargs.get("initial_epoch", 0))
            return super().fit(dataset, *args, validation_data=validation_data, shuffle=False, **kwargs)
        finally:
            self._validation = None

    def evaluate(self, x=None, y=None, batch_size=256, *args, sample_weight=None, **kwargs):
        """Returns the loss and the metrics on raw examples; arguments as in `keras.Model.evaluate`."""
        if x is None or x is not self._validation:
            x = self.make_batches(x, y, sample_weight, batch_size=batch_size or 256).dataset()
        return super().evaluate(x, *args, **kwargs)

    def predict(self, x, batch_size=256, verbose=0, **kwargs):
        """Returns the outputs for raw texts, in their order; arguments as in `keras.Model.predict`.

        Example:
            >>> model = rt.load_model("saved_models/sentiment")
            >>> model.predict(["the food is not bad"]).shape
            (1, 2)
        """
        batches = self.make_batches([x] if isinstance(x, (str, bytes)) else x, batch_size=batch_size or 256)
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

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = {part: keras.saving.deserialize_keras_object(config.pop(part)) for part in ("network", "preprocessor")}
        return cls(**parts, **config)

    def get_compile_config(self):
        return {**super().get_compile_config(), "optimizer_built": self.optimizer.built}

    def compile_from_config(self, config):
        """Compiles as saved; the optimizer is built only if its state is in the file, see `saving.save_model`."""
        built = config.pop("optimizer_built", True)
        self.compile(**keras.saving.deserialize_keras_object(config))
        if built:
            self.optimizer.build(self.trainable_variables)
