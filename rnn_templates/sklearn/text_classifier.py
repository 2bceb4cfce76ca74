"""Text classifier with the interface of scikit-learn."""

import os
import tempfile
from pathlib import Path

import keras
import numpy as np

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.saving import load_model, save_model
from rnn_templates.tasks.inputs import read_column, read_targets, read_texts
from rnn_templates.templates.sentiment.builder import sentiment_model
from rnn_templates.utils.extras import require

_PURPOSE = "rnn_templates.sklearn"
_base = require("sklearn.base", "sklearn", _PURPOSE)
_multiclass = require("sklearn.utils.multiclass", "sklearn", _PURPOSE)
_validation = require("sklearn.utils.validation", "sklearn", _PURPOSE)
_utils = require("sklearn.utils", "sklearn", _PURPOSE)


class TextClassifier(_base.ClassifierMixin, _base.BaseEstimator):
    """Recurrent text classifier, `rnn_templates.sentiment_model`, as a scikit-learn estimator.

    Works in `Pipeline`, `GridSearchCV` and `cross_val_score`, and is pickled with its weights and vocabulary.

    Args:
        cell: str; a name in `rnn_templates.cells.CELLS`.
        units: positive int; size of the RNN state, per direction.
        embedding_dim: positive int; size of a token embedding.
        max_tokens: positive int or None; longer texts keep their first and last halves of this many tokens.
        dropout: float in [0, 1); probability of dropping a feature of the pooled vector in training.
        learning_rate: positive float; learning rate of Adam.
        vocabulary_size: int of at least 3; maximum number of words; the most frequent ones are kept.
        min_count: positive int; minimum number of occurrences of a word in the vocabulary.
        epochs: positive int; maximum number of epochs.
        batch_size: positive int; texts in a batch.
        validation_fraction: float in [0, 1); part of the training texts, drawn for each class, whose loss ends the
            training early; 0 trains for all epochs. Data of fewer than 20 texts, or fewer than 2 for a class, is not
            split.
        patience: positive int; epochs without a smaller validation loss after which training ends. The weights of the
            best epoch are kept.
        builder_arguments: dict or None; further arguments of `sentiment_model`, such as `{"num_layers": 2}`.
        random_state: int, `numpy.random.RandomState` or None; seed of weights, dropout, order and validation texts;
            None for another one in every call of `fit`.
        verbose: int; of `keras.Model.fit`.

    Attributes:
        classes_: (classes,) array; the classes, sorted.
        model_: `rnn_templates.templates.sentiment.task.TextClassifier`; the trained model.
        history_: dict of str to list; losses and metrics of the epochs.
        n_iter_: int; number of epochs.
        n_features_in_: int, 1; the column of texts.

    Example:
        >>> from rnn_templates.sklearn import TextClassifier
        >>> classifier = TextClassifier(units=4, embedding_dim=4, epochs=1, random_state=0)
        >>> classifier.fit(["good", "bad", "great", "awful"], [1, 0, 1, 0]).predict_proba(["good"]).shape
        (1, 2)
    """

    def __init__(
        self,
        cell="lstm",
        units=64,
        embedding_dim=64,
        max_tokens=400,
        dropout=0.3,
        learning_rate=1e-3,
        vocabulary_size=20000,
        min_count=1,
        epochs=20,
        batch_size=32,
        validation_fraction=0.1,
        patience=3,
        builder_arguments=None,
        random_state=None,
        verbose=0,
    ):
        self.cell = cell
        self.units = units
        self.embedding_dim = embedding_dim
        self.max_tokens = max_tokens
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.vocabulary_size = vocabulary_size
        self.min_count = min_count
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.builder_arguments = builder_arguments
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None):
        """Trains on texts.

        Args:
            X: (texts,) list, array or Series of str, or a table of one column.
            y: (texts,) classes, numbers or strings.
            sample_weight: None, or (texts,) floats; weight of the loss of a text.

        Returns:
            The estimator.

        Raises:
            ValueError: if the texts are empty or missing, or there are fewer than two classes.
            TypeError: if `X` does not hold texts.
        """
        texts = self._read(X, reset=True)
        if y is None:
            raise ValueError("TextClassifier requires y to be passed, but the target y is None.")
        y = _validation.column_or_1d(read_targets(y), warn=True)
        _utils.assert_all_finite(y, input_name="y")
        _validation.check_consistent_length(texts, y)
        _multiclass.check_classification_targets(y)
        self.classes_, class_ids = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"TextClassifier needs at least two classes; y has one class, {self.classes_[0]!r}.")
        if sample_weight is not None:
            sample_weight = _validation.check_array(sample_weight, ensure_2d=False, dtype=np.float64)
            if sample_weight.shape != (len(texts),) or not sample_weight.any():
                raise ValueError(
                    f"TextClassifier: `sample_weight` must be {len(texts)} numbers that are not all zero; received "
                    f"shape {sample_weight.shape}."
                )
        random = _utils.check_random_state(self.random_state)
        seed = int(random.randint(2**31 - 1))
        train, validation = self._split(class_ids, random)
        keras.utils.set_random_seed(seed)
        self.model_ = self._build([texts[i] for i in train])
        self.history_ = self._train(texts, class_ids, sample_weight, train, validation, seed)
        self.n_iter_ = len(self.history_["loss"])
        return self

    def _read(self, X, reset=False):
        """Returns the texts as a list of bytes; `reset` marks those of `fit`."""
        if reset:
            self.n_features_in_ = 1
        X = read_column(X)
        if isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1:
            X = X[:, 0]
        return read_texts(X)

    def _split(self, class_ids, random):
        """Returns the indices of the training and of the validation texts, which may be none."""
        everything = np.arange(len(class_ids))
        if not 0 <= self.validation_fraction < 1:
            raise ValueError(
                f"TextClassifier: `validation_fraction` must be in [0, 1); received {self.validation_fraction!r}."
            )
        if not self.validation_fraction or len(class_ids) < 20 or np.bincount(class_ids).min() < 2:
            return everything, everything[:0]
        shuffled = random.permutation(everything)
        held_out = []
        for class_id in range(len(self.classes_)):
            members = shuffled[class_ids[shuffled] == class_id]
            held_out.extend(members[: max(1, int(self.validation_fraction * len(members)))])
        return np.setdiff1d(everything, held_out), np.sort(held_out)

    def _build(self, texts):
        vocabulary = Vocabulary.from_texts(
            texts, vocabulary_size=self.vocabulary_size, min_count=self.min_count, progress=False
        )
        return sentiment_model(
            vocabulary,
            [str(index) for index in range(len(self.classes_))],
            cell=self.cell,
            units=self.units,
            embedding_dim=self.embedding_dim,
            max_tokens=self.max_tokens,
            dropout=self.dropout,
            learning_rate=self.learning_rate,
            **(self.builder_arguments or {}),
        )

    def _train(self, texts, class_ids, sample_weight, train, validation, seed):
        """Trains the model; returns its history."""

        def part(rows):
            weights = None if sample_weight is None else sample_weight[rows]
            return [texts[i] for i in rows], class_ids[rows], weights

        x, y, weights = part(train)
        stopping = keras.callbacks.EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True)
        history = self.model_.fit(
            x,
            y,
            sample_weight=weights,
            batch_size=self.batch_size,
            epochs=self.epochs,
            validation_data=part(validation) if len(validation) else None,
            callbacks=[stopping] if len(validation) else [],
            seed=seed,
            verbose=self.verbose,
        )
        return history.history

    def predict_proba(self, X):
        """Returns the probabilities (texts, classes) of the classes, in the order of `classes_`.

        Args:
            X: texts, as in `fit`.
        """
        _validation.check_is_fitted(self)
        return self.model_.predict(self._read(X), batch_size=256)

    def predict(self, X):
        """Returns the most probable class of each text, an array (texts,).

        Args:
            X: texts, as in `fit`.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.non_deterministic = True
        return tags

    def __getstate__(self):
        state = dict(super().__getstate__())
        if "model_" in state:
            state["model_"] = _to_bytes(state["model_"])
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if isinstance(state.get("model_"), bytes):
            self.model_ = _from_bytes(state["model_"])


def _to_bytes(model):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        save_model(model, path)
        return path.read_bytes()


def _from_bytes(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        path.write_bytes(data)
        return load_model(os.fspath(path))
