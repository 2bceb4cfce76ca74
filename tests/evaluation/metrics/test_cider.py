"""CIDEr-D against hand computation, and what must hold whatever the captions are."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics import cider as consensus
from rnn_templates.evaluation.metrics.cider import cider_d, consensus_caption


def cut(*captions):
    return [caption.split() for caption in captions]


OTHERS = [cut("two men sit"), cut("rain falls here")]


def test_equal_answer_of_four_words_has_ten_and_a_shorter_one_the_share_of_its_n_grams():
    references = [cut("a dog runs home", "a dog runs home"), cut("two men sit"), cut("rain falls"), cut("snow")]
    answers = cut("a dog runs home", "two men sit", "rain falls", "snow")
    np.testing.assert_allclose(cider_d(references, answers), [10, 7.5, 5, 2.5])


def test_score_by_hand():
    # Images: 3. Only "dog" is said of two of them. Every other n-gram has the weight log 3, "dog" has log 1.5.
    references = [cut("black dog"), cut("dog sits"), cut("rain")]
    rare, common = math.log(3), math.log(1.5)
    ones = common**2 / (math.hypot(rare, common) * common)
    expected = 10 * (ones / 4) * math.exp(-1 / 72)  # one word shorter, no n-gram of two words
    assert cider_d(references, cut("dog", "x", "x"))[0] == pytest.approx(expected)


def test_repeated_word_counts_no_more_often_than_in_the_reference():
    references = [cut("dog"), *OTHERS]
    # Answer (3 w) . reference (w), clipped to w: w * w / (3 w * w), two words too many.
    expected = 10 * (1 / 3) / 4 * math.exp(-4 / 72)
    assert cider_d(references, cut("dog dog dog", "x", "x"))[0] == pytest.approx(expected)


def test_words_said_of_every_image_count_nothing():
    references = [cut("a dog"), cut("a cat"), cut("a cow")]
    assert cider_d(references, cut("a", "a", "a")).tolist() == [0, 0, 0]
    assert cider_d([cut("a dog")], cut("a dog")).tolist() == [0]  # nothing is rare in a single image


def test_n_gram_is_counted_once_an_image_however_many_references_say_it():
    once = cider_d([cut("dog runs"), cut("cat"), cut("dog")], cut("dog", "x", "x"))[0]
    thrice = cider_d([cut("dog runs", "dog runs", "dog runs"), cut("cat"), cut("dog")], cut("dog", "x", "x"))[0]
    assert once == pytest.approx(thrice)


def test_answer_is_measured_by_the_mean_over_references_not_the_best():
    references = [cut("black dog", "red cow"), *OTHERS]
    assert cider_d(references, cut("black dog", "x", "x"))[0] == pytest.approx(5 / 2)


def test_empty_answer_has_nothing():
    assert cider_d([cut("a dog"), *OTHERS], [[], [], []]).tolist() == [0, 0, 0]


def dense(references, answers):
    """CIDEr-D by dense vectors, after the formulas (2) to (5) of the paper and its section 6."""

    def counts(words, n):
        return Counter(zip(*(words[i:] for i in range(n)), strict=False))

    scores = np.zeros(len(answers))
    for n in (1, 2, 3, 4):
        every = sorted({g for several in references for words in several for g in counts(words, n)})
        every += sorted({g for words in answers for g in counts(words, n)} - set(every))
        if not every:
            continue
        said = np.array([sum(any(g in counts(words, n) for words in several) for several in references) for g in every])
        weight = np.log(len(references) / np.maximum(said, 1))

        def vector(words, n=n, every=every, weight=weight):
            found = counts(words, n)
            return np.array([found[g] for g in every]) * weight

        for i, (several, words) in enumerate(zip(references, answers, strict=True)):
            answer = vector(words)
            for reference in several:
                other = vector(reference)
                length = np.linalg.norm(answer) * np.linalg.norm(other)
                cosine = np.minimum(answer, other) @ other / length if length else 0
                penalty = np.exp(-((len(words) - len(reference)) ** 2) / (2 * 6**2))
                scores[i] += 10 * penalty * cosine / len(several) / 4
    return scores


captions = st.lists(st.sampled_from(["a", "dog", "runs", "red"]), max_size=9)
images = st.lists(st.tuples(st.lists(captions, min_size=1, max_size=3), captions), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(images)
def test_scores_are_those_of_dense_vectors(examples):
    references, answers = zip(*examples, strict=True)
    np.testing.assert_allclose(cider_d(references, answers), dense(references, answers), atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(images, st.randoms())
def test_order_of_images_and_references_makes_no_difference(examples, shuffler):
    scores = cider_d(*zip(*examples, strict=True))
    order = random.Random(shuffler.random()).sample(range(len(examples)), len(examples))
    mixed = [(examples[i][0][::-1], examples[i][1]) for i in order]
    np.testing.assert_allclose(cider_d(*zip(*mixed, strict=True)), scores[order], atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(captions, captions, st.integers(1, 4))
def test_nothing_scores_higher_than_what_all_references_say(reference, answer, people):
    references = [[reference] * people, *OTHERS]
    right, other = (cider_d(references, [words, [], []])[0] for words in (reference, answer))
    assert 0 <= other <= right + 1e-9 <= 10 + 1e-8


@settings(deadline=None, max_examples=30)
@given(images, st.integers(2, 4))
def test_saying_every_reference_more_often_changes_nothing(examples, times):
    references, answers = zip(*examples, strict=True)
    again = [several * times for several in references]
    np.testing.assert_allclose(cider_d(again, answers), cider_d(references, answers), atol=1e-12)


def test_most_consensual_caption_has_the_highest_mean_cosine():
    source = random.Random(3)
    words = ["a", "dog", "man", "runs", "red", "green", "the", "sea"]
    references = [[source.choices(words, k=source.randint(1, 7)) for _ in range(3)] for _ in range(20)]
    flat = [caption for several in references for caption in several]
    said = Counter(g for several in references for g in {g for caption in several for g in grams(caption)})

    def vectors(caption):
        """One of length 1 for every length of n-grams, side by side."""
        parts = []
        for n in (1, 2, 3, 4):
            found = Counter(g for g in grams(caption) if len(g) == n)
            part = {g: count * math.log(20 / said[g]) for g, count in found.items()}
            norm = math.sqrt(sum(weight**2 for weight in part.values())) or 1
            parts.append({g: weight / norm for g, weight in part.items()})
        return {g: weight for part in parts for g, weight in part.items()}

    every = [vectors(caption) for caption in flat]
    means = [sum(weight * other.get(g, 0) for other in every for g, weight in mine.items()) for mine in every]
    assert consensus_caption(references) == flat[int(np.argmax(means))]


def grams(words):
    return [tuple(words[i : i + n]) for n in (1, 2, 3, 4) for i in range(len(words) - n + 1)]


def test_most_consensual_of_many_is_found_among_some_of_them(monkeypatch):
    monkeypatch.setattr(consensus, "SAMPLE", 2)
    references = [cut("one a"), cut("two a b"), cut("three a b"), cut("four"), cut("five")]
    assert consensus_caption(references) in cut("one a", "four")


def test_most_consensual_is_never_an_empty_caption():
    assert consensus_caption([[[]], [[], ["dog"]]]) == ["dog"]
