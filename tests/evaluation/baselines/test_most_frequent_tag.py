"""The most frequent tag beside a tagger."""

import pytest

from rnn_templates.evaluation.baselines.most_frequent_tag import most_frequent_tag_baseline

TRAIN = [["the", "run"], ["the", "run"], ["they", "run"]], [["D", "N"], ["D", "N"], ["P", "V"]]


def accuracy(train, word, tag, **options):
    return most_frequent_tag_baseline(train, ([[word]], [[tag]]), **options)["accuracy"]


def test_word_gets_its_most_frequent_tag():
    assert accuracy(TRAIN, "run", "N") == 1
    assert accuracy(TRAIN, "they", "P") == 1


def test_unknown_word_gets_the_most_frequent_tag_of_all():
    train = [["a", "b", "c", "c"]], [["D", "D", "N", "N"]]
    assert accuracy(([*train[0], ["c"]], [*train[1], ["N"]]), "unseen", "N") == 1


def test_of_equally_frequent_tags_the_first_by_name_is_taken():
    train = [["run", "run", "run", "run"]], [["V", "N", "V", "N"]]
    assert accuracy(train, "run", "N") == 1
    assert accuracy(train, "unseen", "N") == 1


def test_word_as_written_comes_before_its_lower_case():
    train = [["May", "may", "may", "MAY"]], [["PROPN", "AUX", "AUX", "AUX"]]
    assert accuracy(train, "May", "PROPN") == 1
    assert accuracy(train, "mAY", "AUX") == 1


def test_lower_case_is_casefolded():
    assert accuracy(([["Straße", "x", "x"]], [["N", "Z", "Z"]]), "STRASSE", "N") == 1


def test_unknown_words_are_those_that_training_does_not_have_as_written():
    test = [["the", "The", "unseen"]], [["D", "D", "V"]]
    # "The" is found in lower case; "unseen" gets D, which is as frequent as N.
    found = most_frequent_tag_baseline(TRAIN, test)
    assert found == {"accuracy": pytest.approx(2 / 3), "oov_accuracy": 1 / 2}


def test_somebody_else_may_say_which_words_are_unknown():
    test = [["the", "unseen"]], [["D", "V"]]
    assert most_frequent_tag_baseline(TRAIN, test, known=lambda word: word != "the")["oov_accuracy"] == 1


def test_no_unknown_word_no_figure():
    assert most_frequent_tag_baseline(TRAIN, ([["the"]], [["D"]])) == {"accuracy": 1}


def test_spans():
    train = [["Ann", "Lee", "in", "Rome"], ["in"]], [["B-PER", "I-PER", "O", "B-LOC"], ["O"]]
    test = [["Ann", "Lee"], ["Lee", "in", "Rome"]], [["B-PER", "I-PER"], ["B-PER", "O", "B-LOC"]]
    found = most_frequent_tag_baseline(train, test, scheme="bio")
    # All three spans are found: as conlleval reads it, a lone I-PER is a person too.
    assert found == {"accuracy": 4 / 5, "span_f1": 1}


def test_nothing_to_learn_from_or_to_measure_is_an_error():
    with pytest.raises(ValueError, match="training examples have no words"):
        most_frequent_tag_baseline(([[]], [[]]), TRAIN)
    with pytest.raises(ValueError, match="test examples have no words"):
        most_frequent_tag_baseline(TRAIN, ([], []))


def test_tags_that_write_no_spans_are_an_error_with_a_scheme():
    with pytest.raises(ValueError, match="'D' is no tag of the scheme bio"):
        most_frequent_tag_baseline(TRAIN, TRAIN, scheme="bio")
