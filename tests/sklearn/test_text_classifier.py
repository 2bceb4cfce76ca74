"""The estimator of scikit-learn's interface: its checks, searches, pipelines, pickles, and errors on texts."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import strip_accents_unicode
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.validation import validate_data

from rnn_templates.sklearn import TextClassifier

TEXTS = ["not bad", "not good", "good , not bad", "bad , not good", "really good", "really bad"] * 4
LABELS = ["positive", "negative"] * 12
TINY = {"units": 4, "embedding_dim": 4, "max_tokens": 8, "epochs": 1, "random_state": 0}


class OnNumbers(TextClassifier):
    """Converts rows of numbers to texts, so that the checks of scikit-learn, which need numbers, apply."""

    def _read(self, X, reset=False):
        X = validate_data(self, X, reset=reset)
        count = self.n_features_in_
        words = [" ".join(f"x{column} {round(float(value))}" for column, value in enumerate(row)) for row in X]
        texts = super()._read(words, reset)
        self.n_features_in_ = count
        return texts

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = True, False, False
        return tags


EXPECTED_FAILURES = {
    "check_classifiers_train": "accuracy on numbers whose rounded digits are the words, which no model of words has",
    "check_sample_weight_equivalence_on_dense_data": "batches depend on the number of texts, and with them the weights",
}
FAST_CHECKS = [
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_no_attributes_set_in_init",
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimators_unfitted",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_mixin_order",
    "check_valid_tag_types",
    "check_estimators_empty_data_messages",
    "check_requires_y_none",
    "check_classifiers_regression_target",
    "check_supervised_y_no_nan",
    "check_classifiers_one_label",
    "check_fit1d",
    "check_complex_data",
]


def test_the_checks_that_train_nothing_pass():
    estimator, ran = OnNumbers(**TINY), []
    checks = estimator_checks.estimator_checks_generator(
        estimator, mark="skip", expected_failed_checks=EXPECTED_FAILURES
    )
    for one, check in checks:
        name = check.func.__name__ if hasattr(check, "func") else check.__name__
        if name in FAST_CHECKS:
            check(one)
            ran.append(name)
    assert len(ran) > 12


@pytest.mark.slow
def test_all_checks_of_scikit_learn_pass():
    results = estimator_checks.check_estimator(
        OnNumbers(units=2, embedding_dim=2, max_tokens=8, epochs=1),
        expected_failed_checks=EXPECTED_FAILURES,
        on_fail=None,
    )
    failed = [(one["check_name"], str(one["exception"])) for one in results if one["status"] == "failed"]
    assert not failed and sum(one["status"] == "passed" for one in results) > 40


@pytest.fixture(scope="module")
def classifier():
    """Trained without effect, so that the held-out loss does not fall."""
    return TextClassifier(**{**TINY, "epochs": 9, "learning_rate": 1e-12, "patience": 1}).fit(TEXTS, LABELS)


def test_training_ends_when_the_held_out_loss_does_not_fall(classifier):
    assert classifier.n_iter_ == 2 and len(classifier.history_["val_loss"]) == 2
    assert classifier.classes_.tolist() == ["negative", "positive"] and classifier.n_features_in_ == 1
    np.testing.assert_allclose(classifier.predict_proba(TEXTS).sum(axis=1), 1, atol=1e-5)
    assert classifier.score(TEXTS, LABELS) == np.mean(classifier.predict(TEXTS) == LABELS)


@pytest.mark.slow
def test_it_learns_word_order():
    options = {"epochs": 40, "units": 16, "embedding_dim": 16, "learning_rate": 0.02, "batch_size": 8, "patience": 40}
    classifier = TextClassifier(**{**TINY, **options}).fit(TEXTS, LABELS)
    assert classifier.predict(["bad , not good", "good , not bad"]).tolist() == ["negative", "positive"]
    assert classifier.score(TEXTS, LABELS) == 1.0


def test_series_frames_and_columns_of_texts_are_the_same(classifier):
    expected = classifier.predict_proba(TEXTS[:3])
    for form in (pd.Series(TEXTS[:3]), pd.DataFrame({"text": TEXTS[:3]}), np.array(TEXTS[:3])[:, None]):
        np.testing.assert_allclose(classifier.predict_proba(form), expected, atol=1e-6)


def test_a_pickle_holds_the_model(classifier):
    loaded = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_allclose(loaded.predict_proba(TEXTS[:9]), classifier.predict_proba(TEXTS[:9]), atol=1e-6)
    assert loaded.get_params() == classifier.get_params()


def test_a_clone_has_the_parameters_and_no_model(classifier):
    copied = clone(classifier)
    assert copied.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        copied.predict(["good"])


@pytest.mark.slow
def test_a_grid_search_over_a_pipeline_chooses_parameters():
    pipeline = make_pipeline(
        FunctionTransformer(lambda texts: [strip_accents_unicode(text) for text in texts]), TextClassifier(**TINY)
    )
    search = GridSearchCV(pipeline, {"textclassifier__units": [2, 3]}, cv=2, error_score="raise")
    search.fit(np.array(TEXTS[:8], object), LABELS[:8])
    assert search.best_params_["textclassifier__units"] in (2, 3)
    assert len(search.predict(["good"])) == 1


@pytest.mark.slow
def test_a_seed_repeats_the_training():
    one, other = (TextClassifier(**TINY).fit(TEXTS, LABELS).predict_proba(TEXTS) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (["good", None], [0, 1], ValueError, "Row 1 .*missing"),
        ([[1.0], [2.0]], [0, 1], TypeError, "must be a string"),
        (["good", "bad"], [1, 1], ValueError, "one class"),
        (["good", "bad"], [1], ValueError, "inconsistent numbers"),
        (["good", "bad"], [0.5, 1.5], ValueError, "continuous"),
        ([], [], ValueError, "no texts"),
        ("good", [1], TypeError, "list of texts"),
    ],
)
def test_bad_texts_and_targets_are_named(X, y, error, message):
    with pytest.raises(error, match=message):
        TextClassifier(**TINY).fit(X, y)
