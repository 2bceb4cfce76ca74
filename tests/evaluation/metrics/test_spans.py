"""Span metrics against cases counted by hand and against seqeval."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB2, Tokens

from rnn_templates.evaluation.tagging import tagging_report

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
BIOES = ("O", *(f"{prefix}-{kind}" for kind in ("PER", "LOC") for prefix in "BIES"))

# Ann Lee saw Rome; Bob left New York.
SPANS = [["B-PER", "I-PER", "O", "B-LOC"], ["B-PER", "O", "B-LOC", "I-LOC"]]
FOUND = [["B-PER", "I-PER", "O", "B-PER"], ["B-PER", "O", "B-LOC", "O"]]


def spans(references=SPANS, predictions=FOUND, labels=BIO, scheme="bio", **options):
    tokens = [[f"word{i}" for i in range(len(tags))] for tags in references]
    return tagging_report(tokens, references, predictions, labels=labels, scheme=scheme, **options)


def test_span_is_found_with_its_type_and_both_ends():
    # Of PER, PER, LOC, LOC both PER are found; predicted are those, a third PER, and half of the second LOC.
    report = spans()
    assert report.spans["span_precision"] == pytest.approx(2 / 4)
    assert report.spans["span_recall"] == pytest.approx(2 / 4)
    assert report.spans["span_f1"] == pytest.approx(2 / 4)


def test_rows_of_spans_are_types():
    loc, per = spans().per_class
    assert loc == ("LOC", 0, 0, 0, 2, None)
    assert (per.label, per.support) == ("PER", 2)
    assert (per.precision, per.recall, per.f1) == pytest.approx((2 / 3, 1, 4 / 5))


def test_macro_metrics_weight_types_equally():
    scores = spans().spans
    macro = [scores[f"span_macro_{name}"] for name in ("precision", "recall", "f1")]
    assert macro == pytest.approx([(2 / 3) / 2, 1 / 2, (4 / 5) / 2])


def test_a_type_that_neither_occurs_nor_is_predicted_is_not_in_the_means():
    seen = spans()
    report = spans(labels=(*BIO, "B-ORG", "I-ORG"))
    assert report.per_class[1] == ("ORG", 0, 0, 0, 0, None)
    assert report.spans == seen.spans


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_sentences_without_a_span(scheme):
    labels = BIO if scheme == "bio" else BIOES
    nothing = [["O", "O"], ["O"]]
    report = spans(nothing, nothing, labels, scheme)
    assert report.accuracy == 1
    assert set(report.spans.values()) == {0.0}
    assert [row.support for row in report.per_class] == [0, 0]
    missed = spans(nothing, [["O", "B-PER"], ["O"]], labels, scheme)
    assert missed.spans["span_f1"] == 0
    assert [row.label for row in missed.per_class] == ["LOC", "PER"]


def test_a_label_set_of_o_alone(tmp_path):
    report = spans([["O"]], [["O"]], ("O",))
    assert (report.per_class, report.invalid_sequences) == ([], 0)
    report.save(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"report.json", "confusion.png"}


@pytest.mark.parametrize(
    ("scheme", "tags", "breaks"),
    [
        ("bio", "O B-PER I-PER I-PER O", False),
        ("bio", "B-PER B-PER I-PER B-LOC", False),
        ("bio", "I-PER", True),
        ("bio", "O I-PER", True),
        ("bio", "B-PER I-LOC", True),
        ("bio", "B-PER O I-PER", True),
        ("bioes", "S-PER B-PER E-PER B-LOC I-LOC E-LOC O", False),
        ("bioes", "E-PER", True),
        ("bioes", "S-PER E-PER", True),
        ("bioes", "B-PER E-LOC", True),
        ("bioes", "B-PER E-PER I-PER E-PER", True),
        ("bioes", "B-PER", True),
        ("bioes", "B-PER O", True),
        ("bioes", "B-PER B-PER E-PER", True),
        ("bioes", "B-PER I-PER S-PER", True),
    ],
)
def test_invalid_sequences_are_counted(scheme, tags, breaks):
    tags = tags.split()
    outside = ["O"] * len(tags)
    labels = BIO if scheme == "bio" else BIOES
    assert spans([outside] * 3, [tags, outside, tags], labels, scheme).invalid_sequences == 2 * breaks


def test_invalid_references_are_not_counted():
    assert spans([["I-PER"]], [["O"]]).invalid_sequences == 0


def test_a_span_without_a_b_tag_counts_as_in_conlleval():
    assert spans([["O", "B-PER"]], [["O", "I-PER"]]).spans["span_f1"] == 1


def test_empty_sentence_has_no_spans():
    assert spans([*SPANS, []], [*FOUND, []]).spans == spans().spans


def test_spans_end_with_the_sentence():
    assert spans([["B-PER"], ["I-PER"]], [["B-PER"], ["O"]]).per_class[1].support == 2


def test_baseline_of_spans():
    report = spans(baseline=([["word0"]], [["B-PER"]]))
    # Every tag is B-PER: eight spans of one word, of which one (the first of the second sentence) is correct.
    assert report.baseline["span_f1"] == pytest.approx(2 * 1 / (8 + 4))


@pytest.mark.parametrize("tag", ["S-PER", "B", "B-", "PER", "b-PER", "o"])
def test_a_tag_outside_of_the_scheme_is_named(tag):
    with pytest.raises(ValueError, match=f"`labels` .*{tag!r}"):
        spans(labels=(*BIO, tag))


def tagged(labels):
    """References and predictions of a few sentences."""
    sentence = st.lists(st.tuples(*[st.sampled_from(labels)] * 2), max_size=6)
    sentences = st.lists(sentence, min_size=1, max_size=5).filter(any)
    return sentences.map(lambda drawn: [[[tags[side] for tags in sentence] for sentence in drawn] for side in (0, 1)])


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([("bio", BIO), ("bioes", BIOES)]).flatmap(lambda s: st.tuples(st.just(s), tagged(s[1]))))
def test_metrics_of_spans_are_those_of_seqeval(case):
    (scheme, labels), (references, predictions) = case
    report = spans(references, predictions, labels, scheme)
    if any(tag != "O" for tags in (*references, *predictions) for tag in tags):
        for average, name in (("micro", "span"), ("macro", "span_macro")):
            for metric, score in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
                expected = score(references, predictions, average=average, zero_division=0)
                assert report.spans[f"{name}_{metric}"] == pytest.approx(expected)
    json.loads(report.to_json())


@settings(deadline=None, max_examples=60)
@given(tagged(BIO))
def test_bio_is_invalid_where_the_strict_mode_of_seqeval_decodes_other_spans(case):
    for tags in filter(None, case[1]):
        strict = [(span.tag, span.start, span.end - 1) for span in Tokens(tags, IOB2).entities]
        outside = [["O"] * len(tags)]
        assert spans(outside, [tags]).invalid_sequences == (strict != get_entities(tags))
