"""What `tagging_report` finds in tags, against cases counted by hand and against scikit-learn."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from rnn_templates.evaluation.tagging import tagging_report

LABELS = ("D", "N", "V")
TOKENS = [["the", "dog", "runs"], ["the", "run"], ["dogs", "bark", "the", "run"]]
TRUE = [["D", "N", "V"], ["D", "N"], ["N", "V", "D", "N"]]
ANSWERS = [["D", "N", "V"], ["D", "V"], ["N", "N", "D", "V"]]
SURE = [[0.9, 0.8, 0.7], [0.9, 0.6], [0.5, 0.95, 0.9, 0.8]]


def measured(**changes):
    given = {"tokens": TOKENS, "true": TRUE, "answered": ANSWERS, "labels": LABELS, **changes}
    return tagging_report(given.pop("tokens"), given.pop("true"), given.pop("answered"), **given)


def test_tokens_and_sentences_are_counted_apart():
    report = measured()
    assert (report.sentences, report.tokens) == (3, 9)
    assert report.accuracy == 6 / 9
    assert report.sentence_accuracy == 1 / 3


def test_accuracy_on_unknown_words_is_over_tokens():
    # "run" twice, both wrong; "dogs", right.
    report = measured(known=lambda word: word not in ("run", "dogs"))
    assert (report.oov_tokens, report.oov_accuracy) == (3, 1 / 3)
    assert report.metrics()["oov_rate"] == 3 / 9


def test_unknown_words_are_left_out_where_they_make_no_difference():
    assert not any("unknown" in name for name in measured().metrics())


def test_no_unknown_word_has_no_accuracy():
    figures = measured(known=lambda word: True).metrics()
    assert (figures["oov_tokens"], figures["oov_rate"]) == (0, 0)
    assert "oov_accuracy" not in figures


def test_figures_of_a_tag():
    d, n, v = measured().per_class
    assert d == ("D", 1, 1, 1, 3, None)
    assert n[1:5] == pytest.approx((2 / 3, 1 / 2, 4 / 7, 4))
    assert v[1:5] == pytest.approx((1 / 3, 1 / 2, 2 / 5, 2))


def test_confusion_counts_true_tags_down():
    assert measured().confusion.tolist() == [[3, 0, 0], [0, 2, 2], [0, 1, 1]]


def test_frequent_confusions_come_first_with_their_first_place():
    often, once = measured().confusions
    assert often == ("N", "V", 2, "run", ["the", "run"], 1)
    assert once == ("V", "N", 1, "bark", ["dogs", "bark", "the", "run"], 1)


def test_confusions_that_are_equally_frequent_keep_the_order_of_the_labels():
    words, true, answers = [["a", "b", "c", "d"]], [["V", "N", "D", "D"]], [["D", "D", "V", "N"]]
    for labels in (("D", "N", "V"), ("V", "N", "D")):
        found = measured(tokens=words, true=true, answered=answers, labels=labels).confusions
        order = [(labels.index(row.tag), labels.index(row.answer)) for row in found]
        assert order == sorted(order)
        assert len(order) == 4


def test_no_more_than_twenty_confusions_are_kept():
    labels = [f"t{number:02}" for number in range(30)]
    answers = labels[1:] + labels[:1]
    report = measured(tokens=[labels], true=[labels], answered=[answers], labels=labels)
    assert [row.tag for row in report.confusions] == labels[:20]


def test_worst_is_the_surest_wrong_token_of_each_sentence():
    worst = measured(probabilities=SURE).worst_examples
    assert worst == [
        ("bark", "V", "N", 0.95, ["dogs", "bark", "the", "run"], 1),
        ("run", "N", "V", 0.6, ["the", "run"], 1),
    ]
    assert measured(probabilities=SURE, num_worst=1).worst_examples == worst[:1]
    assert measured(probabilities=SURE, num_worst=0).worst_examples == []


def test_calibration_is_of_tokens():
    # 0.9 three times (right), 0.95 (wrong): bins 13 and 14; 0.8 right and wrong share bin 12 (0.8 = 12 / 15).
    expected = (3 * 0.1 + 0.95 + 2 * 0.3 + 0.3 + 0.6 + 0.5) / 9
    report = measured(probabilities=SURE)
    assert report.expected_calibration_error == pytest.approx(expected)
    assert sum(count for count, _, _ in report.reliability) == 9


def test_without_probabilities_nothing_is_said_of_them():
    report = measured()
    assert (report.expected_calibration_error, report.reliability, report.worst_examples) == (None, None, [])


def test_plain_tags_have_no_spans():
    report = measured()
    assert (report.spans, report.invalid_sequences) == (None, None)
    assert not any("span" in name or "broken" in name for name in report.metrics())


def test_empty_sentence_is_right_and_changes_no_token():
    report = measured(tokens=[*TOKENS, []], true=[*TRUE, []], answered=[*ANSWERS, []], probabilities=[*SURE, []])
    assert (report.sentences, report.tokens, report.accuracy) == (4, 9, 6 / 9)
    assert report.sentence_accuracy == 2 / 4


def test_one_sentence_of_one_token():
    report = measured(tokens=[["run"]], true=[["V"]], answered=[["V"]], probabilities=[[1.0]])
    assert (report.accuracy, report.sentence_accuracy, report.expected_calibration_error) == (1, 1, 0)
    assert report.confusions == report.worst_examples == []


def test_baseline_stands_beside_the_model_on_the_same_words():
    train = [["the", "dog"], ["dogs", "bark"]], [["D", "N"], ["N", "V"]]
    # the, dog, dogs and bark are seen; runs and run get N.
    report = measured(baseline=train)
    assert report.baseline == {"accuracy": pytest.approx(8 / 9), "oov_accuracy": pytest.approx(2 / 3)}
    assert report.metrics()["most_frequent_tag_accuracy"] == report.baseline["accuracy"]
    told = measured(baseline=train, known=lambda word: word != "runs")
    assert told.baseline["oov_accuracy"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": [], "true": [], "answered": []}, "no sentence with a token"),
        ({"tokens": [[]], "true": [[]], "answered": [[]]}, "no sentence with a token"),
        ({"true": TRUE[:2]}, "3 sentences, but true tags for 2"),
        ({"answered": [*ANSWERS, ["D"]]}, "3 sentences, but answers for 4"),
        ({"true": [TRUE[0], ["D"], TRUE[2]]}, "sentence 1 has 2 tokens, but 1 true tags: 'the run'"),
        ({"answered": [*ANSWERS[:2], ["D"]]}, "sentence 2 has 4 tokens, but 1 answers"),
        ({"true": [TRUE[0], ["D", "ADV"], TRUE[2]]}, "true tag of sentence 1, token 1, is 'ADV'.*3 labels"),
        ({"answered": [["D", "X", "V"], *ANSWERS[1:]]}, "answer of sentence 0, token 1, is 'X'"),
        ({"probabilities": SURE[:2]}, "3 sentences, but probabilities for 2"),
        ({"probabilities": [SURE[0], [0.5, np.nan], SURE[2]]}, "sentence 1, token 1, has probability nan"),
        ({"probabilities": [SURE[0], [0.5, 2.5], SURE[2]]}, "sentence 1, token 1, has probability 2.5"),
        ({"scheme": "bio"}, "'D' is no tag of the scheme bio; wanted O, B-TYPE, I-TYPE"),
        ({"scheme": "bilou"}, "`scheme` is .*'bilou'"),
        ({"baseline": ([["a"]], [["D", "N"]])}, "training sentence 0 has 1 tokens, but 2 tags"),
        ({"baseline": ([["a"]], [["X"]])}, "training tag of sentence 0, token 0, is 'X'"),
        ({"baseline": ([], [])}, "no training sentence"),
    ],
)
def test_bad_input_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        measured(**changes)


def tagged(labels):
    sentence = st.lists(st.tuples(*[st.sampled_from(labels)] * 2), max_size=6)
    return st.lists(sentence, min_size=1, max_size=5).filter(any)


def parted(sentences):
    return [[[tags[side] for tags in sentence] for sentence in sentences] for side in (0, 1)]


@settings(deadline=None, max_examples=60)
@given(tagged(LABELS))
def test_figures_of_tags_are_those_of_scikit_learn(sentences):
    true, answered = parted(sentences)
    report = measured(tokens=true, true=true, answered=answered)
    flat = [tag for tags in true for tag in tags], [tag for tags in answered for tag in tags]
    columns = precision_recall_fscore_support(*flat, labels=LABELS, zero_division=0)
    assert report.accuracy == pytest.approx(accuracy_score(*flat))
    assert report.confusion.tolist() == confusion_matrix(*flat, labels=LABELS).tolist()
    np.testing.assert_allclose([row[1:5] for row in report.per_class], np.transpose(columns))
    assert sum(row.count for row in report.confusions) == sum(t != a for t, a in zip(*flat, strict=True))
    json.loads(report.to_json())  # no NaN
