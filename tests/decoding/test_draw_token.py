"""Random draws of tokens in integer arithmetic."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.decoding.decoder_step import NEG_INF
from rnn_templates.decoding.draw_token import MODULUS, ROUNDS, draw_token, portable_sample, uniform_draw

LOGITS = np.log(np.array([[0.1, 0.45, 0.05, 0.25, 0.15]], "float32"))


@tf.function
def uniforms(seeds, steps):
    return tf.map_fn(lambda pair: uniform_draw(pair[0], pair[1]), (seeds, steps), fn_output_signature=tf.float32)


@tf.function
def tokens(seed, steps, **options):
    return tf.map_fn(lambda t: draw_token(tf.constant(LOGITS), t, seed=seed, **options)[0], steps)


def reference(seed, t):
    """The recurrence of the docstring in Python's integers."""
    (a, b), *_ = ROUNDS
    x = (a * seed + b * t + 1) % MODULUS
    for number, (a, b) in enumerate(ROUNDS, start=1):
        x = (a * x + b) * (x + t + number) % MODULUS
    return x / MODULUS


def test_draws_are_those_of_the_recurrence_in_exact_integers():
    for seed, t in ((0, 0), (1, 5), (2**31 - 1, 10**6), (123456789, 3)):
        assert float(uniform_draw(seed, t)) == pytest.approx(min(reference(seed, t), 1 - 2**-24), abs=1e-7)


def test_draws_are_uniform_and_neither_steps_nor_seeds_are_correlated():
    seeds, steps = np.meshgrid(np.arange(100), np.arange(100), indexing="ij")
    draws = uniforms(seeds.ravel().astype("int32"), steps.ravel().astype("int32")).numpy().reshape(100, 100)
    counts, _ = np.histogram(draws, bins=20, range=(0, 1))
    assert ((counts - 500) ** 2 / 500).sum() < 45  # chi-square of 19 degrees of freedom, p about 0.0007
    for other in (draws[:, 1:], draws[1:]):
        near = draws[: other.shape[0], : other.shape[1]]
        assert abs(np.corrcoef(near.ravel(), other.ravel())[0, 1]) < 0.04
    assert draws.min() >= 0 and draws.max() < 1


def test_frequencies_are_the_probabilities_with_temperature_top_k_and_top_p():
    steps = tf.range(4000)
    probabilities = np.exp(LOGITS[0])
    for options, allowed, power in (
        ({}, [0, 1, 2, 3, 4], 1.0),
        ({"temperature": 0.5}, [0, 1, 2, 3, 4], 2.0),
        ({"top_k": 2}, [1, 3], 1.0),
        ({"top_p": 0.6}, [1, 3], 1.0),  # 0.45 + 0.25 is the first sum of at least 0.6
        ({"top_p": 0.4}, [1], 1.0),
        ({"top_k": 3, "top_p": 0.9}, [1, 3, 4], 1.0),
    ):
        expected = np.zeros(5)
        expected[allowed] = probabilities[allowed] ** power
        expected /= expected.sum()
        frequencies = np.bincount(tokens(11, steps, **options).numpy(), minlength=5) / 4000
        np.testing.assert_allclose(frequencies, expected, atol=0.03, err_msg=str(options))
        assert not frequencies[expected == 0].any(), options


def test_a_banned_token_is_never_drawn_at_a_high_temperature_and_extreme_draws_are_valid():
    logits = tf.constant([[NEG_INF, 0.0, NEG_INF, 1.0]])
    drawn = {int(draw_token(logits, t, seed=5, temperature=1e6)[0]) for t in range(40)}
    assert drawn == {1, 3}
    assert int(draw_token(tf.constant([[0.0, 200.0]]), 0, seed=1, temperature=1e-9)[0]) == 1


def test_options_out_of_range_are_named():
    def step(last, memory, states):
        return tf.zeros((1, 4)), states

    for name, value in (("temperature", 0.0), ("top_k", -1), ("top_p", 0.0), ("top_p", 1.5), ("top_k", 1.5)):
        with pytest.raises(ValueError, match=f"`{name}`"):
            portable_sample(step, None, tf.zeros((1, 1)), start_id=0, end_id=1, max_length=3, **{name: value})
