"""Measuring the texts that a model writes."""

from bisect import bisect_left

from rnn_templates.evaluation.reports.generation import GenerationReport, LengthBucket, ScoredText
from rnn_templates.evaluation.text_inputs import (
    as_reference_lists,
    check_same_length,
    evenly_spaced,
    read_examples,
    sacrebleu_references,
    share,
    texts,
)
from rnn_templates.preprocessing.text.word_tokenizer import tokenize

LONGEST = (0, 5, 10, 15, 20, 30, 50, 100, 200, 500)  # words of the longest text in a bucket; the last one is open
BY = "generation_report"


def generation_report(
    sources, references, answers, *, baseline=None, num_worst=10, training=None, lowercase=False, tokenize="13a"
):
    """Measures answers against the references that people wrote.

    BLEU and chrF are those of sacrebleu, over all examples together, in percent points. By its definition BLEU is 0 if
    no answer has four tokens, even if all are right; chrF, exact match and the length curve see those too.

    Args:
        sources: list of str, what was answered; None where the input is no text.
        references: list, for each example a str or a list of at least one str.
        answers: list of str, what the model wrote.
        baseline: list of other answers to the same examples, such as the sources, to measure beside the model's.
        num_worst: how many of the worst answers to keep, by the chrF of each.
        training: list of str, the texts that the model learned to write, to count answers that stand there word for
            word; None if that makes no difference.
        lowercase: whether case makes no difference, to any of the figures.
        tokenize: sacrebleu's name of how BLEU cuts texts into tokens; "none" for texts that are cut already.

    All texts may also be bytes in UTF-8.

    Returns:
        `GenerationReport`.

    Raises:
        TypeError: if something is not a text where one is wanted.
        ValueError: if there is no example, if there are not as many of each, if an example has no reference, or if
            sacrebleu has no such `tokenize`; examples are counted from 0 in what it says.

    Source:
        Post, A call for clarity in reporting BLEU scores, arXiv:1804.08771.

    Example:
        >>> report = generation_report(["a small dog runs"], ["ein kleiner Hund rennt"], ["ein kleiner Hund rennt"])
        >>> round(report.bleu, 2)
        100.0
    """
    bleu, chrf, short_bleu = _metrics(lowercase, tokenize)
    answers, sources, references = texts(answers, "answers", BY), _sources(sources), as_reference_lists(references, BY)
    baseline = None if baseline is None else texts(baseline, "baseline", BY)
    check_same_length({"sources": sources, "references": references, "answers": answers, "baseline": baseline}, BY)

    def bare(text):
        return text.strip().lower() if lowercase else text.strip()

    right = [{bare(reference) for reference in several} for several in references]
    streams = sacrebleu_references(references)
    learned = None if training is None else {bare(text) for text in texts(training, "training", BY)}

    def figures(written):
        score, plain = bleu.corpus_score(written, streams), [bare(text) for text in written]
        found = {
            "bleu": score.score,
            "chrf": chrf.corpus_score(written, streams).score,
            "exact_match": share(text in allowed for text, allowed in zip(plain, right, strict=True)),
            "length_ratio": float(score.ratio),
            "empty": share(not text for text in plain),
        }
        if sources is not None:
            found["copied_source"] = share(text == bare(source) for text, source in zip(plain, sources, strict=True))
        if learned is not None:
            found["seen_in_training"] = share(text in learned for text in plain)
        return found

    of_the_model = figures(answers)
    signatures = {"bleu_signature": str(bleu.get_signature()), "chrf_signature": str(chrf.get_signature())}
    examples = _from_worst_to_best(sources, references, answers, chrf)
    return GenerationReport(
        examples=len(answers),
        **of_the_model,
        **signatures,
        length_of="reference" if sources is None else "source",
        length_curve=_length_curve(sources, references, answers, short_bleu, chrf),
        worst_examples=examples[:num_worst],
        sample=evenly_spaced(examples),
        baseline=None if baseline is None else figures(baseline),
    )


def evaluate_generator(model, dataset, *, baseline=None, num_worst=10):
    """Measures a `TextGenerator` on raw pairs; arguments and answer as of `evaluate`.

    The baseline copies the source; with it the answers that stand in the training texts are counted too.
    """
    sources, references = read_examples(model, dataset)
    if references is None:
        raise ValueError("evaluate: the examples have no targets; wanted pairs of texts.")
    learned = None if baseline is None else read_examples(model, baseline)[1]
    return generation_report(
        sources,
        references,
        model.generate(sources, progress=True),
        baseline=None if baseline is None else sources,
        training=learned,
        num_worst=num_worst,
    )


def _metrics(lowercase, tokenize):
    """BLEU and chrF, and the BLEU that texts of fewer than four tokens can reach too."""
    from sacrebleu.metrics import BLEU, CHRF

    if tokenize not in BLEU.TOKENIZERS:
        raise ValueError(f"generation_report: no tokenize={tokenize!r}; sacrebleu has {', '.join(BLEU.TOKENIZERS)}.")
    options = {"lowercase": lowercase, "tokenize": tokenize}
    return BLEU(**options), CHRF(lowercase=lowercase), BLEU(**options, effective_order=True, force=True)


def _length_curve(sources, references, answers, bleu, chrf):
    """A `LengthBucket` for every range of lengths that occurs, the short ones first."""
    buckets = {}
    for number, text in enumerate(sources or [several[0] for several in references]):
        buckets.setdefault(bisect_left(LONGEST, len(tokenize(text))), []).append(number)
    curve = []
    for bucket, numbers in sorted(buckets.items()):
        written, streams = [answers[i] for i in numbers], sacrebleu_references([references[i] for i in numbers])
        scores = (metric.corpus_score(written, streams).score for metric in (bleu, chrf))
        curve.append(LengthBucket(_name(bucket), len(numbers), *scores))
    return curve


def _name(bucket):
    if bucket == len(LONGEST):
        return f"{LONGEST[-1] + 1}+"
    return f"{LONGEST[bucket - 1] + 1}-{LONGEST[bucket]}" if bucket else "0"


def _from_worst_to_best(sources, references, answers, chrf):
    """All examples; of equal ones, the first by their texts."""
    sources = sources or [None] * len(answers)
    rows = [
        ScoredText(source, several, answer, chrf.sentence_score(answer, several).score)
        for source, several, answer in zip(sources, references, answers, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.chrf, row.source or "", row.references, row.answer))


def _sources(given):
    """A list of str, or None if no source is a text."""
    given = given if given is None or isinstance(given, (str, bytes)) else list(given)
    if given is None or (given and all(source is None for source in given)):
        return None
    return texts(given, "sources", BY)
