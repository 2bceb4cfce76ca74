"""The Kneser-Ney n-gram model beside its definition."""

import gzip
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.baselines.ngram import KneserNey, ngram_baseline

RNG = np.random.default_rng(0)
TRAIN, TEST = RNG.integers(0, 5, 300), RNG.integers(0, 6, 60)


class Reference:
    """The formulas of the docstring, by dictionaries."""

    def __init__(self, train, size, order):
        self.size, self.counts = size, {}
        grams = {n: [tuple(train[i : i + n]) for i in range(len(train) - n + 1)] for n in range(1, order + 1)}
        self.counts[order] = Counter(grams[order])
        for n in range(1, order):
            self.counts[n] = Counter(gram[1:] for gram in set(grams[n + 1]))
        self.discounts = {n: self.discount(Counter(counts.values())) for n, counts in self.counts.items()}

    @staticmethod
    def discount(numbers):
        if not numbers[1] or not numbers[2]:
            return 0, 0.5, 0.5, 0.5
        ratio = numbers[1] / (numbers[1] + 2 * numbers[2])
        found = [0]
        for count in (1, 2, 3):
            value = count - (count + 1) * ratio * numbers[count + 1] / numbers[count] if numbers[count] else 0.5
            found.append(min(max(value, 0.1), count))
        return found

    def probability(self, history, word):
        counts, discounts = self.counts[len(history) + 1], self.discounts[len(history) + 1]
        shorter = self.probability(history[1:], word) if history else 1 / self.size
        after = {gram[-1]: count for gram, count in counts.items() if gram[:-1] == history}
        if not after:
            return shorter
        mass = sum(discounts[min(3, count)] for count in after.values())
        rest = after.get(word, 0) - discounts[min(3, after.get(word, 0))]
        return (rest + mass * shorter) / sum(after.values())


def check(train, test, size, order):
    found = np.exp(KneserNey(np.array(train), size, order).log_probs(np.array(test)))
    reference = Reference(list(train), size, order)
    for position, word in enumerate(test):
        history = tuple(test[max(0, position - order + 1) : position])
        np.testing.assert_allclose(found[position], reference.probability(history, word), rtol=1e-12)


def test_probabilities_are_those_of_the_definition():
    check(TRAIN.tolist(), TEST.tolist(), 6, 3)
    check([0, 1, 0, 1, 0], [0, 1], 2, 2)
    np.testing.assert_allclose(np.exp(KneserNey(np.array([0, 1, 0, 1, 0]), 2, 2).log_probs(np.array([0, 1])))[1], 0.875)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.lists(st.integers(0, 4), max_size=5), st.integers(1, 4))
def test_probabilities_of_all_tokens_after_any_history_are_positive_and_sum_to_one(train, history, order):
    model = KneserNey(np.array(train), 5, order)
    found = [np.exp(model.log_probs(np.array([*history, word]))[-1]) for word in range(5)]
    assert min(found) > 0
    np.testing.assert_allclose(sum(found), 1, rtol=1e-12)
    if len(train) > order:
        check(train, [*history, 0], 5, order)


def test_metrics_are_by_character_and_by_token():
    metrics = ngram_baseline([TRAIN], [TEST], 6, np.full(6, 2.0), order=1)
    nats = -KneserNey(TRAIN, 6, 1).log_probs(TEST).mean()
    np.testing.assert_allclose(metrics["nats_per_character"], nats / 2)
    np.testing.assert_allclose(metrics["bits_per_character"], nats / 2 / np.log(2))
    np.testing.assert_allclose(metrics["perplexity"], np.exp(nats))


@pytest.mark.slow
def test_words_of_the_penn_treebank_have_the_published_perplexity(shared_data):
    """141.2 of a 5-gram model with Kneser-Ney smoothing on the test part (Mikolov and Zweig, SLT 2012)."""
    folder = shared_data / "language_model" / "ptb"
    texts = [gzip.decompress((folder / f"ptb.{name}.txt.gz").read_bytes()).decode() for name in ("train", "test")]
    parts = [text.replace("\n", " <eos> ") for text in texts]
    ids = {word: number for number, word in enumerate(dict.fromkeys(parts[0].split()))}
    train, test = (np.array([ids[word] for word in part.split()]) for part in parts)
    metrics = ngram_baseline([train], [test], len(ids), np.ones(len(ids)), order=5)
    assert abs(metrics["perplexity"] - 141.2) < 2
