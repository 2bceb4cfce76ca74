"""What `caption_report` finds, against cases counted by hand and BLEU computed anew."""

import json
import math
import random
import time
from collections import Counter

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.captioning import caption_report, evaluate_captioner
from rnn_templates.evaluation.metrics.cider import cider_d
from rnn_templates.evaluation.metrics.rouge import rouge_l

REFERENCES = [
    ["A black dog runs through the snow.", "The dog is running in snow", "dog in the snow"],
    ["Two men sit on a bench ."],
    ["A girl plays croquet next to a truck", "A little girl; a truck!"],
    ["Rain.", "It rains on the street"],
]
ANSWERS = ["a black dog runs in the snow", "two men sit on a bench", "two men sit on a bench", ""]


def measured(references=REFERENCES, answers=ANSWERS, **options):
    return caption_report(references, answers, **options)


def bleu(references, answers, most):
    """Unsmoothed corpus BLEU in percent points, of words split at spaces."""
    right, all_of, length, wanted = [0] * most, [0] * most, 0, 0
    for several, answer in zip(references, answers, strict=True):
        several, answer = [reference.split() for reference in several], answer.split()
        length += len(answer)
        wanted += min((abs(len(r) - len(answer)), len(r)) for r in several)[1]
        for n in range(1, most + 1):
            grams = [Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (answer, *several)]
            allowed = {g: max(reference[g] for reference in grams[1:]) for g in grams[0]}
            right[n - 1] += sum(min(count, allowed[g]) for g, count in grams[0].items())
            all_of[n - 1] += sum(grams[0].values())
    if not all(right):
        return 0.0
    brevity = math.exp(min(0, 1 - wanted / length))
    return 100 * brevity * math.exp(np.mean([math.log(r / a) for r, a in zip(right, all_of, strict=True)]))


def scores(report):
    return [report.bleu_1, report.bleu_2, report.bleu_3, report.bleu_4]


captions = st.lists(st.sampled_from(["a", "dog", "runs", "red"]), min_size=1, max_size=9).map(" ".join)
examples = st.lists(st.tuples(st.lists(captions, min_size=1, max_size=3), captions), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(examples)
def test_bleu_of_every_order_is_that_computed_anew(pairs):
    references, answers = zip(*pairs, strict=True)
    expected = [bleu(references, answers, most) for most in (1, 2, 3, 4)]
    assert scores(measured(references, answers)) == pytest.approx(expected, abs=1e-9)


def test_signature_says_how_sacrebleu_counted():
    version = f"version:{sacrebleu.__version__}"
    assert measured().bleu_signature == f"nrefs:var|case:mixed|eff:no|tok:none|smooth:none|{version}"


def test_scores_are_the_means_over_plain_captions():
    plain = [
        ["a black dog runs through the snow", "the dog is running in snow", "dog in the snow"],
        ["two men sit on a bench"],
        ["a girl plays croquet next to a truck", "a little girl a truck"],
        ["rain", "it rains on the street"],
    ]
    cut, answers = [[text.split() for text in several] for several in plain], [text.split() for text in ANSWERS]
    report = measured()
    assert scores(report) == pytest.approx([bleu(plain, ANSWERS, most) for most in (1, 2, 3, 4)])
    assert report.cider_d == pytest.approx(cider_d(cut, answers).mean())
    assert report.rouge_l == pytest.approx(100 * rouge_l(cut, answers).mean())
    assert 0 < report.bleu_4 < report.bleu_1 < 100


def test_shares_and_numbers_are_counted():
    report = measured(training=["Two men sit on a bench!", "a cat"])
    assert (report.examples, report.exact_match, report.empty, report.seen_in_training) == (4, 1 / 4, 1 / 4, 2 / 4)
    assert (report.unique_captions, report.unique_fraction) == (3, 3 / 4)
    # a black dog runs in the snow + two men sit on bench
    assert (report.vocabulary, report.mean_length) == (12, 19 / 4)


def test_answers_from_training_are_counted_only_if_asked():
    assert measured().seen_in_training is None
    assert "seen_in_training" not in measured().metrics()


def test_case_and_punctuation_make_no_difference():
    shouted = [f"  {answer.upper()} . " for answer in ANSWERS]
    assert measured(answers=shouted).metrics() == measured().metrics()


def test_right_answers_have_all_of_everything():
    references = [["a dog runs home now", "A dog runs home now."], ["two men sit on a bench"]]
    report = measured(references, [several[0] for several in references])
    assert [*scores(report), report.rouge_l] == pytest.approx([100] * 5)
    assert report.cider_d == pytest.approx(10)
    assert report.exact_match == 1


def test_nothing_but_empty_answers():
    report = measured(answers=["", " ", "...", ""])
    assert [*scores(report), report.cider_d, report.rouge_l, report.mean_length, report.vocabulary] == [0] * 8
    assert (report.empty, report.unique_captions) == (1, 1)
    json.loads(report.to_json())


def test_references_without_a_word_are_left_out():
    longer = [[*several, "...", ""] for several in REFERENCES]
    assert measured(longer).metrics() == measured().metrics()
    assert measured(longer).worst_examples[0].references[-1] == ""  # but shown


def test_baseline_is_measured_as_the_answers_are():
    other = ["a dog"] * 4
    report, alone = measured(baseline=other, training=["A dog"]), measured(answers=other, training=["A dog"])
    figures = alone.metrics()
    assert report.baseline == {name: value for name, value in figures.items() if name in report.baseline}
    assert set(report.baseline) == set(figures) - {"examples", "bleu_signature"}
    assert measured().baseline is None
    assert {name: value for name, value in report.metrics().items() if "baseline" not in name} == measured(
        training=["A dog"]
    ).metrics()


def test_worst_have_the_least_cider_and_then_the_least_in_common():
    references = [["a red dog"], ["a cat"], ["a blue cow"], ["a sea of green"]]
    report = measured(references, ["a red dog", "x", "a x", "a blue sea"], num_worst=3)
    # Of the images only, "a" says nothing: CIDEr-D is 0 for two of them, and ROUGE-L for one.
    assert [row.example for row in report.worst_examples] == [1, 2, 3]
    assert [row.cider_d == 0 for row in report.worst_examples] == [True, True, False]
    assert measured(num_worst=0).worst_examples == []


def test_rows_show_texts_as_they_were_given():
    row = next(row for row in measured().sample if row.example == 2)
    assert (row.references, row.answer) == (REFERENCES[2], ANSWERS[2])


def test_only_images_that_are_shown_are_kept():
    images = [b"%d" % number for number in range(100)]
    answers = [" ".join(["word"] * (1 + number % 7)) for number in range(100)]
    report = measured([["word word word", f"w{i}"] for i in range(100)], answers, images=images, num_worst=3)
    shown = {row.example for row in (*report.worst_examples, *report.sample)}
    assert report.images == {number: images[number] for number in shown}
    assert len(report.sample) == 10
    assert measured().images is None


@settings(deadline=None, max_examples=20)
@given(examples, st.randoms())
def test_order_of_images_makes_no_difference(pairs, shuffler):
    before = measured(*zip(*pairs, strict=True)).metrics()
    mixed = random.Random(shuffler.random()).sample(pairs, len(pairs))
    assert measured(*zip(*mixed, strict=True)).metrics() == pytest.approx(before)


def test_bytes_are_read():
    as_bytes = [[text.encode() for text in several] for several in REFERENCES]
    assert measured(as_bytes, [text.encode() for text in ANSWERS]) == measured()


def test_a_thousand_images_are_measured_while_one_waits():
    source = random.Random(1)
    words = [f"w{i}" for i in range(500)]
    references = [[" ".join(source.choices(words, k=11)) for _ in range(5)] for _ in range(1000)]
    answers = [several[0] for several in references[500:] + references[:500]]
    start = time.process_time()
    measured(references, answers)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": ANSWERS[:3]}, "caption_report: 4 references, 3 answers"),
        ({"baseline": ["a"]}, "4 references, 4 answers, 1 baseline"),
        ({"images": [b""]}, "4 references, 4 answers, 1 images"),
        ({"references": [], "answers": []}, "there is no example"),
        ({"references": [*REFERENCES[:3], []]}, "example 3 has no reference"),
        ({"references": [*REFERENCES[:3], ["!", ""]]}, r"example 3 has no reference with a word: \['!', ''\]"),
    ],
)
def test_lists_that_do_not_fit_are_told_of(changes, said):
    with pytest.raises(ValueError, match=said):
        measured(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": [*ANSWERS[:3], None]}, "caption_report: example 3 of answers is None, of type NoneType"),
        ({"answers": "one text"}, "answers is one text"),
        ({"references": [None, *REFERENCES[1:]]}, "references of example 0 are None"),
        ({"training": [3]}, "example 0 of training is 3"),
        ({"baseline": [3] * 4}, "example 0 of baseline is 3"),
    ],
)
def test_what_is_no_text_is_named(changes, said):
    with pytest.raises(TypeError, match=said):
        measured(**changes)


class Parrot:
    """Says of every image what it was told to."""

    def __init__(self, answers):
        self.answers = answers

    def read(self, dataset):
        return dataset["images"], dataset["captions"]

    def generate(self, images, progress=False):
        assert progress
        return [self.answers[image] for image in images]


TEST = {"images": [b"0", b"1", b"2", b"3"], "captions": REFERENCES}
TRAIN = {"images": [b"x", b"y"], "captions": [["A dog runs.", "a dog runs fast"], ["Two men sit on a bench"], ["cow"]]}
PARROT = Parrot(dict(zip(TEST["images"], ANSWERS, strict=True)))


def test_captioner_is_measured_on_what_it_reads():
    report = evaluate_captioner(PARROT, TEST, num_worst=2)
    assert report == measured(num_worst=2)
    assert report.images[report.worst_examples[0].example] == b"%d" % report.worst_examples[0].example


def test_baseline_of_a_captioner_says_the_same_of_every_image():
    report = evaluate_captioner(PARROT, TEST, baseline=TRAIN)
    assert (report.baseline["unique_captions"], report.baseline["seen_in_training"]) == (1, 1)
    one_for_all = measured(answers=["a dog runs"] * 4, training=[t for several in TRAIN["captions"] for t in several])
    other = measured(answers=["a dog runs fast"] * 4)
    assert report.baseline["bleu_1"] in (one_for_all.bleu_1, other.bleu_1)
    assert report.seen_in_training == 2 / 4


def test_captioner_is_not_asked_before_references_were_looked_at():
    class Unwilling(Parrot):
        def generate(self, images, progress=False):
            raise AssertionError("took long for nothing")

    for captions, said in ((None, "no captions"), ([["a"], ["!"], ["b"], ["c"]], "evaluate: example 1 has no")):
        with pytest.raises(ValueError, match=said):
            evaluate_captioner(Unwilling({}), {**TEST, "captions": captions})
    with pytest.raises(ValueError, match="example 0 has no reference with a word"):
        evaluate_captioner(Unwilling({}), TEST, baseline={"images": [b""], "captions": [["."]]})
    with pytest.raises(ValueError, match="no captions"):
        evaluate_captioner(Unwilling({}), TEST, baseline={"images": [b""], "captions": None})
