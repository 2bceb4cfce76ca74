"""Splits of examples in memory."""

from rnn_templates.data.frames import Frame, list_examples
from rnn_templates.data.loading import load

COLUMNS = {
    "labeled_texts": ("text", "label"),
    "tagged_sentences": ("tokens", "tags"),
    "text_pairs": ("source", "target"),
}


def load_arrays(train, kind=None, validation_data=None, test_data=None, **options):
    """Returns the splits of examples in memory; see `rnn_templates.data.splits.Splits.from_arrays`.

    Args:
        train: `(inputs, targets)`.
        kind: str; a key of `COLUMNS`, or None.
        validation_data, test_data: `(inputs, targets)`, or None.
        **options: of `rnn_templates.load`.

    Example:
        >>> load_arrays((["good", "bad"], ["yes", "no"]), validation=0.5).sizes
        {'train': 1, 'validation': 1}
    """
    inputs, targets = map(list_examples, train)
    if kind is None:
        kind = "tagged_sentences" if inputs and isinstance(inputs[0], list) else "labeled_texts"
    if kind not in COLUMNS:
        raise ValueError(f"from_arrays: `kind` must be one of {', '.join(COLUMNS)}; received {kind!r}.")
    if kind == "labeled_texts" and any(isinstance(target, list) for target in targets):
        options["label_separator"] = ","
    frames = {
        name: None if pair is None else _make_frame(name, kind, pair)
        for name, pair in (("validation_data", validation_data), ("test_data", test_data))
    }
    return load(_make_frame("the arrays", kind, (inputs, targets)), kind=kind, **frames, **options)


def _make_frame(name, kind, pair):
    return Frame(dict(zip(COLUMNS[kind], map(list_examples, pair), strict=True)), name)
