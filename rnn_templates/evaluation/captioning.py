"""Measuring captions of images."""

from rnn_templates.evaluation.metrics.cider import cider_d, consensus_caption
from rnn_templates.evaluation.metrics.rouge import rouge_l
from rnn_templates.evaluation.reports.captioning import CaptionReport, ScoredCaption
from rnn_templates.evaluation.text_inputs import (
    as_reference_lists,
    check_same_length,
    evenly_spaced,
    read_examples,
    sacrebleu_references,
    share,
    texts,
)
from rnn_templates.preprocessing.text.captions import normalize_caption

BY = "caption_report"


def caption_report(references, answers, *, training=None, num_worst=10, images=None, baseline=None):
    """Measures captions against those that people wrote of the same images.

    All captions are compared as `normalize_caption` leaves them: lower case, without punctuation, split at spaces. There is
    no stemming and no tokenizer of the Penn Treebank, so that figures may differ from those of the COCO evaluation in
    the last digits. A reference without any word is left out.

    Args:
        references: list, for each image a list of captions, of which at least one has a word; how many is free.
        answers: list of str, one an image, what the model wrote.
        training: list of str, the captions that the model learned from, to count answers that stand there word for
            word; None if that makes no difference.
        num_worst: how many of the worst answers to keep, by the CIDEr-D of each.
        images: list of the images, encoded (bytes), as paths or as uint8 arrays, to show some of them in the report.
        baseline: list of other answers to the same images, to measure beside the model's.

    All captions may also be bytes in UTF-8.

    Returns:
        `CaptionReport`.

    Raises:
        TypeError: if something is not a text where one is wanted.
        ValueError: if there is no example, if there are not as many of each, or if an example has no reference with a
            word; examples are counted from 0 in what it says.

    Source:
        Chen et al., Microsoft COCO captions: data collection and evaluation server, arXiv:1504.00325.

    Example:
        >>> references = [["A small dog runs.", "The dog is running."], ["Two men sit on a bench."]]
        >>> round(caption_report(references, ["a small dog runs", "two men sit on a bench"]).bleu_4, 2)
        100.0
    """
    written, shown = as_reference_lists(references, BY), texts(answers, "answers", BY)
    others = None if baseline is None else texts(baseline, "baseline", BY)
    images = None if images is None else list(images)
    check_same_length({"references": written, "answers": shown, "images": images, "baseline": others}, BY)
    right = _plain_references(written)
    learned = None if training is None else {normalize_caption(text) for text in texts(training, "training", BY)}
    found, signature, consensus, common = _measured(right, shown, learned)
    rows = [
        ScoredCaption(number, several, answer, float(score))
        for number, (several, answer, score) in enumerate(zip(written, shown, consensus, strict=True))
    ]
    # Of equal ones, the first by their texts.
    rows.sort(key=lambda row: (row.cider_d, common[row.example], row.references, row.answer))
    worst, spread = rows[:num_worst], evenly_spaced(rows)
    return CaptionReport(
        examples=len(rows),
        **found,
        bleu_signature=signature,
        worst_examples=worst,
        sample=spread,
        baseline=None if others is None else _measured(right, others, learned)[0],
        images=None if images is None else {row.example: images[row.example] for row in (*worst, *spread)},
    )


def evaluate_captioner(model, dataset, *, baseline=None, num_worst=10):
    """Measures a captioner on raw images and their captions; arguments and answer as of `evaluate`.

    The baseline says the same of every image: the caption of the training examples that is most like all of them. With
    it the answers that stand in the training captions are counted too.
    """
    images, references, _ = _read(model, dataset)
    learned = one_for_all = None
    if baseline is not None:
        _, _, several = _read(model, baseline)
        learned = [caption for captions in several for caption in captions]
        one_for_all = [" ".join(consensus_caption(_words(several)))] * len(images)
    return caption_report(
        references,
        model.generate(images, progress=True),
        training=learned,
        num_worst=num_worst,
        images=images,
        baseline=one_for_all,
    )


def _read(model, dataset):
    """Images, their captions, and these plain: what is wrong with them shows before the answers, which take long."""
    images, captions = read_examples(model, dataset)
    if captions is None:
        raise ValueError("evaluate: the examples have no captions; wanted (image, captions).")
    return images, captions, _plain_references(as_reference_lists(captions, "evaluate"), "evaluate")


def _plain_references(references, by=BY):
    """Plain captions, of which those without a word are left out."""
    plain = [[text for text in map(normalize_caption, several) if text] for several in references]
    for number, several in enumerate(plain):
        if not several:
            raise ValueError(f"{by}: example {number} has no reference with a word: {references[number]!r:.60}.")
    return plain


def _measured(references, answers, learned):
    """Figures of answers, how sacrebleu signs its own, and the CIDEr-D and ROUGE-L of each answer."""
    answers = [normalize_caption(answer) for answer in answers]
    right, words = _words(references), [answer.split() for answer in answers]
    consensus, common = cider_d(right, words), rouge_l(right, words)
    bleu, signature = _bleu(references, answers)
    found = {
        **bleu,
        "cider_d": float(consensus.mean()),
        "rouge_l": float(100 * common.mean()),
        "exact_match": share(answer in several for answer, several in zip(answers, references, strict=True)),
        "empty": share(not answer for answer in answers),
        "unique_captions": len(set(answers)),
        "unique_fraction": len(set(answers)) / len(answers),
        "vocabulary": len({word for answer in words for word in answer}),
        "mean_length": sum(map(len, words)) / len(words),
    }
    if learned is not None:
        found["seen_in_training"] = share(answer in learned for answer in answers)
    return found, signature, consensus, common


def _bleu(references, answers):
    from sacrebleu.metrics import BLEU

    streams, found = sacrebleu_references(references), {}
    for order in (1, 2, 3, 4):
        # The captions are cut already, and sacrebleu is not to warn of that.
        metric = BLEU(max_ngram_order=order, tokenize="none", smooth_method="none", force=True)
        found[f"bleu_{order}"] = metric.corpus_score(answers, streams).score
    return found, str(metric.get_signature())


def _words(references):
    return [[caption.split() for caption in several] for several in references]
