"""Export targets, one file format per module."""

from rnn_templates.export.targets.litert import LiteRTTarget
from rnn_templates.export.targets.saved_model import SavedModelTarget

TARGETS = (SavedModelTarget(), LiteRTTarget())


def get_targets(names):
    """Returns the export targets with these names, a list.

    Args:
        names: str, or an iterable of str.

    Raises:
        ValueError: if there is no name, or no target of a name; the message lists the names.

    Example:
        >>> from rnn_templates.export.targets import get_targets
        >>> get_targets("litert")[0].interface
        'device'
    """
    names = (names,) if isinstance(names, str) else tuple(names)
    available = {target.name: target for target in TARGETS}
    unknown = [name for name in names if name not in available]
    if unknown or not names:
        raise ValueError(f"export: `targets` must be among {', '.join(available)}; received {unknown or names}.")
    return [available[name] for name in names]
