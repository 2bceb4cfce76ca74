"""Evaluation of captions of images."""

from rnn_templates.evaluation.baselines.consensus_caption import consensus_caption
from rnn_templates.evaluation.metrics.cider import cider_d
from rnn_templates.evaluation.metrics.rouge import rouge_l
from rnn_templates.evaluation.reports.captioning import CaptionReport, ScoredCaption
from rnn_templates.evaluation.text_inputs import (
    as_reference_lists,
    evenly_spaced,
    fraction,
    labeled_examples,
    sacrebleu_references,
)
from rnn_templates.preprocessing.text.captions import normalize_caption
from rnn_templates.preprocessing.text.text_lists import as_texts
from rnn_templates.utils.extras import require
from rnn_templates.utils.validation import check_same_length


def caption_report(references, candidates, *, training_texts=None, num_worst=10, images=None, baseline=None):
    """Evaluates captions against reference captions.

    All captions are compared after `normalize_caption`: lower case, without punctuation, split at spaces. There is
    neither stemming nor the Penn Treebank tokenizer, so the last digits may differ from those of the COCO evaluation
    server. References without a word are left out. Captions are str or bytes in UTF-8.

    Args:
        references: list; for each image a list of any number of captions, of which at least one has a word.
        candidates: list of texts; the generated captions, one an image.
        training_texts: list of texts; the training captions, to count the candidates that equal one. None for no
            count.
        num_worst: int; number of the worst examples, by CIDEr-D. Default 10.
        images: list of images (encoded bytes, paths or uint8 arrays) that the report may show; None for none.
        baseline: list of texts; other candidates for the same images, evaluated too. None for none.

    Returns:
        `CaptionReport`.

    Raises:
        TypeError: if an item that must be a text is none.
        ValueError: if there is no example, the lists differ in length, or an image has no reference with a word.

    Source:
        Chen et al., Microsoft COCO captions: data collection and evaluation server, arXiv:1504.00325.

    Example:
        >>> references = [["A small dog runs.", "The dog is running."], ["Two men sit on a bench."]]
        >>> round(caption_report(references, ["a small dog runs", "two men sit on a bench"]).bleu_4, 2)
        100.0
    """
    references, candidates = as_reference_lists(references), as_texts(candidates, "candidates")
    baseline = None if baseline is None else as_texts(baseline, "baseline")
    images = None if images is None else list(images)
    check_same_length(references=references, candidates=candidates, images=images, baseline=baseline)
    normalized = _normalize(references)
    if training_texts is not None:
        training_texts = {normalize_caption(text) for text in as_texts(training_texts, "training_texts")}
    metrics, signature, cider, rouge = _metrics(normalized, candidates, training_texts)
    rows = [
        ScoredCaption(index, captions, candidate, float(score))
        for index, (captions, candidate, score) in enumerate(zip(references, candidates, cider, strict=True))
    ]
    # Ties are broken by ROUGE-L and the texts, so that the order of the images has no effect.
    rows.sort(key=lambda row: (row.cider_d, rouge[row.index], row.references, row.candidate))
    worst, sample = rows[:num_worst], evenly_spaced(rows)
    return CaptionReport(
        examples=len(rows),
        **metrics,
        bleu_signature=signature,
        worst_examples=worst,
        sample=sample,
        baseline=None if baseline is None else _metrics(normalized, baseline, training_texts)[0],
        images=None if images is None else {row.index: images[row.index] for row in (*worst, *sample)},
    )


def evaluate_captioner(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a captioner.

    The baseline is the most central training caption, for every image.

    Args:
        model: task with `read_examples` and `generate`, such as `Captioner`.
        dataset, baseline, num_worst: as in `evaluate`; a target is a list of captions. With `baseline`, candidates
            that equal a training caption are counted too.

    Returns:
        `CaptionReport`.

    Example:
        >>> evaluate_captioner(model, splits.test).cider_d  # doctest: +SKIP
    """
    images, references = _read(model, dataset)
    training_texts = baseline_candidates = None
    if baseline is not None:
        _, training_references = _read(model, baseline)
        training_texts = [caption for captions in training_references for caption in captions]
        caption = " ".join(consensus_caption(_split(_normalize(training_references))))
        baseline_candidates = [caption] * len(images)
    return caption_report(
        references,
        model.generate(images, progress=True),
        training_texts=training_texts,
        num_worst=num_worst,
        images=images,
        baseline=baseline_candidates,
    )


def _read(model, dataset):
    """Returns images and references; invalid references raise here, before the captions are generated."""
    images, references = labeled_examples(model, dataset)
    references = as_reference_lists(references)
    _normalize(references)
    return images, references


def _normalize(references):
    """Returns normalized captions; those without a word are left out."""
    normalized = [[text for text in map(normalize_caption, captions) if text] for captions in references]
    for index, captions in enumerate(normalized):
        if not captions:
            raise ValueError(
                f"`references[{index}]` must have a reference with a word; received {references[index]!r:.60}."
            )
    return normalized


def _metrics(references, candidates, training_texts):
    """Returns metrics, sacrebleu's signature, and CIDEr-D and ROUGE-L of each candidate."""
    candidates = [normalize_caption(candidate) for candidate in candidates]
    reference_words, words = _split(references), [candidate.split() for candidate in candidates]
    cider, rouge = cider_d(reference_words, words), rouge_l(reference_words, words)
    bleu, signature = _bleu(references, candidates)
    metrics = {
        **bleu,
        "cider_d": float(cider.mean()),
        "rouge_l": float(100 * rouge.mean()),
        "exact_match": fraction(text in captions for text, captions in zip(candidates, references, strict=True)),
        "empty": fraction(not text for text in candidates),
        "unique_captions": len(set(candidates)),
        "unique_fraction": len(set(candidates)) / len(candidates),
        "vocabulary": len({word for candidate in words for word in candidate}),
        "mean_length": sum(map(len, words)) / len(words),
    }
    if training_texts is not None:
        metrics["seen_in_training"] = fraction(text in training_texts for text in candidates)
    return metrics, signature, cider, rouge


def _bleu(references, candidates):
    BLEU = require("sacrebleu.metrics", "metrics", "BLEU").BLEU
    transposed, scores = sacrebleu_references(references), {}
    for order in (1, 2, 3, 4):
        # `force`: without it sacrebleu warns of texts that are tokenized already.
        metric = BLEU(max_ngram_order=order, tokenize="none", smooth_method="none", force=True)
        scores[f"bleu_{order}"] = metric.corpus_score(candidates, transposed).score
    return scores, str(metric.get_signature())


def _split(references):
    return [[caption.split() for caption in captions] for captions in references]
