"""The bag of words against cases counted by hand."""

import pytest

from rnn_templates.evaluation.baselines.bag_of_words import bag_of_words_baseline

LABELS = ("no", "yes")


def test_words_decide():
    train = ["a good film", "good", "a bad film", "bad"], [1, 1, 0, 0]
    assert bag_of_words_baseline(train, (["good", "bad", "good"], [1, 0, 0]), LABELS) == {
        "accuracy": 2 / 3,
        "macro_f1": pytest.approx(2 / 3),  # no: 2 / (1 + 2), yes: 2 / (2 + 1)
    }


def test_words_are_those_of_tokenize():
    # The tokenizer of scikit-learn drops "!" and "?", so that both texts are equal.
    train = ["well!", "well?"] * 5, [1, 0] * 5
    assert bag_of_words_baseline(train, (["WELL!", "Well ?"], [1, 0]), LABELS)["accuracy"] == 1


def test_bigrams_distinguish_the_order_of_words():
    train = ["not bad but good", "not good but bad"] * 5, [1, 0] * 5
    test = ["not bad but good", "not good but bad"], [1, 0]
    assert bag_of_words_baseline(train, test, LABELS)["accuracy"] == 1 / 2
    assert bag_of_words_baseline(train, test, LABELS, ngrams=2)["accuracy"] == 1


def test_macro_f1_is_over_all_labels():
    train = ["good", "bad", "so so"], [1, 0, 2]
    found = bag_of_words_baseline(train, (["good"], [1]), ("no", "yes", "perhaps"))
    assert found == {"accuracy": 1, "macro_f1": pytest.approx(1 / 3)}


def test_training_examples_of_one_class():
    found = bag_of_words_baseline((["a", "b"], [1, 1]), (["a", "c"], [1, 0]), LABELS)
    assert found == {"accuracy": 1 / 2, "macro_f1": pytest.approx(1 / 3)}


def test_multi_label():
    train = ["red", "blue", "red blue", "gray"] * 5, [[1, 0], [0, 1], [1, 1], [0, 0]] * 5
    test = ["red", "blue", "red blue"], [[1, 0], [0, 1], [1, 0]]
    found = bag_of_words_baseline(train, test, ("red", "blue"), True)
    assert found == {"accuracy": pytest.approx(2 / 3), "macro_f1": pytest.approx((1 + 2 / 3) / 2)}


@pytest.mark.parametrize("always", [0, 1])
def test_a_label_that_is_constant_in_training(always):
    train = ["red", "gray"] * 5, [[1, always], [0, always]] * 5
    assert bag_of_words_baseline(train, (["red"], [[1, always]]), ("red", "any"), True)["accuracy"] == 1


def test_multi_label_with_one_label():
    train = ["red", "gray"] * 5, [[1], [0]] * 5
    found = bag_of_words_baseline(train, (["red", "gray"], [[1], [1]]), ("red",), True)
    assert found == {"accuracy": 1 / 2, "macro_f1": pytest.approx(2 / 3)}


def test_invalid_utf8():
    train = [b"caf\xe9", b"tea"] * 5, [1, 0] * 5
    assert bag_of_words_baseline(train, ([b"caf\xe9"], [1]), LABELS)["accuracy"] == 1


def test_unseen_words_are_no_error():
    assert bag_of_words_baseline((["good", "bad"], [1, 0]), (["unseen", ""], [1, 0]), LABELS)["accuracy"] == 1 / 2
