"""Precision, recall and F1 of labeled spans."""

from collections import Counter

import numpy as np

from rnn_templates.evaluation.metrics.per_class import PerClass, precision_recall_f1

PREFIXES = {"bio": ("B", "I"), "bioes": ("B", "I", "E", "S")}


def span_types(labels, scheme):
    """Returns the sorted span types of a tag set.

    The tag B-LOC has the type LOC.

    Args:
        labels: iterable of str; the tags.
        scheme: "bio" or "bioes".

    Raises:
        ValueError: if the scheme does not exist, or a tag does not belong to it.

    Example:
        >>> span_types(["O", "B-PER", "I-PER"], "bio")
        ['PER']
    """
    if scheme not in PREFIXES:
        raise ValueError(f'`scheme` must be "bio", "bioes", or None for tags without spans; received {scheme!r}.')
    types = set()
    for label in labels:
        prefix, _, span_type = label.partition("-")
        if label != "O" and not (prefix in PREFIXES[scheme] and span_type):
            allowed = ", ".join(f"{prefix}-TYPE" for prefix in PREFIXES[scheme])
            raise ValueError(f"`labels` must be tags of the scheme {scheme} (O, {allowed}); received {label!r}.")
        types.add(span_type)
    return sorted(types - {""})


def span_scores(references, predictions, types):
    """Returns precision, recall and F1 of spans.

    A span is correct if its type and both ends are. Invalid tag sequences are decoded as conlleval does: an I tag
    without a B tag before it starts a span.

    Args:
        references, predictions: lists of sentences, each a list of str (tags of one scheme).
        types: list of str; the span types, as from `span_types`.

    Returns:
        `scores, rows`. `scores` is a dict of `span_precision`, `span_recall` and `span_f1` over all spans, and
        `span_macro_precision`, `span_macro_recall` and `span_macro_f1`, the means over the types that occur in the
        references or the predictions. `rows` is a list of `PerClass`, one a type. 0 / 0 counts as 0.

    Source:
        Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, https://aclanthology.org/W03-0419

    Example:
        >>> scores, rows = span_scores([["B-PER", "I-PER"]], [["B-PER", "O"]], ["PER"])
        >>> scores["span_f1"]
        0.0
    """
    correct, actual, predicted = Counter(), Counter(), Counter()
    for reference, prediction in zip(references, predictions, strict=True):
        spans, found = _spans(reference), _spans(prediction)
        for counts, group in ((correct, spans & found), (actual, spans), (predicted, found)):
            counts.update(span_type for span_type, *_ in group)
    names = ("precision", "recall", "f1")
    by_type = {
        name: precision_recall_f1(correct[name], predicted[name], actual[name])
        for name in sorted({*types, *actual, *predicted})
    }
    micro = precision_recall_f1(correct.total(), predicted.total(), actual.total())
    occurring = [by_type[name] for name in sorted({*actual, *predicted})] or [(0.0, 0.0, 0.0)]
    macro = [float(value) for value in np.mean(occurring, axis=0)]
    scores = {f"span_{name}": value for name, value in zip(names, micro, strict=True)}
    scores |= {f"span_macro_{name}": value for name, value in zip(names, macro, strict=True)}
    return scores, [PerClass(name, *by_type[name], actual[name]) for name in types]


def _spans(tags):
    """Returns the spans of one sentence, a set of (type, first, end)."""
    spans, start, previous_prefix, previous_type = set(), None, "O", None
    for position, tag in enumerate([*tags, "O"]):
        prefix, _, span_type = tag.partition("-")
        begins = prefix in "BS" or previous_prefix in "OES" or span_type != previous_type
        if previous_prefix != "O" and (prefix == "O" or begins):
            spans.add((previous_type, start, position))
        if prefix != "O" and begins:
            start = position
        previous_prefix, previous_type = prefix, span_type
    return spans
