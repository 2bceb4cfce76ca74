"""`tagging_report` against cases counted by hand and against scikit-learn."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from rnn_templates.evaluation.tagging import tagging_report

LABELS = ("D", "N", "V")
TOKENS = [["the", "dog", "runs"], ["the", "run"], ["dogs", "bark", "the", "run"]]
REFERENCES = [["D", "N", "V"], ["D", "N"], ["N", "V", "D", "N"]]
PREDICTIONS = [["D", "N", "V"], ["D", "V"], ["N", "N", "D", "V"]]
CONFIDENCES = [[0.9, 0.8, 0.7], [0.9, 0.6], [0.5, 0.95, 0.9, 0.8]]


def report_of(**changes):
    given = {"tokens": TOKENS, "references": REFERENCES, "predictions": PREDICTIONS, "labels": LABELS, **changes}
    return tagging_report(**given)


def test_tokens_and_sentences_are_counted_apart():
    report = report_of()
    assert (report.sentences, report.tokens) == (3, 9)
    assert report.accuracy == 6 / 9
    assert report.sentence_accuracy == 1 / 3


def test_oov_accuracy_is_over_tokens():
    # "run" twice, both wrong; "dogs", right.
    report = report_of(is_known=lambda word: word not in ("run", "dogs"))
    assert (report.oov_tokens, report.oov_accuracy) == (3, 1 / 3)
    assert report.metrics()["oov_rate"] == 3 / 9


def test_without_a_vocabulary_there_are_no_oov_metrics():
    assert not any("oov" in name for name in report_of().metrics())


def test_without_oov_tokens_there_is_no_oov_accuracy():
    metrics = report_of(is_known=lambda word: True).metrics()
    assert (metrics["oov_tokens"], metrics["oov_rate"]) == (0, 0)
    assert "oov_accuracy" not in metrics


def test_scores_of_a_tag():
    d, n, v = report_of().per_class
    assert d == ("D", 1, 1, 1, 3, None)
    assert n[1:5] == pytest.approx((2 / 3, 1 / 2, 4 / 7, 4))
    assert v[1:5] == pytest.approx((1 / 3, 1 / 2, 2 / 5, 2))


def test_rows_of_the_confusion_matrix_are_references():
    assert report_of().confusion.tolist() == [[3, 0, 0], [0, 2, 2], [0, 1, 1]]


def test_frequent_confusions_come_first_with_their_first_occurrence():
    often, once = report_of().confusions
    assert often == ("N", "V", 2, "run", ["the", "run"], 1)
    assert once == ("V", "N", 1, "bark", ["dogs", "bark", "the", "run"], 1)


def test_confusions_that_are_equally_frequent_keep_the_order_of_the_labels():
    words, references, predictions = [["a", "b", "c", "d"]], [["V", "N", "D", "D"]], [["D", "D", "V", "N"]]
    for labels in (("D", "N", "V"), ("V", "N", "D")):
        found = report_of(tokens=words, references=references, predictions=predictions, labels=labels).confusions
        order = [(labels.index(row.reference), labels.index(row.prediction)) for row in found]
        assert order == sorted(order)
        assert len(order) == 4


def test_no_more_than_twenty_confusions_are_kept():
    labels = [f"t{number:02}" for number in range(30)]
    predictions = labels[1:] + labels[:1]
    report = report_of(tokens=[labels], references=[labels], predictions=[predictions], labels=labels)
    assert [row.reference for row in report.confusions] == labels[:20]


def test_worst_examples_are_the_most_confident_errors_of_each_sentence():
    worst = report_of(probabilities=CONFIDENCES).worst_examples
    assert worst == [
        ("bark", "V", "N", 0.95, ["dogs", "bark", "the", "run"], 1),
        ("run", "N", "V", 0.6, ["the", "run"], 1),
    ]
    assert report_of(probabilities=CONFIDENCES, num_worst=1).worst_examples == worst[:1]
    assert report_of(probabilities=CONFIDENCES, num_worst=0).worst_examples == []


def test_calibration_is_of_tokens():
    # 0.9 three times (correct), 0.95 (wrong): bins 13 and 14; 0.8 correct and wrong share bin 12 (0.8 = 12 / 15).
    expected = (3 * 0.1 + 0.95 + 2 * 0.3 + 0.3 + 0.6 + 0.5) / 9
    report = report_of(probabilities=CONFIDENCES)
    assert report.expected_calibration_error == pytest.approx(expected)
    assert sum(count for count, _, _ in report.reliability) == 9


def test_without_probabilities_there_is_no_calibration():
    report = report_of()
    assert (report.expected_calibration_error, report.reliability, report.worst_examples) == (None, None, [])


def test_plain_tags_have_no_spans():
    report = report_of()
    assert (report.spans, report.invalid_sequences) == (None, None)
    assert not any("span" in name or "invalid" in name for name in report.metrics())


def test_an_empty_sentence_is_correct_and_changes_no_token():
    report = report_of(
        tokens=[*TOKENS, []],
        references=[*REFERENCES, []],
        predictions=[*PREDICTIONS, []],
        probabilities=[*CONFIDENCES, []],
    )
    assert (report.sentences, report.tokens, report.accuracy) == (4, 9, 6 / 9)
    assert report.sentence_accuracy == 2 / 4


def test_one_sentence_of_one_token():
    report = report_of(tokens=[["run"]], references=[["V"]], predictions=[["V"]], probabilities=[[1.0]])
    assert (report.accuracy, report.sentence_accuracy, report.expected_calibration_error) == (1, 1, 0)
    assert report.confusions == report.worst_examples == []


def test_the_baseline_is_evaluated_on_the_same_tokens():
    train = [["the", "dog"], ["dogs", "bark"]], [["D", "N"], ["N", "V"]]
    # the, dog, dogs and bark are seen; runs and run get N.
    report = report_of(baseline=train)
    assert report.baseline == {"accuracy": pytest.approx(8 / 9), "oov_accuracy": pytest.approx(2 / 3)}
    assert report.metrics()["most_frequent_tag_accuracy"] == report.baseline["accuracy"]
    other = report_of(baseline=train, is_known=lambda word: word != "runs")
    assert other.baseline["oov_accuracy"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens": [], "references": [], "predictions": []}, "`references` .*token"),
        ({"tokens": [[]], "references": [[]], "predictions": [[]]}, "`references` .*token"),
        ({"references": REFERENCES[:2]}, "`references` .*3.*2"),
        ({"predictions": [*PREDICTIONS, ["D"]]}, "`predictions` .*3.*4"),
        ({"references": [REFERENCES[0], ["D"], REFERENCES[2]]}, r"`references\[1\]` .*2.*1.*'the run'"),
        ({"predictions": [*PREDICTIONS[:2], ["D"]]}, r"`predictions\[2\]` .*4.*1"),
        ({"references": [REFERENCES[0], ["D", "ADV"], REFERENCES[2]]}, r"`references\[1\]\[1\]` .*3 labels.*'ADV'"),
        ({"predictions": [["D", "X", "V"], *PREDICTIONS[1:]]}, r"`predictions\[0\]\[1\]` .*'X'"),
        ({"probabilities": CONFIDENCES[:2]}, "`probabilities` .*3.*2"),
        ({"probabilities": [CONFIDENCES[0], [0.5, np.nan], CONFIDENCES[2]]}, r"`probabilities\[1\]\[1\]` .*nan"),
        ({"probabilities": [CONFIDENCES[0], [0.5, 2.5], CONFIDENCES[2]]}, r"`probabilities\[1\]\[1\]` .*2.5"),
        ({"scheme": "bio"}, "`labels` .*bio .*O, B-TYPE, I-TYPE.*'D'"),
        ({"scheme": "bilou"}, "`scheme` .*'bilou'"),
        ({"baseline": ([["a"]], [["D", "N"]])}, r"`baseline\[0\]` .*1.*2"),
        ({"baseline": ([["a"]], [["X"]])}, r"`baseline\[0\]\[0\]` .*'X'"),
        ({"baseline": ([], [])}, "`baseline`"),
    ],
)
def test_invalid_arguments_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        report_of(**changes)


def tagged(labels):
    sentence = st.lists(st.tuples(*[st.sampled_from(labels)] * 2), max_size=6)
    return st.lists(sentence, min_size=1, max_size=5).filter(any)


def parted(sentences):
    return [[[tags[side] for tags in sentence] for sentence in sentences] for side in (0, 1)]


@settings(deadline=None, max_examples=60)
@given(tagged(LABELS))
def test_metrics_of_tags_are_those_of_scikit_learn(sentences):
    references, predictions = parted(sentences)
    report = report_of(tokens=references, references=references, predictions=predictions)
    flat = [tag for tags in references for tag in tags], [tag for tags in predictions for tag in tags]
    columns = precision_recall_fscore_support(*flat, labels=LABELS, zero_division=0)
    assert report.accuracy == pytest.approx(accuracy_score(*flat))
    assert report.confusion.tolist() == confusion_matrix(*flat, labels=LABELS).tolist()
    np.testing.assert_allclose([row[1:5] for row in report.per_class], np.transpose(columns))
    assert sum(row.count for row in report.confusions) == sum(t != a for t, a in zip(*flat, strict=True))
    json.loads(report.to_json())  # no NaN
