"""Spans that tags write, and how many of them are found."""

from rnn_templates.evaluation.reports.classification import PerClass

PREFIXES = {"bio": ("B", "I"), "bioes": ("B", "I", "E", "S")}


def span_types(labels, scheme):
    """Returns the sorted types of spans that tags can write, such as LOC of B-LOC.

    Args:
        labels: names of the tags.
        scheme: "bio" or "bioes".

    Raises:
        ValueError: if there is no such scheme, or a tag is not one of the scheme.

    Example:
        >>> span_types(["O", "B-PER", "I-PER"], "bio")
        ['PER']
    """
    if scheme not in PREFIXES:
        raise ValueError(f'`scheme` is "bio", "bioes", or None for tags that write no spans; got {scheme!r}.')
    types = set()
    for label in labels:
        prefix, _, kind = label.partition("-")
        if label != "O" and not (prefix in PREFIXES[scheme] and kind):
            wanted = ", ".join(f"{prefix}-TYPE" for prefix in PREFIXES[scheme])
            raise ValueError(f"{label!r} is no tag of the scheme {scheme}; wanted O, {wanted}.")
        types.add(kind)
    return sorted(types - {""})


def span_scores(true, answered, types):
    """Counts spans that are found with their type and both ends, as conlleval does.

    Tags that break the scheme are read as conlleval reads them: a span also begins where one goes on that never began.

    Args:
        true, answered: lists of sentences, each a list of tags of a scheme.
        types: the types of spans, as `span_types` returns them.

    Returns:
        `scores, rows`: a dict of `span_precision`, `span_recall` and `span_f1`, which are those of all spans together,
        and `span_macro_precision`, `span_macro_recall` and `span_macro_f1`, the means over the types that occur or are
        answered; and a list of `PerClass`, one a type. What is 0 / 0 is 0.

    Source:
        Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, https://aclanthology.org/W03-0419;
        computed by seqeval.

    Example:
        >>> scores, rows = span_scores([["B-PER", "I-PER"]], [["B-PER", "O"]], ["PER"])
        >>> scores["span_f1"]
        0.0
    """
    from seqeval.metrics import classification_report

    true, answered = [list(tags) for tags in true], [list(tags) for tags in answered]
    found = {}
    if any(tag != "O" for tags in (*true, *answered) for tag in tags):  # seqeval knows no mean of no types
        found = classification_report(true, answered, output_dict=True, zero_division=0)

    def columns(name):
        row = found.get(name, {})
        return [float(row.get(column, 0)) for column in ("precision", "recall", "f1-score")]

    names = ("precision", "recall", "f1")
    scores = {f"span_{name}": value for name, value in zip(names, columns("micro avg"), strict=True)}
    scores |= {f"span_macro_{name}": value for name, value in zip(names, columns("macro avg"), strict=True)}
    rows = [PerClass(kind, *columns(kind), int(found.get(kind, {}).get("support", 0)), None) for kind in types]
    return scores, rows
