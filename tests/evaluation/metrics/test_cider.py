"""CIDEr-D against hand computation, an independent implementation, and its invariants."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.cider import cider_d


def cut(*captions):
    return [caption.split() for caption in captions]


OTHERS = [cut("two men sit"), cut("rain falls here")]


def test_a_copy_of_the_reference_has_ten_if_it_has_n_grams_of_all_orders():
    references = [cut("a dog runs home", "a dog runs home"), cut("two men sit"), cut("rain falls"), cut("snow")]
    candidates = cut("a dog runs home", "two men sit", "rain falls", "snow")
    np.testing.assert_allclose(cider_d(references, candidates), [10, 7.5, 5, 2.5])


def test_score_by_hand():
    # 3 images. "dog" occurs with two of them and has the weight log 1.5, every other n-gram log 3.
    references = [cut("black dog"), cut("dog sits"), cut("rain")]
    rare, common = math.log(3), math.log(1.5)
    ones = common**2 / (math.hypot(rare, common) * common)
    expected = 10 * (ones / 4) * math.exp(-1 / 72)  # one word shorter, no n-gram of two words
    assert cider_d(references, cut("dog", "x", "x"))[0] == pytest.approx(expected)


def test_counts_are_clipped_to_those_of_the_reference():
    references = [cut("dog"), *OTHERS]
    # Candidate (3 w) . reference (w), clipped to w: w * w / (3 w * w); the lengths differ by two.
    expected = 10 * (1 / 3) / 4 * math.exp(-4 / 72)
    assert cider_d(references, cut("dog dog dog", "x", "x"))[0] == pytest.approx(expected)


def test_words_of_every_image_have_no_weight():
    references = [cut("a dog"), cut("a cat"), cut("a cow")]
    assert cider_d(references, cut("a", "a", "a")).tolist() == [0, 0, 0]
    assert cider_d([cut("a dog")], cut("a dog")).tolist() == [0]  # log(1 / 1)


def test_the_document_frequency_counts_images_not_references():
    once = cider_d([cut("dog runs"), cut("cat"), cut("dog")], cut("dog", "x", "x"))[0]
    thrice = cider_d([cut("dog runs", "dog runs", "dog runs"), cut("cat"), cut("dog")], cut("dog", "x", "x"))[0]
    assert once == pytest.approx(thrice)


def test_the_score_is_the_mean_over_references():
    references = [cut("black dog", "red cow"), *OTHERS]
    assert cider_d(references, cut("black dog", "x", "x"))[0] == pytest.approx(5 / 2)


def test_an_empty_candidate_has_zero():
    assert cider_d([cut("a dog"), *OTHERS], [[], [], []]).tolist() == [0, 0, 0]


def dense(references, candidates):
    """CIDEr-D by dense vectors, after the formulas (2) to (5) of the paper and its section 6."""

    def counts(words, n):
        return Counter(zip(*(words[i:] for i in range(n)), strict=False))

    scores = np.zeros(len(candidates))
    for n in (1, 2, 3, 4):
        every = sorted({g for several in references for words in several for g in counts(words, n)})
        every += sorted({g for words in candidates for g in counts(words, n)} - set(every))
        if not every:
            continue
        frequency = np.array(
            [sum(any(g in counts(words, n) for words in several) for several in references) for g in every]
        )
        weight = np.log(len(references) / np.maximum(frequency, 1))

        def vector(words, n=n, every=every, weight=weight):
            found = counts(words, n)
            return np.array([found[g] for g in every]) * weight

        for i, (several, words) in enumerate(zip(references, candidates, strict=True)):
            candidate = vector(words)
            for reference in several:
                other = vector(reference)
                length = np.linalg.norm(candidate) * np.linalg.norm(other)
                cosine = np.minimum(candidate, other) @ other / length if length else 0
                penalty = np.exp(-((len(words) - len(reference)) ** 2) / (2 * 6**2))
                scores[i] += 10 * penalty * cosine / len(several) / 4
    return scores


captions = st.lists(st.sampled_from(["a", "dog", "runs", "red"]), max_size=9)
images = st.lists(st.tuples(st.lists(captions, min_size=1, max_size=3), captions), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(images)
def test_scores_equal_those_of_dense_vectors(examples):
    references, candidates = zip(*examples, strict=True)
    np.testing.assert_allclose(cider_d(references, candidates), dense(references, candidates), atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(images, st.randoms())
def test_the_order_of_images_and_references_has_no_effect(examples, shuffler):
    scores = cider_d(*zip(*examples, strict=True))
    order = random.Random(shuffler.random()).sample(range(len(examples)), len(examples))
    mixed = [(examples[i][0][::-1], examples[i][1]) for i in order]
    np.testing.assert_allclose(cider_d(*zip(*mixed, strict=True)), scores[order], atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(captions, captions, st.integers(1, 4))
def test_no_caption_scores_higher_than_a_copy_of_equal_references(reference, candidate, people):
    references = [[reference] * people, *OTHERS]
    copy, other = (cider_d(references, [words, [], []])[0] for words in (reference, candidate))
    assert 0 <= other <= copy + 1e-9 <= 10 + 1e-8


@settings(deadline=None, max_examples=30)
@given(images, st.integers(2, 4))
def test_repeated_references_have_no_effect(examples, times):
    references, candidates = zip(*examples, strict=True)
    again = [several * times for several in references]
    np.testing.assert_allclose(cider_d(again, candidates), cider_d(references, candidates), atol=1e-12)
