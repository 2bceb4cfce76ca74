"""The most frequent tag against cases counted by hand."""

import pytest

from rnn_templates.evaluation.baselines.most_frequent_tag import most_frequent_tag_baseline

TRAIN = [["the", "run"], ["the", "run"], ["they", "run"]], [["D", "N"], ["D", "N"], ["P", "V"]]


def accuracy(train, word, tag, **options):
    return most_frequent_tag_baseline(train, ([[word]], [[tag]]), **options)["accuracy"]


def test_word_gets_its_most_frequent_tag():
    assert accuracy(TRAIN, "run", "N") == 1
    assert accuracy(TRAIN, "they", "P") == 1


def test_an_oov_word_has_the_most_frequent_tag_of_all():
    train = [["a", "b", "c", "c"]], [["D", "D", "N", "N"]]
    assert accuracy(([*train[0], ["c"]], [*train[1], ["N"]]), "unseen", "N") == 1


def test_ties_go_to_the_first_tag_by_name():
    train = [["run", "run", "run", "run"]], [["V", "N", "V", "N"]]
    assert accuracy(train, "run", "N") == 1
    assert accuracy(train, "unseen", "N") == 1


def test_the_case_of_a_word_precedes_its_folded_form():
    train = [["May", "may", "may", "MAY"]], [["PROPN", "AUX", "AUX", "AUX"]]
    assert accuracy(train, "May", "PROPN") == 1
    assert accuracy(train, "mAY", "AUX") == 1


def test_words_are_casefolded():
    assert accuracy(([["Straße", "x", "x"]], [["N", "Z", "Z"]]), "STRASSE", "N") == 1


def test_oov_words_do_not_occur_in_training_in_the_same_case():
    test = [["the", "The", "unseen"]], [["D", "D", "V"]]
    # "The" is found in lower case; "unseen" gets D, which is as frequent as N.
    found = most_frequent_tag_baseline(TRAIN, test)
    assert found == {"accuracy": pytest.approx(2 / 3), "oov_accuracy": 1 / 2}


def test_the_vocabulary_may_be_given():
    test = [["the", "unseen"]], [["D", "V"]]
    assert most_frequent_tag_baseline(TRAIN, test, is_known=lambda word: word != "the")["oov_accuracy"] == 1


def test_without_oov_words_there_is_no_oov_accuracy():
    assert most_frequent_tag_baseline(TRAIN, ([["the"]], [["D"]])) == {"accuracy": 1}


def test_spans():
    train = [["Ann", "Lee", "in", "Rome"], ["in"]], [["B-PER", "I-PER", "O", "B-LOC"], ["O"]]
    test = [["Ann", "Lee"], ["Lee", "in", "Rome"]], [["B-PER", "I-PER"], ["B-PER", "O", "B-LOC"]]
    found = most_frequent_tag_baseline(train, test, scheme="bio")
    # All three spans are found: as in conlleval, I-PER alone is a span.
    assert found == {"accuracy": 4 / 5, "span_f1": 1}


def test_empty_data_is_an_error():
    with pytest.raises(ValueError, match="`train`"):
        most_frequent_tag_baseline(([[]], [[]]), TRAIN)
    with pytest.raises(ValueError, match="`test`"):
        most_frequent_tag_baseline(TRAIN, ([], []))


def test_tags_outside_of_the_scheme_are_an_error():
    with pytest.raises(ValueError, match="`labels` .*'D'"):
        most_frequent_tag_baseline(TRAIN, TRAIN, scheme="bio")
