"""The Witten-Bell n-gram model beside its definition."""

from collections import Counter, defaultdict

import numpy as np

from rnn_templates.evaluation.baselines.ngram import WittenBell, witten_bell_baseline

RNG = np.random.default_rng(0)
TRAIN, TEST = RNG.integers(0, 5, 300), RNG.integers(0, 6, 60)


def probability(train, history, word, size):
    """The recurrence of the docstring, by dictionaries."""
    if history is None:
        return 1 / size
    after = defaultdict(Counter)
    for position in range(len(history), len(train)):
        after[tuple(train[position - len(history) : position])][train[position]] += 1
    shorter = probability(train, history[1:] if history else None, word, size)
    counts = after[tuple(history)]
    types, total = len(counts), sum(counts.values())
    return (counts[word] + types * shorter) / (total + types) if total else shorter


def test_probabilities_are_those_of_the_recurrence_and_sum_to_one():
    model = WittenBell(TRAIN, 6, order=3)
    found = np.exp(model.log_probs(TEST))
    for position, word in enumerate(TEST):
        history = tuple(TEST[max(0, position - 2) : position])
        np.testing.assert_allclose(found[position], probability(tuple(TRAIN), history, word, 6), rtol=1e-12)
    start = TEST[:2].tolist()
    total = sum(np.exp(model.log_probs(np.array([*start, word]))[2]) for word in range(6))
    np.testing.assert_allclose(total, 1, rtol=1e-12)


def test_metrics_are_by_character_and_by_token():
    metrics = witten_bell_baseline([TRAIN], [TEST], 6, np.full(6, 2.0), order=1)
    nats = -WittenBell(TRAIN, 6, 1).log_probs(TEST).mean()
    np.testing.assert_allclose(metrics["nats_per_character"], nats / 2)
    np.testing.assert_allclose(metrics["bits_per_character"], nats / 2 / np.log(2))
    np.testing.assert_allclose(metrics["perplexity"], np.exp(nats))


def test_the_five_gram_model_of_tiny_shakespeare_has_the_known_loss(shared_data):
    text = np.frombuffer((shared_data / "tfds_manual" / "input.txt").read_bytes(), np.uint8)
    start = int(0.9 * len(text))
    metrics = witten_bell_baseline([text[:start]], [text[start:]], 65, np.ones(256), order=5)
    assert abs(metrics["nats_per_character"] - 1.669) < 0.001
