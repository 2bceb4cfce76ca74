"""Flags whose defaults follow from the size of the training data."""


def size_defaults(template):
    """Returns the flags of a template's size rule as a dict from name to None, which stands for the rule.

    Args:
        template: `rnn_templates.registry.Template`.

    Example:
        >>> from rnn_templates import registry
        >>> size_defaults(registry.get("image_classification"))
        {'units': None, 'filters': None, 'dropout': None}
    """
    return dict.fromkeys(template.size_rule.names) if template.size_rule else {}


def resolve_sizes(template, splits, builder_args):
    """Returns the arguments of a builder with those of the size rule where the flags are not given.

    Args:
        template: `rnn_templates.registry.Template`.
        splits: `rnn_templates.data.splits.Splits`.
        builder_args: dict of flat argument name to value; None for flags that are not given.

    Returns:
        `builder_args, remark`: the new dict, and a line that states the rule's result; None if all flags are given.

    Example:
        >>> from rnn_templates import registry
        >>> class Data:
        ...     sizes = {"train": 900}
        >>> arguments, remark = resolve_sizes(registry.get("image_classification"), Data, {"units": None, "filters": 8})
        >>> print(remark)
        sizes for 900 training images: units 64
    """
    rule = template.size_rule
    open_names = [name for name in rule.names if name in builder_args and builder_args[name] is None] if rule else []
    if not open_names:
        return builder_args, None
    count = rule.count(splits)
    arguments = rule.arguments(count)
    chosen = {name: arguments[name] for name in open_names}
    shown = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen.items())
    return {**builder_args, **chosen}, f"sizes for {count:,} training {rule.unit}: {shown}"
