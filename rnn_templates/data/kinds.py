"""The kinds of examples, and the templates that are trained on them."""

from rnn_templates import registry


def words(kind):
    """Returns the name of a kind in prose.

    Example:
        >>> words("labeled_texts")
        'labeled texts'
    """
    return kind.replace("_", " ")


def suggest_templates(kinds):
    """Returns the clause that names the templates for some kinds of examples.

    Args:
        kinds: sequence of str.

    Example:
        >>> suggest_templates(["tagged_sentences"])
        'use `train tagging`'
    """
    commands = [f"`train {name}`" for name in registry.names() if registry.get(name).data_kind in kinds]
    return f"use {' or '.join(commands)}" if commands else "no template uses it"


def check_kind(kind, splits):
    """Raises a ValueError if splits have another kind than a template is trained on.

    Args:
        kind: str; `Template.data_kind`.
        splits: `rnn_templates.data.splits.Splits`; those whose kind is None are accepted.

    Example:
        >>> splits = rt.Splits.from_arrays([["Oslo", "!"], ["Hi"]], [["LOC", "O"], ["O"]], validation=0.5)
        >>> try:
        ...     check_kind("labeled_texts", splits)
        ... except ValueError as error:
        ...     print(error)
        the arrays: tagged sentences, not labeled texts; use `train tagging`.
    """
    found = getattr(splits, "kind", None)
    if found not in (None, kind):
        raise ValueError(f"{splits.name}: {words(found)}, not {words(kind)}; {suggest_templates([found])}.")


def check_model_kind(model, splits):
    """Raises a ValueError if splits have another kind than the template of a model is trained on.

    A task of no registered template accepts any kind.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        splits: as for `check_kind`.

    Example:
        >>> model = rt.image_classification_model(["0", "1"], image_size=12, units=4, filters=4)
        >>> check_model_kind(model, rt.Splits("mine", None, None, None, (), kind="classified_images"))
    """
    try:
        kind = registry.of(model).data_kind
    except ValueError:
        return
    check_kind(kind, splits)
