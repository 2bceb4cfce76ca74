"""`caption_report` against cases counted by hand and an independent BLEU."""

import json
import math
import random
import re
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
CANDIDATES = ["a black dog runs in the snow", "two men sit on a bench", "two men sit on a bench", ""]


def report_of(references=REFERENCES, candidates=CANDIDATES, **options):
    return caption_report(references, candidates, **options)


def bleu(references, candidates, most):
    """Unsmoothed corpus BLEU in percent points, of words split at spaces."""
    right, all_of, length, wanted = [0] * most, [0] * most, 0, 0
    for several, candidate in zip(references, candidates, strict=True):
        several, candidate = [reference.split() for reference in several], candidate.split()
        length += len(candidate)
        wanted += min((abs(len(r) - len(candidate)), len(r)) for r in several)[1]
        for n in range(1, most + 1):
            grams = [Counter(zip(*(words[i:] for i in range(n)), strict=False)) for words in (candidate, *several)]
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
def test_bleu_of_every_order_equals_an_independent_one(pairs):
    references, candidates = zip(*pairs, strict=True)
    expected = [bleu(references, candidates, most) for most in (1, 2, 3, 4)]
    assert scores(report_of(references, candidates)) == pytest.approx(expected, abs=1e-9)


def test_signature_has_the_settings_of_sacrebleu():
    version = f"version:{sacrebleu.__version__}"
    assert report_of().bleu_signature == f"nrefs:var|case:mixed|eff:no|tok:none|smooth:none|{version}"


def test_scores_are_means_over_normalized_captions():
    plain = [
        ["a black dog runs through the snow", "the dog is running in snow", "dog in the snow"],
        ["two men sit on a bench"],
        ["a girl plays croquet next to a truck", "a little girl a truck"],
        ["rain", "it rains on the street"],
    ]
    cut, candidates = [[text.split() for text in several] for several in plain], [text.split() for text in CANDIDATES]
    report = report_of()
    assert scores(report) == pytest.approx([bleu(plain, CANDIDATES, most) for most in (1, 2, 3, 4)])
    assert report.cider_d == pytest.approx(cider_d(cut, candidates).mean())
    assert report.rouge_l == pytest.approx(100 * rouge_l(cut, candidates).mean())
    assert 0 < report.bleu_4 < report.bleu_1 < 100


def test_fractions_and_counts():
    report = report_of(training_texts=["Two men sit on a bench!", "a cat"])
    assert (report.examples, report.exact_match, report.empty, report.seen_in_training) == (4, 1 / 4, 1 / 4, 2 / 4)
    assert (report.unique_captions, report.unique_fraction) == (3, 3 / 4)
    # a black dog runs in the snow + two men sit on bench
    assert (report.vocabulary, report.mean_length) == (12, 19 / 4)


def test_training_captions_are_counted_only_if_given():
    assert report_of().seen_in_training is None
    assert "seen_in_training" not in report_of().metrics()


def test_case_and_punctuation_have_no_effect():
    shouted = [f"  {candidate.upper()} . " for candidate in CANDIDATES]
    assert report_of(candidates=shouted).metrics() == report_of().metrics()


def test_correct_captions_have_the_maximum():
    references = [["a dog runs home now", "A dog runs home now."], ["two men sit on a bench"]]
    report = report_of(references, [several[0] for several in references])
    assert [*scores(report), report.rouge_l] == pytest.approx([100] * 5)
    assert report.cider_d == pytest.approx(10)
    assert report.exact_match == 1


def test_empty_captions():
    report = report_of(candidates=["", " ", "...", ""])
    assert [*scores(report), report.cider_d, report.rouge_l, report.mean_length, report.vocabulary] == [0] * 8
    assert (report.empty, report.unique_captions) == (1, 1)
    json.loads(report.to_json())


def test_references_without_a_word_are_left_out():
    longer = [[*several, "...", ""] for several in REFERENCES]
    assert report_of(longer).metrics() == report_of().metrics()
    assert report_of(longer).worst_examples[0].references[-1] == ""  # but the row has them


def test_the_baseline_has_the_same_metrics():
    other = ["a dog"] * 4
    report, alone = (
        report_of(baseline=other, training_texts=["A dog"]),
        report_of(candidates=other, training_texts=["A dog"]),
    )
    metrics = alone.metrics()
    assert report.baseline == {name: value for name, value in metrics.items() if name in report.baseline}
    assert set(report.baseline) == set(metrics) - {"examples", "bleu_signature"}
    assert report_of().baseline is None
    assert {name: value for name, value in report.metrics().items() if "baseline" not in name} == report_of(
        training_texts=["A dog"]
    ).metrics()


def test_worst_examples_have_the_lowest_cider_then_the_lowest_rouge():
    references = [["a red dog"], ["a cat"], ["a blue cow"], ["a sea of green"]]
    report = report_of(references, ["a red dog", "x", "a x", "a blue sea"], num_worst=3)
    # "a" occurs with every image: CIDEr-D is 0 for two of them, and ROUGE-L for one.
    assert [row.index for row in report.worst_examples] == [1, 2, 3]
    assert [row.cider_d == 0 for row in report.worst_examples] == [True, True, False]
    assert report_of(num_worst=0).worst_examples == []


def test_rows_have_the_original_texts():
    row = next(row for row in report_of().sample if row.index == 2)
    assert (row.references, row.candidate) == (REFERENCES[2], CANDIDATES[2])


def test_only_images_of_rows_are_kept():
    images = [b"%d" % number for number in range(100)]
    candidates = [" ".join(["word"] * (1 + number % 7)) for number in range(100)]
    report = report_of([["word word word", f"w{i}"] for i in range(100)], candidates, images=images, num_worst=3)
    shown = {row.index for row in (*report.worst_examples, *report.sample)}
    assert report.images == {number: images[number] for number in shown}
    assert len(report.sample) == 10
    assert report_of().images is None


@settings(deadline=None, max_examples=20)
@given(examples, st.randoms())
def test_the_order_of_images_has_no_effect(pairs, shuffler):
    before = report_of(*zip(*pairs, strict=True)).metrics()
    mixed = random.Random(shuffler.random()).sample(pairs, len(pairs))
    assert report_of(*zip(*mixed, strict=True)).metrics() == pytest.approx(before)


def test_bytes_are_decoded():
    as_bytes = [[text.encode() for text in several] for several in REFERENCES]
    assert report_of(as_bytes, [text.encode() for text in CANDIDATES]) == report_of()


def test_a_thousand_images_take_less_than_five_seconds():
    source = random.Random(1)
    words = [f"w{i}" for i in range(500)]
    references = [[" ".join(source.choices(words, k=11)) for _ in range(5)] for _ in range(1000)]
    candidates = [several[0] for several in references[500:] + references[:500]]
    start = time.process_time()
    report_of(references, candidates)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"candidates": CANDIDATES[:3]}, "4 `references`, 3 `candidates`"),
        ({"baseline": ["a"]}, "4 `references`, 4 `candidates`, 1 `baseline`"),
        ({"images": [b""]}, "1 `images`"),
        ({"references": [], "candidates": []}, "`candidates` must not be empty"),
        ({"references": [*REFERENCES[:3], []]}, r"`references\[3\]`"),
        ({"references": [*REFERENCES[:3], ["!", ""]]}, r"`references\[3\]` .*\['!', ''\]"),
    ],
)
def test_lists_that_do_not_fit_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        report_of(**changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"candidates": [*CANDIDATES[:3], None]}, "candidates[3]"),
        ({"candidates": "one text"}, "candidates"),
        ({"references": [None, *REFERENCES[1:]]}, "references[0]"),
        ({"training_texts": [3]}, "training_texts[0]"),
        ({"baseline": [3] * 4}, "baseline[0]"),
    ],
)
def test_items_that_are_no_texts_are_named(changes, name):
    with pytest.raises(TypeError, match=f"`{re.escape(name)}`"):
        report_of(**changes)


class FixedCaptioner:
    """A captioner with fixed captions."""

    def __init__(self, captions):
        self.captions = captions

    def read_examples(self, dataset):
        return dataset["images"], dataset["captions"]

    def generate(self, images, progress=False):
        assert progress
        return [self.captions[image] for image in images]


TEST = {"images": [b"0", b"1", b"2", b"3"], "captions": REFERENCES}
TRAIN = {"images": [b"x", b"y"], "captions": [["A dog runs.", "a dog runs fast"], ["Two men sit on a bench"], ["cow"]]}
MODEL = FixedCaptioner(dict(zip(TEST["images"], CANDIDATES, strict=True)))


def test_a_captioner_is_evaluated_on_the_images_of_the_dataset():
    report = evaluate_captioner(MODEL, TEST, num_worst=2)
    assert report == report_of(num_worst=2)
    assert report.images[report.worst_examples[0].index] == b"%d" % report.worst_examples[0].index


def test_the_baseline_of_a_captioner_is_one_caption_for_every_image():
    report = evaluate_captioner(MODEL, TEST, baseline=TRAIN)
    assert (report.baseline["unique_captions"], report.baseline["seen_in_training"]) == (1, 1)
    one = report_of(candidates=["a dog runs"] * 4, training_texts=[t for texts in TRAIN["captions"] for t in texts])
    other = report_of(candidates=["a dog runs fast"] * 4)
    assert report.baseline["bleu_1"] in (one.bleu_1, other.bleu_1)
    assert report.seen_in_training == 2 / 4


def test_references_are_checked_before_captions_are_generated():
    class NotCalled(FixedCaptioner):
        def generate(self, images, progress=False):
            raise AssertionError("the check comes too late")

    for captions, message in ((None, "`dataset`"), ([["a"], ["!"], ["b"], ["c"]], r"`references\[1\]`")):
        with pytest.raises(ValueError, match=message):
            evaluate_captioner(NotCalled({}), {**TEST, "captions": captions})
    with pytest.raises(ValueError, match=r"`references\[0\]`"):
        evaluate_captioner(NotCalled({}), TEST, baseline={"images": [b""], "captions": [["."]]})
    with pytest.raises(ValueError, match="`dataset`"):
        evaluate_captioner(NotCalled({}), TEST, baseline={"images": [b""], "captions": None})
