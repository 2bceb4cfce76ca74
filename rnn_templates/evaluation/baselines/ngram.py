"""Baseline of language models: an interpolated n-gram model of tokens."""

import numpy as np

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd; keys of n-grams are polynomials in it, modulo 2^64


class WittenBell:
    """Interpolated n-gram model with Witten-Bell smoothing.

        P(w | h) = (c(h w) + T(h) P(w | h')) / (c(h) + T(h)),   P(w) at the end uniform over the vocabulary

    h is the history of at most `order` - 1 tokens, h' the history without its first token, c a count, and T(h) the
    number of different tokens after h.

    Args:
        tokens: (time,) int array; the training tokens, as one stream.
        vocabulary_size: positive int; number of tokens that can occur.
        order: positive int; n.

    Source:
        Witten and Bell, The zero-frequency problem, IEEE Transactions on Information Theory 37(4), 1991; Chen and
        Goodman, An empirical study of smoothing techniques for language modeling, 1998.

    Example:
        >>> from rnn_templates.evaluation.baselines.ngram import WittenBell
        >>> model = WittenBell(np.array([0, 1, 0, 1, 0]), vocabulary_size=2, order=2)
        >>> np.exp(model.log_probs(np.array([0, 1]))).round(3).tolist()
        [0.571, 0.81]
    """

    def __init__(self, tokens, vocabulary_size, order=5):
        self.vocabulary_size = vocabulary_size
        tokens = np.asarray(tokens)
        self._grams, self._histories = [], []
        for length in range(1, order + 1):
            history, gram = _keys(tokens, length)
            grams, first, counts = np.unique(gram[length - 1 :], return_index=True, return_counts=True)
            self._grams.append((grams, counts))
            own = history[length - 1 :][first]
            histories, inverse = np.unique(own, return_inverse=True)
            types = np.bincount(inverse, minlength=len(histories))
            totals = np.bincount(inverse, weights=counts, minlength=len(histories))
            self._histories.append((histories, types, totals))

    def log_probs(self, tokens):
        """Returns the log-probability of each token of a text, given those before it; float64 (time,).

        Args:
            tokens: (time,) int array.
        """
        tokens = np.asarray(tokens)
        probabilities = np.full(len(tokens), 1 / self.vocabulary_size)
        for length, (grams, histories) in enumerate(zip(self._grams, self._histories, strict=True), start=1):
            history, gram = _keys(tokens, length)
            counts = _look_up(grams[0], gram, grams[1])
            types, totals = (_look_up(histories[0], history, values) for values in histories[1:])
            known = (np.arange(len(tokens)) >= length - 1) & (totals > 0)  # else the shorter history alone
            mixed = (counts + types * probabilities) / np.maximum(totals + types, 1)
            probabilities = np.where(known, mixed, probabilities)
        return np.log(probabilities)


def _keys(tokens, length):
    """Keys of the histories of `length` - 1 tokens before each token, and of the n-grams with it."""
    history = np.zeros(len(tokens), np.uint64)
    values = tokens.astype(np.uint64) + np.uint64(1)
    with np.errstate(over="ignore"):
        for distance in range(length - 1, 0, -1):
            shifted = np.zeros_like(values)
            shifted[distance:] = values[: len(values) - distance]
            history = history * MULTIPLIER + shifted
        return history, history * MULTIPLIER + values


def _look_up(keys, wanted, values):
    """The values of keys, 0 for those that are not there."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0).astype(np.float64)


def witten_bell_baseline(train, test, vocabulary_size, character_counts, *, order=5):
    """Fits a Witten-Bell model to texts and evaluates it.

    Args:
        train, test: lists of int arrays (time,); the tokens of each text.
        vocabulary_size: positive int.
        character_counts: (vocabulary_size,) array; characters that each token stands for.
        order: positive int; 5 suits characters, 3 suits words.

    Returns:
        Dict of `nats_per_character`, `bits_per_character` and `perplexity` (of a token) on `test`.

    Example:
        >>> from rnn_templates.evaluation.baselines.ngram import witten_bell_baseline
        >>> tokens = [np.array([0, 1, 0, 1, 0])]
        >>> round(witten_bell_baseline(tokens, tokens, 2, np.ones(2), order=2)["bits_per_character"], 3)
        0.372
    """
    model = WittenBell(np.concatenate(train), vocabulary_size, order)
    losses = -np.concatenate([model.log_probs(tokens) for tokens in test])
    characters = sum(float(character_counts[tokens].sum()) for tokens in test)
    return likelihood_metrics(float(losses.sum()), len(losses), characters)


def likelihood_metrics(nats, tokens, characters):
    """Returns the metrics of a language model for the negative log-likelihood of texts.

        nats_per_character = L / characters,   bits_per_character = L / (ln 2 characters)
        perplexity = exp(L / tokens)

    Args:
        nats: float; L, the sum over all tokens.
        tokens: positive int.
        characters: positive number.

    Example:
        >>> from rnn_templates.evaluation.baselines.ngram import likelihood_metrics
        >>> likelihood_metrics(np.log(4.0) * 10, 10, 10)["bits_per_character"]
        2.0
    """
    return {
        "nats_per_character": nats / max(1, characters),
        "bits_per_character": float(nats / np.log(2) / max(1, characters)),
        "perplexity": float(np.exp(min(700.0, nats / max(1, tokens)))),
    }
