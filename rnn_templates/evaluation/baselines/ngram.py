"""Baseline of language models: an interpolated n-gram model of tokens."""

import numpy as np

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd; keys of n-grams are polynomials in it, modulo 2^64
CLASSES = 3  # counts 1, 2, and 3 or more have discounts of their own
MIN_DISCOUNT, RARE_DISCOUNT = 0.1, 0.5  # the second one where counts 1 or 2 do not occur


class KneserNey:
    """Interpolated n-gram model with modified Kneser-Ney smoothing.

        P(w | h) = (max(0, c(h w) - D(c(h w))) + g(h) P(w | h')) / c(h),   P(w) at the end uniform over the vocabulary
        g(h) = sum of D(c(h w)) over the tokens w after h

    h is the history of at most `order` - 1 tokens, h' the history without its first token. c is a count for the longest
    n-grams; for shorter ones it is the number of different tokens before them. The discounts D(1), D(2) and D(3), of 3
    and more, follow from the numbers of n-grams with the counts 1 to 4.

    Args:
        tokens: (time,) int array; the training tokens, as one stream.
        vocabulary_size: positive int; number of tokens that can occur.
        order: positive int; n.

    Source:
        Kneser and Ney, Improved backing-off for m-gram language modeling, ICASSP 1995; Chen and Goodman, An empirical
        study of smoothing techniques for language modeling, 1998, for the three discounts.

    Example:
        >>> from rnn_templates.evaluation.baselines.ngram import KneserNey
        >>> model = KneserNey(np.array([0, 1, 0, 1, 0]), vocabulary_size=2, order=2)
        >>> np.exp(model.log_probs(np.array([0, 1]))).round(3).tolist()
        [0.5, 0.875]
    """

    def __init__(self, tokens, vocabulary_size, order=5):
        self.vocabulary_size = vocabulary_size
        tokens, self._levels = np.asarray(tokens), []
        ends = np.arange(min(order, len(tokens)) - 1, len(tokens))  # of the n-grams that are counted
        for length in range(min(order, len(tokens)), 0, -1):
            history, gram = _keys(tokens, length)
            grams, first, counts = np.unique(gram[ends], return_index=True, return_counts=True)
            discounts = _discounts(counts)[np.minimum(counts, CLASSES)]
            histories, inverse = np.unique(history[ends[first]], return_inverse=True)
            totals = np.bincount(inverse, weights=counts, minlength=len(histories))
            masses = np.bincount(inverse, weights=discounts, minlength=len(histories))
            self._levels.append((grams, counts - discounts, histories, totals, masses))
            # one end for each different n-gram: counts of the shorter ones are numbers of different tokens before
            ends = np.unique(gram[length - 1 :], return_index=True)[1] + length - 1
        self._levels.reverse()

    def log_probs(self, tokens):
        """Returns the log-probability of each token of a text, given those before it; float64 (time,).

        Args:
            tokens: (time,) int array.
        """
        tokens = np.asarray(tokens)
        probabilities = np.full(len(tokens), 1 / self.vocabulary_size)
        for length, (grams, rests, histories, totals, masses) in enumerate(self._levels, start=1):
            history, gram = _keys(tokens, length)
            rest = _look_up(grams, gram, rests)
            total, mass = (_look_up(histories, history, values) for values in (totals, masses))
            known = (np.arange(len(tokens)) >= length - 1) & (total > 0)  # else the shorter history alone
            mixed = (rest + mass * probabilities) / np.where(known, total, 1)
            probabilities = np.where(known, mixed, probabilities)
        return np.log(probabilities)


def _discounts(counts):
    """The discounts of the counts 0 to 3; more than 3 have that of 3."""
    numbers = np.bincount(np.minimum(counts, CLASSES + 2), minlength=CLASSES + 2)
    discounts = np.full(CLASSES + 1, RARE_DISCOUNT)
    if numbers[1] and numbers[2]:
        ratio = numbers[1] / (numbers[1] + 2 * numbers[2])
        for count in range(1, CLASSES + 1):
            if numbers[count]:
                discounts[count] = count - (count + 1) * ratio * numbers[count + 1] / numbers[count]
    discounts[1:] = np.clip(discounts[1:], MIN_DISCOUNT, np.arange(1, CLASSES + 1))
    return discounts


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


def ngram_baseline(train, test, vocabulary_size, character_counts, *, order=5):
    """Fits a Kneser-Ney model to texts and evaluates it.

    Args:
        train, test: lists of int arrays (time,); the tokens of each text.
        vocabulary_size: positive int.
        character_counts: (vocabulary_size,) array; characters that each token stands for.
        order: positive int.

    Returns:
        Dict of `nats_per_character`, `bits_per_character` and `perplexity` (of a token) on `test`.

    Example:
        >>> from rnn_templates.evaluation.baselines.ngram import ngram_baseline
        >>> tokens = [np.array([0, 1, 0, 1, 0])]
        >>> round(ngram_baseline(tokens, tokens, 2, np.ones(2), order=2)["bits_per_character"], 3)
        0.354
    """
    model = KneserNey(np.concatenate(train), vocabulary_size, order)
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
