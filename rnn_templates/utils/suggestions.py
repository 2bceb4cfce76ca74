"""Near matches of a mistyped name, for error messages."""

import difflib


def suggest(name, candidates):
    """Returns " Did you mean 'x'?" for the nearest candidates, or "".

    Args:
        name: str; the mistyped name.
        candidates: iterable of str; the names that exist.

    Example:
        >>> suggest("revews.csv", ["reviews.csv", "notes.txt"])
        " Did you mean 'reviews.csv'?"
        >>> suggest("Text", ["text", "label"]), suggest("body", ["text"])
        (" Did you mean 'text'?", '')
    """
    by_lower = {str(one).lower(): str(one) for one in candidates}
    near = difflib.get_close_matches(str(name).lower(), by_lower, n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(repr(by_lower[one]) for one in near)}?" if near else ""
