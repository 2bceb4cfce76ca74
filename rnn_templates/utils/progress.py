"""Progress bars for long loops."""

import sys


def with_progress(items, description, enabled=True):
    """Returns an iterable over `items` that shows a progress bar in a terminal.

    Args:
        items: a list, a generator or a `tf.data.Dataset`.
        description: text before the bar.
        enabled: whether to show it; on a standard error that is no terminal it is never shown.

    Example:
        >>> list(with_progress([1, 2], "counting"))
        [1, 2]
    """
    if not (enabled and sys.stderr.isatty()):
        return items
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import track

    if hasattr(items, "cardinality"):
        total = int(items.cardinality())
    else:
        total = len(items) if hasattr(items, "__len__") else None
    total = total if total is None or total > 0 else None
    return track(items, description=escape(description), total=total, console=Console(stderr=True), transient=True)
