"""Chains of tokens for truncated backpropagation through time."""

import numpy as np
import pytest

from rnn_templates.data.token_chains import TokenChains

TEXTS = [np.array([*range(3, 40), 2]), np.array([50, 51, 52, 2]), np.array([*range(60, 99), 2])]


def read(chains, epoch=0):
    """The inputs, targets and weights of an epoch, each (chains, time)."""
    batches = list(chains.windows(epoch))
    assert [bool(inputs["first"].all()) for inputs, _, _ in batches] == [True] + [False] * (len(batches) - 1)
    assert not any(inputs["first"].any() for inputs, _, _ in batches[1:])
    return [
        np.concatenate(parts, axis=1)
        for parts in ([i["ids"] for i, _, _ in batches], *list(zip(*batches, strict=True))[1:])
    ]


@pytest.mark.parametrize("batch_size", [1, 3, 7])
@pytest.mark.parametrize("shuffle", [False, True])
def test_every_token_is_a_target_once_and_its_input_is_the_token_before(batch_size, shuffle):
    chains = TokenChains(TEXTS, batch_size=batch_size, window_length=8, shuffle=shuffle, seed=3)
    inputs, targets, weights = read(chains)
    stream = targets[weights > 0]  # chains one after the other
    assert sorted(stream) == sorted(np.concatenate(TEXTS))
    np.testing.assert_array_equal(inputs[weights > 0], np.roll(stream, 1))
    for text in TEXTS:  # in one piece, up to the rotation of the stream
        circle = "|".join(map(str, [*stream, *stream]))
        assert "|".join(map(str, text)) in circle
    assert not targets[weights == 0].any()


def test_epochs_have_their_own_order_that_depends_on_the_seed_alone():
    orders = [
        [read(TokenChains(TEXTS, batch_size=2, window_length=8, shuffle=True, seed=seed), epoch)[1] for epoch in (0, 1)]
        for seed in (3, 3, 4)
    ]
    np.testing.assert_array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0][0], orders[0][1]) and not np.array_equal(orders[0][0], orders[2][0])
    chains = TokenChains(TEXTS, batch_size=2, window_length=8, shuffle=True, seed=3)
    resumed = next(iter(chains.dataset(first_epoch=1)))
    np.testing.assert_array_equal(resumed[1], next(chains.windows(1))[1])


def test_weights_of_texts_are_those_of_their_tokens():
    chains = TokenChains(TEXTS, [1.0, 0.0, 2.0], batch_size=2, window_length=8, shuffle=True)
    _, targets, weights = read(chains)
    assert set(weights[(targets >= 50) & (targets < 53)]) == {0.0} and set(weights[targets >= 60]) == {2.0}


def test_short_texts_have_fewer_chains_and_shorter_windows():
    chains = TokenChains([np.array([3, 4, 5, 2])], batch_size=32, window_length=128)
    assert (chains.num_chains, chains.window_length, len(chains)) == (1, 4, 1)
    chains = TokenChains(TEXTS, batch_size=32, window_length=16)
    assert chains.num_chains == 5 and chains.window_length <= 17
    for texts in ([], [np.array([2])]):
        with pytest.raises(ValueError, match="two or more tokens"):
            TokenChains(texts)
