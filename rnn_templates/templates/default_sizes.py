"""Builder arguments from a template's size rule."""

from rnn_templates import registry
from rnn_templates.utils.arguments import unflatten


def default_sizes(template_name, splits):
    """Returns the builder arguments that a template's size rule gives for the training data.

    `rnn-templates train` uses the same rule for the flags that are not given.

    Args:
        template_name: str; name of a template.
        splits: `rnn_templates.data.splits.Splits`, or an object with `train`.

    Returns:
        Dict of keyword arguments of the builder; empty if the template has no rule.

    Raises:
        ValueError: if there is no such template.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> data = Splits("mine", make_dataset([b"good", b"bad"], np.array([1, 0])), None, None, ("no", "yes"))
        >>> sizes = rt.default_sizes("sentiment", data)
        >>> model = rt.sentiment_model(rt.Vocabulary.from_texts(data.train), data.labels, **{**sizes, "units": 8})
        >>> sizes["dropout"]
        0.5
    """
    template = registry.get(template_name)
    rule = template.size_rule
    return unflatten(template.load("builder"), rule.arguments(rule.count(splits))) if rule else {}
