"""What `generation_report` finds, against cases counted by hand and against sacrebleu called directly."""

import json
import random

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
ANSWERS = ["der kleine Hund rennt nach Hause", "schönen guten Morgen", "Paris", ""]


def measured(sources=SOURCES, references=REFERENCES, answers=ANSWERS, **options):
    return generation_report(sources, references, answers, **options)


def test_scores_and_signatures_are_those_of_sacrebleu():
    answers, references = ["a b c d e f", "a c d e", "b"], ["a b c d f", "a c d e f", "c"]
    report = measured(answers, references, answers)
    assert report.bleu == sacrebleu.corpus_bleu(answers, [references]).score
    assert report.chrf == sacrebleu.corpus_chrf(answers, [references]).score
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
    report = measured()
    assert report.bleu == sacrebleu.corpus_bleu(ANSWERS, streams).score
    assert report.chrf == sacrebleu.corpus_chrf(ANSWERS, streams).score
    assert report.bleu_signature.startswith("nrefs:var|")


def test_case_and_tokens_are_told_to_sacrebleu_and_by_the_signature():
    answers, references = ["A b,c d e F"], ["a b,c d e f g"]
    report = measured(None, references, answers, lowercase=True, tokenize="none")
    direct = sacrebleu.corpus_bleu(answers, [references], lowercase=True, tokenize="none")
    assert report.bleu == direct.score
    assert report.bleu != measured(None, references, answers, lowercase=True).bleu
    assert report.bleu != measured(None, references, answers, tokenize="none").bleu
    assert "case:lc|eff:no|tok:none" in report.bleu_signature
    assert "case:lc" in report.chrf_signature


def test_shares_are_counted():
    # Equal to a reference: the second one's second, and Paris, which is copied as well. The last is empty.
    report = measured()
    assert report.examples == 4
    assert (report.exact_match, report.copied_source, report.empty) == (2 / 4, 1 / 4, 1 / 4)


def test_length_ratio_is_of_the_references_that_are_nearest():
    # 6 + 3 + 1 + 0 words beside 6 + 3 + 1 + 3.
    assert measured().length_ratio == 10 / 13


@pytest.mark.parametrize(("lowercase", "share"), [(False, 1 / 4), (True, 3 / 4)])
def test_space_around_a_text_makes_no_difference_and_case_only_if_asked(lowercase, share):
    answers = [" Hund\n", "HUND", "ein Hund", "hund"]
    report = measured(answers, ["Hund"] * 4, answers, lowercase=lowercase, training=["Hund"])
    assert (report.exact_match, report.seen_in_training) == (share, share)
    assert report.copied_source == 1


def test_answers_from_training_are_counted_only_if_asked():
    assert measured(training=[b"Paris", "guten Morgen"]).seen_in_training == 1 / 4
    assert measured().seen_in_training is None
    assert "seen_in_training" not in measured().metrics()


def test_right_answers_have_all_of_everything():
    references = ["der kleine Hund läuft nach Hause", "wir sehen uns nächste Woche wieder"]
    report = measured(None, references, references)
    assert (report.bleu, report.chrf) == pytest.approx((100, 100))
    assert (report.exact_match, report.length_ratio, report.empty) == (1, 1, 0)


def test_nothing_but_empty_answers():
    report = measured(answers=[""] * 4)
    assert (report.bleu, report.chrf, report.length_ratio, report.exact_match, report.empty) == (0, 0, 0, 0, 1)
    json.loads(report.to_json())


def test_nothing_but_empty_texts():
    report = measured([""], [""], [" "])
    assert (report.bleu, report.length_ratio) == (0, 0)
    assert (report.exact_match, report.copied_source, report.empty) == (1, 1, 1)
    assert report.length_curve[0].words == "0"


def test_baseline_is_measured_as_the_answers_are():
    report = measured(baseline=SOURCES, training=["Paris"], lowercase=True)
    figures = measured(answers=SOURCES, training=["Paris"], lowercase=True).metrics()
    assert report.baseline == {name: figures[name] for name in report.baseline}
    assert report.baseline["copied_source"] == 1
    assert "seen_in_training" in report.baseline
    assert measured().baseline is None


def test_baseline_leaves_the_figures_of_the_model_alone():
    plain = measured().metrics()
    beside = measured(baseline=SOURCES).metrics()
    assert {name: beside[name] for name in plain} == plain


def test_input_that_is_no_text_has_no_copies_and_lengths_of_references():
    report = measured([None] * 4)
    assert report.copied_source is None
    assert report.length_of == "reference"
    assert [(row.words, row.examples) for row in report.length_curve] == [("1-5", 2), ("6-10", 2)]
    assert report.worst_examples[0].source is None
    assert report == measured(None)


def lengths(count):
    return " ".join(["wort"] * count)


@pytest.mark.parametrize(
    ("words", "name"),
    [(0, "0"), (1, "1-5"), (5, "1-5"), (6, "6-10"), (50, "31-50"), (51, "51-100"), (500, "201-500"), (501, "501+")],
)
def test_length_has_its_bucket(words, name):
    (bucket,) = measured([lengths(words)], ["ja"], ["ja"]).length_curve
    assert (bucket.words, bucket.examples) == (name, 1)


def test_buckets_are_in_order_and_only_those_with_examples():
    report = measured([lengths(count) for count in (60, 3, 7, 4)], ["ja"] * 4, ["ja"] * 4)
    assert [(row.words, row.examples) for row in report.length_curve] == [("1-5", 2), ("6-10", 1), ("51-100", 1)]


def test_scores_of_a_bucket_are_those_of_its_examples_alone():
    sources = [lengths(3), lengths(8), lengths(2)]
    answers = ["a b c d e f", "x", "a b d e"]
    references = ["a b c d f", "y", "a b d e f"]
    short = measured(sources, references, answers).length_curve[0]
    chosen = [answers[0], answers[2]], [[references[0], references[2]]]
    assert short.bleu == sacrebleu.corpus_bleu(*chosen).score
    assert short.chrf == sacrebleu.corpus_chrf(*chosen).score


def test_right_answers_of_few_words_are_right_in_the_curve():
    report = measured(["one", "two"], ["eins", "zwei"], ["eins", "zwei"])
    assert report.bleu == 0  # by definition, for want of four tokens
    assert report.length_curve[0].bleu == pytest.approx(100)


def test_worst_are_those_with_the_least_chrf_of_their_own():
    report = measured(num_worst=2)
    assert [row.answer for row in report.worst_examples] == ["", "der kleine Hund rennt nach Hause"]
    assert report.worst_examples[1].chrf == sacrebleu.sentence_chrf(ANSWERS[0], [REFERENCES[0]]).score
    assert report.worst_examples[0] == (SOURCES[3], REFERENCES[3], "", 0)
    assert measured(num_worst=0).worst_examples == []


def test_shown_examples_are_spread_from_the_worst_to_the_best():
    references = ["abcdefghij"] * 100
    answers = ["abcdefghij"[: 1 + i % 10] for i in range(100)]
    report = measured(None, references, answers)
    assert [len(row.answer) for row in report.sample] == list(range(1, 11))
    assert [len(row.answer) for row in report.worst_examples] == [1] * 10


def test_few_examples_are_all_shown_once():
    assert sorted(row.answer for row in measured().sample) == sorted(ANSWERS)


words = st.lists(st.sampled_from(["a", "b", "c", "dd", "."]), max_size=8).map(" ".join)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(words, st.lists(words, min_size=1, max_size=3), words), min_size=1, max_size=12), st.randoms()
)
def test_order_of_examples_makes_no_difference_and_every_one_is_in_a_bucket(examples, shuffler):
    report = measured(*zip(*examples, strict=True), num_worst=3)
    assert sum(row.examples for row in report.length_curve) == len(examples)
    assert sum(len(tokenize(source)) <= 5 for source, *_ in examples) == sum(
        row.examples for row in report.length_curve if row.words in ("0", "1-5")
    )
    mixed = random.Random(shuffler.random()).sample(examples, len(examples))
    assert measured(*zip(*mixed, strict=True), num_worst=3) == report
    json.loads(report.to_json())


def test_bytes_are_read():
    as_bytes = [
        several.encode() if isinstance(several, str) else [r.encode() for r in several] for several in REFERENCES
    ]
    report = measured([text.encode() for text in SOURCES], as_bytes, [text.encode() for text in ANSWERS])
    assert report == measured()


def test_broken_characters_do_not_stop_the_report(tmp_path):
    measured(["\ud800"], [b"\xff gut"], ["gut \udfff"]).save(tmp_path)
    assert "�" in (tmp_path / "report.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": ANSWERS[:3]}, "4 sources, 4 references, 3 answers"),
        ({"references": [REFERENCES[0]]}, "4 sources, 1 references, 4 answers"),
        ({"sources": None, "references": REFERENCES[:2]}, "2 references, 4 answers"),
        ({"baseline": ["a"]}, "4 sources, 4 references, 4 answers, 1 baseline"),
        ({"sources": [], "references": [], "answers": []}, "there is no example"),
        ({"references": [*REFERENCES[:3], []]}, "example 3 has no reference"),
        ({"tokenize": "14a"}, "no tokenize='14a'; sacrebleu has .*13a"),
    ],
)
def test_lists_that_do_not_fit_are_told_of(changes, said):
    with pytest.raises(ValueError, match=said):
        measured(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": [*ANSWERS[:3], None]}, "example 3 of answers is None, of type NoneType"),
        ({"answers": [7, *ANSWERS[1:]]}, "example 0 of answers is 7, of type int"),
        ({"answers": "one text"}, "answers is one text, 'one text'"),
        ({"references": "one text"}, "references is one text"),
        ({"references": [*REFERENCES[:3], [["deep"]]]}, "references of example 3 are"),
        ({"references": [None, *REFERENCES[1:]]}, "references of example 0 are None"),
        ({"sources": [None, *SOURCES[1:]]}, "example 0 of sources is None"),
        ({"training": [3]}, "example 0 of training is 3"),
    ],
)
def test_what_is_no_text_is_named(changes, said):
    with pytest.raises(TypeError, match=said):
        measured(**changes)
