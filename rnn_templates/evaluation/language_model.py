"""Evaluation of language models."""

import numpy as np

from rnn_templates.evaluation.baselines.ngram import likelihood_metrics, ngram_baseline
from rnn_templates.evaluation.reports.language_model import LanguageModelReport, Passage, PositionBucket
from rnn_templates.evaluation.text_inputs import evenly_spaced
from rnn_templates.preprocessing.text.symbol_vocabulary import UNKNOWN_ID
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

PASSAGE = 200  # tokens
POSITIONS = (0, 16, 64, 256, 1024, 4096, 16_384, 65_536, 1 << 60)
ORDER = 5  # of the n-gram model
MAX_BASELINE_TOKENS = 10_000_000


def language_model_report(texts, ids, log_probs, character_counts, *, decode=None, baseline=None, num_worst=10):
    """Evaluates the log-probabilities of the tokens of texts.

    Args:
        texts: list of str.
        ids: list of int arrays (tokens,), one per text.
        log_probs: list of float arrays (tokens,).
        character_counts: (vocabulary,) array; characters that each id stands for.
        decode: function from ids to a str, for passages; None cuts passages out of the texts by characters.
        baseline: dict of metrics of another model, or None.
        num_worst: int; number of the least probable passages. Default 10.

    Returns:
        `LanguageModelReport`.

    Raises:
        ValueError: if there is no token, or a log-probability is not finite.

    Example:
        >>> from rnn_templates.evaluation.language_model import language_model_report
        >>> language_model_report(["a"], [np.array([3])], [np.log([0.25])], np.ones(4)).perplexity
        4.0
    """
    losses = -np.concatenate([np.asarray(one, np.float64) for one in log_probs] or [np.zeros(0)])
    if not losses.size:
        raise ValueError("evaluate: the texts must have a token; received empty texts alone.")
    if not np.isfinite(losses).all():
        raise ValueError("evaluate: the model's probabilities are not finite; train it again at a lower learning rate.")
    tokens = np.concatenate(ids)
    passages = sorted(_passages(texts, ids, log_probs, character_counts, decode), key=lambda row: -row[1])
    rows = [Passage(text, round(bits, 3)) for text, bits in passages]
    characters = float(np.asarray(character_counts)[tokens].sum())
    return LanguageModelReport(
        examples=len(texts),
        tokens=len(tokens),
        characters=int(characters),
        **likelihood_metrics(float(losses.sum()), len(tokens), characters),
        confident=float(np.mean(losses <= np.log(2))),
        unknown=float(np.mean(tokens == UNKNOWN_ID)),
        position_curve=_position_curve(log_probs),
        worst_examples=rows[:num_worst],
        sample=evenly_spaced(rows),
        baseline=baseline,
    )


def evaluate_language_model(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a language model on texts; the baseline is an n-gram model with Kneser-Ney smoothing.

    Every text is read from its beginning to its end, with carried states; its tokens are scored, not its end.

    Args:
        model: `LanguageModel`.
        dataset, baseline, num_worst: as in `evaluate`; the examples are texts.

    Returns:
        `LanguageModelReport`.

    Example:
        >>> evaluate_language_model(model, splits.test).perplexity  # doctest: +SKIP
    """
    texts = _read_texts(model, dataset)
    vocabulary, counts = model.preprocessor.vocabulary, model.preprocessor.character_counts()
    ids = [np.array(vocabulary.encode(text), np.int64) for text in texts]
    if baseline is not None:
        train, size = [], 0
        for text in _read_texts(model, baseline):
            train.append(np.array(vocabulary.encode(text), np.int64))
            size += len(train[-1])
            if size >= MAX_BASELINE_TOKENS:
                break
        baseline = ngram_baseline(train, ids, len(vocabulary), counts, order=ORDER)
    log_probs = model.token_log_probs(texts, progress=True)
    texts = [decode_text(text) for text in texts]
    options = {"decode": vocabulary.decode, "baseline": baseline, "num_worst": num_worst}
    return language_model_report(texts, ids, log_probs, counts, **options)


def _read_texts(model, dataset):
    return model.read_examples(*(dataset if isinstance(dataset, tuple) else (dataset,)))[0]


def _passages(texts, ids, log_probs, character_counts, decode):
    """Yields (text, bits a character) of passages of up to 200 tokens."""
    for text, tokens, scores in zip(texts, ids, log_probs, strict=True):
        for start in range(0, len(tokens), PASSAGE):
            part = slice(start, start + PASSAGE)
            characters = max(1.0, float(np.asarray(character_counts)[tokens[part]].sum()))
            bits = float(-np.sum(scores[part])) / np.log(2) / characters
            yield (decode(tokens[part]) if decode else text[part]), bits


def _position_curve(log_probs):
    curve = []
    for first, end in zip(POSITIONS, POSITIONS[1:], strict=False):
        losses = np.concatenate([-np.asarray(scores[first:end], np.float64) for scores in log_probs])
        if losses.size:
            last = min(end, max(map(len, log_probs))) - 1
            curve.append(PositionBucket(first, last, losses.size, float(losses.mean())))
    return curve
