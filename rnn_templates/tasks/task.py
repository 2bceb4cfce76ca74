"""Base class of all models of the package."""

import copy

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.batching import BucketedBatches, encode_texts
from rnn_templates.layers.rnn.chunked import MAX_CHUNK_LENGTH
from rnn_templates.tasks.export_interface import ExportInterface
from rnn_templates.tasks.inputs import as_dataset, encode_few, is_raw, read_column, read_targets, split_validation
from rnn_templates.tasks.predict_function import MAX_DIRECT_EXAMPLES, PredictFunction
from rnn_templates.tasks.remarks import Remarks
from rnn_templates.utils.validation import check_range


class Task(ExportInterface, Remarks, keras.Model):
    """A network together with the preprocessor that converts raw examples into its inputs.

    `fit`, `evaluate` and `predict` take raw texts: a list or an array of strings, or a `tf.data.Dataset` of texts or of
    (text, target[, weight]), batched or not. Texts are encoded once and batched by length. The preprocessor is saved in
    the `.keras` file, so that a model loaded in a fresh process makes the same predictions.

    Subclasses implement `encode_targets` (raw targets to arrays), `predict_examples`, `to_dict` (prediction to dict),
    `serving_signatures` and `device_signatures` (the functions of each exported file) and `preprocessing_spec`;
    subclasses for other inputs than texts also `read_examples`, `encode_examples` and `encode_strings`.

    A call takes the inputs of the network, or raw examples: `model(["not bad"])`, a string tensor in a `tf.function`,
    or `keras.Input((), dtype="string")` in a larger functional model. `encode` returns the inputs of the network.

    Args:
        network: a `keras.Model` from (batch, time) int32 ids to logits.
        preprocessor: a `TextPreprocessor`.
        pad_to_multiple_of: int from 1 to 16,384; lengths of batches are rounded up to a multiple of it; default 1.
        **kwargs: `name` and the other arguments of `keras.Model`.

    Raises:
        TypeError: if the texts are not strings.
        ValueError: if there are none, or texts and targets differ in number.

    Example:
        >>> model = rt.load_model("saved_models/sentiment")
        >>> int(model.predict_examples(["a wonderful film"])[0].outputs)
        1
    """

    monitor = "val_loss"  # metric that selects the best epoch of `rnn_templates.fit`
    validation_batch_size = 256

    def __init__(self, network, preprocessor, *, pad_to_multiple_of=1, **kwargs):
        super().__init__(**kwargs)
        self.check_layers(network=network, preprocessor=preprocessor)
        check_range(type(self).__name__, 1, MAX_CHUNK_LENGTH, pad_to_multiple_of=pad_to_multiple_of)
        self.network = network
        self.preprocessor = preprocessor
        self.pad_to_multiple_of = pad_to_multiple_of
        self._validation = None
        self._predict_few = PredictFunction(lambda inputs: self.predict_step(inputs))
        self.built = True

    @classmethod
    def check_layers(cls, **layers):
        """Raises TypeError if one of the arguments, which are named in the error, is not a Keras layer."""
        for name, layer in layers.items():
            if not isinstance(layer, keras.layers.Layer):
                raise TypeError(f"{cls.__name__}: `{name}` must be a layer; received {type(layer).__name__}.")

    def __call__(self, inputs, *args, **kwargs):
        inputs = read_column(inputs)
        return super().__call__(self.encode(inputs) if is_raw(inputs) else inputs, *args, **kwargs)

    def call(self, inputs, training=False):
        if getattr(inputs, "dtype", None) == tf.string:
            inputs = self.encode_strings(inputs)
        return self.network(inputs, training=training)

    def encode(self, x):
        """Returns the inputs of the network for raw examples, one batch of NumPy arrays.

        Args:
            x: raw inputs, in all forms that `predict` takes.

        Example:
            >>> model = rt.load_model("saved_models/sentiment")
            >>> model.network(model.encode(["not bad", "bad"])).shape
            TensorShape([2, 2])
        """
        batches = self.make_batches([x] if isinstance(x, (str, bytes)) else x)
        batch = batches.batch(np.arange(batches.size))
        return batch[0] if isinstance(batch, tuple) else batch

    def encode_strings(self, strings):
        """Returns the inputs of the network for a tensor of strings (batch,) or (batch, 1), also inside a graph."""
        return self.preprocessor(tf.squeeze(strings, 1) if strings.shape.rank == 2 else strings)

    def summary(self, *args, expand_nested=True, **kwargs):
        """Prints the layers of the network and their numbers of weights; arguments as in `keras.Model.summary`."""
        self.network.summary(*args, expand_nested=expand_nested, **kwargs)

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
        dataset = as_dataset(read_column(x), read_targets(y))
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
        is_list = hasattr(x, "__len__") and not isinstance(x, tf.data.Dataset)
        if y is None and sample_weight is None and is_list and 0 < len(x) <= MAX_DIRECT_EXAMPLES:
            return encode_few(x, self.preprocessor), None, None
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
        x, y = read_column(x), read_targets(y)
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

    def adapt(self, splits):
        """Learns what is not a weight from `Splits`, such as the tokens of a treebank; by default nothing."""

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

    def fit(
        self,
        x=None,
        y=None,
        batch_size=32,
        *args,
        validation_split=0.0,
        validation_data=None,
        sample_weight=None,
        shuffle=True,
        seed=0,
        **kwargs,
    ):
        """Trains on raw examples.

        Args:
            x, y, sample_weight: raw examples, targets and weights, or `BucketedBatches`.
            validation_split: float in [0, 1); the last part of the examples, before shuffling, is the validation data,
                unless there is `validation_data`.
            seed: non-negative int; of the order of the examples.
            batch_size, validation_data, shuffle, **kwargs: as in `keras.Model.fit`.

        Returns:
            `keras.callbacks.History`.

        Raises:
            ValueError: if the examples have no targets, or cannot be split.

        Example:
            >>> model.fit(["good", "bad"], ["positive", "negative"], epochs=1)  # doctest: +SKIP
        """
        if validation_split and validation_data is None:
            x, y = read_column(x), read_targets(y)
            (x, y, sample_weight), validation_data = split_validation(x, y, sample_weight, validation_split)
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
        if not self.optimizer.built:  # a step that creates variables is traced twice
            self.optimizer.build(self.trainable_variables)
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
        if batches.size <= MAX_DIRECT_EXAMPLES and not verbose and not kwargs and not self.run_eagerly:
            rows = np.concatenate([outputs for _, outputs in self._predict_few.run(batches)])
            return batches.restore_order(rows)
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
        names = ("network", "preprocessor")  # copied, since Keras removes items of a configuration that it reads
        parts = {name: keras.saving.deserialize_keras_object(copy.deepcopy(config[name])) for name in names}
        return cls(**{**config, **parts})

    def get_compile_config(self):
        config = super().get_compile_config()
        return config and {**config, "optimizer_built": self.optimizer.built}

    def compile_from_config(self, config):
        """Compiles as saved; the optimizer is built only if its state is in the file, see `saving.save_model`."""
        built = config.pop("optimizer_built", True)
        self.compile(**keras.saving.deserialize_keras_object(config))
        if built:
            self.optimizer.build(self.trainable_variables)
