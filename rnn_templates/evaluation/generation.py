"""Evaluation of generated texts."""

from bisect import bisect_left

from rnn_templates.evaluation.reports.generation import GenerationReport, LengthBucket, ScoredText
from rnn_templates.evaluation.text_inputs import (
    as_reference_lists,
    evenly_spaced,
    fraction,
    labeled_examples,
    sacrebleu_references,
)
from rnn_templates.preprocessing.text.text_lists import as_texts
from rnn_templates.preprocessing.text.word_tokenizer import tokenize as tokenize_words
from rnn_templates.utils.extras import require
from rnn_templates.utils.validation import check_same_length

BUCKET_ENDS = (0, 5, 10, 15, 20, 30, 50, 100, 200, 500)  # words; a last bucket holds longer texts


def generation_report(
    sources,
    references,
    hypotheses,
    *,
    baseline=None,
    num_worst=10,
    training_texts=None,
    lowercase=False,
    tokenize="13a",
):
    """Evaluates generated texts against references.

    BLEU and chrF are those of sacrebleu, of the corpus, from 0 to 100. By definition BLEU is 0 if no hypothesis has
    four tokens, even if all are correct; chrF, exact match and the length curve have no such limit. Texts are str or
    bytes in UTF-8.

    Args:
        sources: list of texts; the inputs. None if inputs are no texts.
        references: list; for each example a text or a list of at least one text.
        hypotheses: list of texts; the generated ones.
        baseline: list of texts; other hypotheses for the same examples, such as the sources, evaluated too. None for
            none.
        num_worst: int; number of the worst examples, by chrF. Default 10.
        training_texts: list of texts; the training targets, to count the hypotheses that equal one. None for no count.
        lowercase: whether all metrics ignore case.
        tokenize: str; name of the tokenizer of sacrebleu that BLEU uses, "none" for tokenized texts. Default "13a".

    Returns:
        `GenerationReport`.

    Raises:
        TypeError: if an item that must be a text is none.
        ValueError: if there is no example, the lists differ in length, an example has no reference, or sacrebleu has
            no tokenizer of that name.

    Source:
        Post, A call for clarity in reporting BLEU scores, arXiv:1804.08771.

    Example:
        >>> report = generation_report(["a small dog runs"], ["ein kleiner Hund rennt"], ["ein kleiner Hund rennt"])
        >>> round(report.bleu, 2)
        100.0
    """
    bleu, chrf, short_bleu = _make_metrics(lowercase, tokenize)
    sources, references = _as_sources(sources), as_reference_lists(references)
    hypotheses = as_texts(hypotheses, "hypotheses")
    baseline = None if baseline is None else as_texts(baseline, "baseline")
    check_same_length(sources=sources, references=references, hypotheses=hypotheses, baseline=baseline)

    def strip(text):
        return text.strip().lower() if lowercase else text.strip()

    allowed = [{strip(reference) for reference in texts} for texts in references]
    transposed = sacrebleu_references(references)
    if training_texts is not None:
        training_texts = {strip(text) for text in as_texts(training_texts, "training_texts")}

    def compute(texts):
        score, stripped = bleu.corpus_score(texts, transposed), [strip(text) for text in texts]
        metrics = {
            "bleu": score.score,
            "chrf": chrf.corpus_score(texts, transposed).score,
            "exact_match": fraction(text in correct for text, correct in zip(stripped, allowed, strict=True)),
            "length_ratio": float(score.ratio),
            "empty": fraction(not text for text in stripped),
        }
        if sources is not None:
            pairs = zip(stripped, sources, strict=True)
            metrics["copied_source"] = fraction(text == strip(source) for text, source in pairs)
        if training_texts is not None:
            metrics["seen_in_training"] = fraction(text in training_texts for text in stripped)
        return metrics

    metrics = compute(hypotheses)
    signatures = {"bleu_signature": str(bleu.get_signature()), "chrf_signature": str(chrf.get_signature())}
    rows = _sort_by_chrf(sources, references, hypotheses, chrf)
    return GenerationReport(
        examples=len(hypotheses),
        **metrics,
        **signatures,
        length_of="reference" if sources is None else "source",
        length_curve=_length_curve(sources, references, hypotheses, short_bleu, chrf),
        worst_examples=rows[:num_worst],
        sample=evenly_spaced(rows),
        baseline=None if baseline is None else compute(baseline),
    )


def evaluate_generator(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a generator of texts from texts; the baseline copies the source.

    Args:
        model: task with `read_examples` and `generate`, such as `Translator`.
        dataset, baseline, num_worst: as in `evaluate`; a target is a text. With `baseline`, hypotheses that equal a
            training target are counted too.

    Returns:
        `GenerationReport`.

    Example:
        >>> evaluate_generator(model, splits.test).bleu  # doctest: +SKIP
    """
    sources, references = labeled_examples(model, dataset)
    return generation_report(
        sources,
        references,
        model.generate(sources, progress=True),
        baseline=None if baseline is None else sources,
        training_texts=None if baseline is None else labeled_examples(model, baseline)[1],
        num_worst=num_worst,
    )


def _make_metrics(lowercase, tokenize):
    """Returns BLEU, chrF, and BLEU with the effective n-gram order for short texts."""
    metrics = require("sacrebleu.metrics", "metrics", "BLEU")
    BLEU, CHRF = metrics.BLEU, metrics.CHRF
    if tokenize not in BLEU.TOKENIZERS:
        raise ValueError(
            f"generation_report: `tokenize` must be one of {', '.join(BLEU.TOKENIZERS)}; received {tokenize!r}."
        )
    options = {"lowercase": lowercase, "tokenize": tokenize}
    return BLEU(**options), CHRF(lowercase=lowercase), BLEU(**options, effective_order=True, force=True)


def _length_curve(sources, references, hypotheses, bleu, chrf):
    """Returns a `LengthBucket` for every range of lengths that occurs, the shortest first."""
    buckets = {}
    for index, text in enumerate(sources or [texts[0] for texts in references]):
        buckets.setdefault(bisect_left(BUCKET_ENDS, len(tokenize_words(text))), []).append(index)
    curve = []
    for bucket, indices in sorted(buckets.items()):
        texts, transposed = [hypotheses[i] for i in indices], sacrebleu_references([references[i] for i in indices])
        scores = (metric.corpus_score(texts, transposed).score for metric in (bleu, chrf))
        curve.append(LengthBucket(_bucket_name(bucket), len(indices), *scores))
    return curve


def _bucket_name(bucket):
    if bucket == len(BUCKET_ENDS):
        return f"{BUCKET_ENDS[-1] + 1}+"
    return f"{BUCKET_ENDS[bucket - 1] + 1}-{BUCKET_ENDS[bucket]}" if bucket else "0"


def _sort_by_chrf(sources, references, hypotheses, chrf):
    """Returns all examples as `ScoredText`, by chrF and then by their texts."""
    sources = sources or [None] * len(hypotheses)
    rows = [
        ScoredText(source, texts, hypothesis, chrf.sentence_score(hypothesis, texts).score)
        for source, texts, hypothesis in zip(sources, references, hypotheses, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.chrf, row.source or "", row.references, row.hypothesis))


def _as_sources(sources):
    """Returns a list of str, or None if all sources are None."""
    sources = sources if sources is None or isinstance(sources, (str, bytes)) else list(sources)
    if sources is None or (sources and all(source is None for source in sources)):
        return None
    return as_texts(sources, "sources")
