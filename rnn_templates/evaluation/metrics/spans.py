"""Precision, recall and F1 of labeled spans."""

from rnn_templates.evaluation.metrics.per_class import PerClass

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
        Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, https://aclanthology.org/W03-0419;
        computed by seqeval.

    Example:
        >>> scores, rows = span_scores([["B-PER", "I-PER"]], [["B-PER", "O"]], ["PER"])
        >>> scores["span_f1"]
        0.0
    """
    from seqeval.metrics import classification_report

    references, predictions = [list(tags) for tags in references], [list(tags) for tags in predictions]
    found = {}
    if any(tag != "O" for tags in (*references, *predictions) for tag in tags):  # seqeval fails without any span
        found = classification_report(references, predictions, output_dict=True, zero_division=0)

    def columns(name):
        row = found.get(name, {})
        return [float(row.get(column, 0)) for column in ("precision", "recall", "f1-score")]

    names = ("precision", "recall", "f1")
    scores = {f"span_{name}": value for name, value in zip(names, columns("micro avg"), strict=True)}
    scores |= {f"span_macro_{name}": value for name, value in zip(names, columns("macro avg"), strict=True)}
    rows = [PerClass(name, *columns(name), int(found.get(name, {}).get("support", 0))) for name in types]
    return scores, rows
