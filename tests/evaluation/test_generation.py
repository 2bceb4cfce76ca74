"""`generation_report` against cases counted by hand and against sacrebleu called directly."""

import json
import random
import re

import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.generation import generation_report
from rnn_templates.preprocessing.text.word_tokenizer import tokenize

SOURCES = ["the small dog runs home", "good morning", "Paris", "we will see each other again next week"]
REFERENCES = [
    "der kleine Hund läuft nach Hause",
    ["guten Morgen", "schönen guten Morgen"],
    "Paris",
    ["wir sehen uns nächste Woche wieder", "wir treffen uns nächste Woche wieder", "bis nächste Woche"],
]
HYPOTHESES = ["der kleine Hund rennt nach Hause", "schönen guten Morgen", "Paris", ""]


def report_of(sources=SOURCES, references=REFERENCES, hypotheses=HYPOTHESES, **options):
    return generation_report(sources, references, hypotheses, **options)


def test_scores_and_signatures_are_those_of_sacrebleu():
    hypotheses, references = ["a b c d e f", "a c d e", "b"], ["a b c d f", "a c d e f", "c"]
    report = report_of(hypotheses, references, hypotheses)
    assert report.bleu == sacrebleu.corpus_bleu(hypotheses, [references]).score
    assert report.chrf == sacrebleu.corpus_chrf(hypotheses, [references]).score
    assert 0 < report.bleu < 100
    version = f"version:{sacrebleu.__version__}"
    assert report.bleu_signature == f"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|{version}"
    assert report.chrf_signature == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|{version}"


def test_example_may_have_fewer_references_than_others():
    streams = [
        ["der kleine Hund läuft nach Hause", "guten Morgen", "Paris", "wir sehen uns nächste Woche wieder"],
        [None, "schönen guten Morgen", None, "wir treffen uns nächste Woche wieder"],
        [None, None, None, "bis nächste Woche"],
    ]
    report = report_of()
    assert report.bleu == sacrebleu.corpus_bleu(HYPOTHESES, streams).score
    assert report.chrf == sacrebleu.corpus_chrf(HYPOTHESES, streams).score
    assert report.bleu_signature.startswith("nrefs:var|")


def test_case_and_tokenizer_are_in_the_scores_and_the_signature():
    hypotheses, references = ["A b,c d e F"], ["a b,c d e f g"]
    report = report_of(None, references, hypotheses, lowercase=True, tokenize="none")
    direct = sacrebleu.corpus_bleu(hypotheses, [references], lowercase=True, tokenize="none")
    assert report.bleu == direct.score
    assert report.bleu != report_of(None, references, hypotheses, lowercase=True).bleu
    assert report.bleu != report_of(None, references, hypotheses, tokenize="none").bleu
    assert "case:lc|eff:no|tok:none" in report.bleu_signature
    assert "case:lc" in report.chrf_signature


def test_fractions_are_counted():
    # Two equal a reference, one of them also its source. The last is empty.
    report = report_of()
    assert report.examples == 4
    assert (report.exact_match, report.copied_source, report.empty) == (2 / 4, 1 / 4, 1 / 4)


def test_length_ratio_uses_the_closest_references():
    # 6 + 3 + 1 + 0 words beside 6 + 3 + 1 + 3.
    assert report_of().length_ratio == 10 / 13


@pytest.mark.parametrize(("lowercase", "fraction"), [(False, 1 / 4), (True, 3 / 4)])
def test_surrounding_whitespace_is_ignored_and_case_on_request(lowercase, fraction):
    hypotheses = [" Hund\n", "HUND", "ein Hund", "hund"]
    report = report_of(hypotheses, ["Hund"] * 4, hypotheses, lowercase=lowercase, training_texts=["Hund"])
    assert (report.exact_match, report.seen_in_training) == (fraction, fraction)
    assert report.copied_source == 1


def test_training_texts_are_counted_only_if_given():
    assert report_of(training_texts=[b"Paris", "guten Morgen"]).seen_in_training == 1 / 4
    assert report_of().seen_in_training is None
    assert "seen_in_training" not in report_of().metrics()


def test_right_answers_have_all_of_everything():
    references = ["der kleine Hund läuft nach Hause", "wir sehen uns nächste Woche wieder"]
    report = report_of(None, references, references)
    assert (report.bleu, report.chrf) == pytest.approx((100, 100))
    assert (report.exact_match, report.length_ratio, report.empty) == (1, 1, 0)


def test_empty_hypotheses():
    report = report_of(hypotheses=[""] * 4)
    assert (report.bleu, report.chrf, report.length_ratio, report.exact_match, report.empty) == (0, 0, 0, 0, 1)
    json.loads(report.to_json())


def test_empty_texts():
    report = report_of([""], [""], [" "])
    assert (report.bleu, report.length_ratio) == (0, 0)
    assert (report.exact_match, report.copied_source, report.empty) == (1, 1, 1)
    assert report.length_curve[0].words == "0"


def test_the_baseline_has_the_same_metrics():
    report = report_of(baseline=SOURCES, training_texts=["Paris"], lowercase=True)
    metrics = report_of(hypotheses=SOURCES, training_texts=["Paris"], lowercase=True).metrics()
    assert report.baseline == {name: metrics[name] for name in report.baseline}
    assert report.baseline["copied_source"] == 1
    assert "seen_in_training" in report.baseline
    assert report_of().baseline is None


def test_the_baseline_does_not_change_the_metrics_of_the_model():
    plain = report_of().metrics()
    beside = report_of(baseline=SOURCES).metrics()
    assert {name: beside[name] for name in plain} == plain


def test_without_source_texts_nothing_is_copied_and_lengths_are_of_references():
    report = report_of([None] * 4)
    assert report.copied_source is None
    assert report.length_of == "reference"
    assert [(row.words, row.examples) for row in report.length_curve] == [("1-5", 2), ("6-10", 2)]
    assert report.worst_examples[0].source is None
    assert report == report_of(None)


def lengths(count):
    return " ".join(["wort"] * count)


@pytest.mark.parametrize(
    ("words", "name"),
    [(0, "0"), (1, "1-5"), (5, "1-5"), (6, "6-10"), (50, "31-50"), (51, "51-100"), (500, "201-500"), (501, "501+")],
)
def test_length_has_its_bucket(words, name):
    (bucket,) = report_of([lengths(words)], ["ja"], ["ja"]).length_curve
    assert (bucket.words, bucket.examples) == (name, 1)


def test_buckets_are_in_order_and_only_those_with_examples():
    report = report_of([lengths(count) for count in (60, 3, 7, 4)], ["ja"] * 4, ["ja"] * 4)
    assert [(row.words, row.examples) for row in report.length_curve] == [("1-5", 2), ("6-10", 1), ("51-100", 1)]


def test_scores_of_a_bucket_are_those_of_its_examples_alone():
    sources = [lengths(3), lengths(8), lengths(2)]
    hypotheses = ["a b c d e f", "x", "a b d e"]
    references = ["a b c d f", "y", "a b d e f"]
    short = report_of(sources, references, hypotheses).length_curve[0]
    chosen = [hypotheses[0], hypotheses[2]], [[references[0], references[2]]]
    assert short.bleu == sacrebleu.corpus_bleu(*chosen).score
    assert short.chrf == sacrebleu.corpus_chrf(*chosen).score


def test_short_correct_hypotheses_have_the_maximum_in_the_length_curve():
    report = report_of(["one", "two"], ["eins", "zwei"], ["eins", "zwei"])
    assert report.bleu == 0  # by definition, without four tokens
    assert report.length_curve[0].bleu == pytest.approx(100)


def test_worst_examples_have_the_lowest_chrf():
    report = report_of(num_worst=2)
    assert [row.hypothesis for row in report.worst_examples] == ["", "der kleine Hund rennt nach Hause"]
    assert report.worst_examples[1].chrf == sacrebleu.sentence_chrf(HYPOTHESES[0], [REFERENCES[0]]).score
    assert report.worst_examples[0] == (SOURCES[3], REFERENCES[3], "", 0)
    assert report_of(num_worst=0).worst_examples == []


def test_the_sample_is_evenly_spaced_by_chrf():
    references = ["abcdefghij"] * 100
    hypotheses = ["abcdefghij"[: 1 + i % 10] for i in range(100)]
    report = report_of(None, references, hypotheses)
    assert [len(row.hypothesis) for row in report.sample] == list(range(1, 11))
    assert [len(row.hypothesis) for row in report.worst_examples] == [1] * 10


def test_a_small_sample_has_all_examples_once():
    assert sorted(row.hypothesis for row in report_of().sample) == sorted(HYPOTHESES)


words = st.lists(st.sampled_from(["a", "b", "c", "dd", "."]), max_size=8).map(" ".join)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(words, st.lists(words, min_size=1, max_size=3), words), min_size=1, max_size=12), st.randoms()
)
def test_the_order_of_examples_has_no_effect_and_each_is_in_one_bucket(examples, shuffler):
    report = report_of(*zip(*examples, strict=True), num_worst=3)
    assert sum(row.examples for row in report.length_curve) == len(examples)
    assert sum(len(tokenize(source)) <= 5 for source, *_ in examples) == sum(
        row.examples for row in report.length_curve if row.words in ("0", "1-5")
    )
    mixed = random.Random(shuffler.random()).sample(examples, len(examples))
    assert report_of(*zip(*mixed, strict=True), num_worst=3) == report
    json.loads(report.to_json())


def test_bytes_are_decoded():
    as_bytes = [
        several.encode() if isinstance(several, str) else [r.encode() for r in several] for several in REFERENCES
    ]
    report = report_of([text.encode() for text in SOURCES], as_bytes, [text.encode() for text in HYPOTHESES])
    assert report == report_of()


def test_invalid_characters_are_replaced_in_the_report(tmp_path):
    report_of(["\ud800"], [b"\xff gut"], ["gut \udfff"]).save(tmp_path)
    assert "�" in (tmp_path / "report.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hypotheses": HYPOTHESES[:3]}, "4 `sources`, 4 `references`, 3 `hypotheses`"),
        ({"references": [REFERENCES[0]]}, "1 `references`"),
        ({"sources": None, "references": REFERENCES[:2]}, "2 `references`, 4 `hypotheses`"),
        ({"baseline": ["a"]}, "1 `baseline`"),
        ({"sources": [], "references": [], "hypotheses": []}, "`hypotheses` must not be empty"),
        ({"references": [*REFERENCES[:3], []]}, r"`references\[3\]`"),
        ({"tokenize": "14a"}, "`tokenize` .*13a.*14a"),
    ],
)
def test_lists_that_do_not_fit_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        report_of(**changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"hypotheses": [*HYPOTHESES[:3], None]}, "hypotheses[3]"),
        ({"hypotheses": [7, *HYPOTHESES[1:]]}, "hypotheses[0]"),
        ({"hypotheses": "one text"}, "hypotheses"),
        ({"references": "one text"}, "references"),
        ({"references": [*REFERENCES[:3], [["deep"]]]}, "references[3][0]"),
        ({"references": [None, *REFERENCES[1:]]}, "references[0]"),
        ({"sources": [None, *SOURCES[1:]]}, "sources[0]"),
        ({"training_texts": [3]}, "training_texts[0]"),
    ],
)
def test_items_that_are_no_texts_are_named(changes, name):
    with pytest.raises(TypeError, match=f"`{re.escape(name)}`"):
        report_of(**changes)
