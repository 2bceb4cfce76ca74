"""Numbers as text for tables, and as strict JSON."""

import json
import math
import re

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def format_metric(value, digits=4):
    """Returns a number with a fixed number of decimals, small ones in scientific notation.

    Args:
        value: float or int.
        digits: positive int; number of decimals.

    Example:
        >>> [format_metric(value) for value in (0.5, 0.0, 1.8e-07, float("nan"))]
        ['0.5000', '0.0000', '1.8e-07', 'nan']
        >>> format_metric(12.345, digits=1)
        '12.3'
    """
    if math.isfinite(value) and value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.1e}"
    return f"{value:.{digits}f}" if math.isfinite(value) else str(float(value))


def format_number(value):
    """Returns a number as text for a table.

    Integers have thousands separators; floats are formatted by `format_metric`.

    Args:
        value: bool, int or float; NumPy scalars too.

    Example:
        >>> format_number(12000), format_number(0.91234), format_number(1.8e-7)
        ('12,000', '0.9123', '1.8e-07')
    """
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return format_metric(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def to_json(value, indent=2):
    """Returns an object as strict JSON text, which any parser reads; numbers that are not finite are null.

    Lone surrogates, which UTF-8 cannot encode, are escaped.

    Args:
        value: dict, list, tuple, str, number, bool or None; NumPy scalars and arrays too. Named tuples are arrays.
        indent: int or None; spaces of an indentation; None for one line.

    Raises:
        TypeError: if an object has no form in JSON.

    Example:
        >>> to_json({"accuracy": float("nan"), "n": 3}, indent=None)
        '{"accuracy": null, "n": 3}'
    """
    text = json.dumps(_finite(value), ensure_ascii=False, indent=indent, allow_nan=False)
    return LONE_SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _finite(value):
    """The object with None in place of numbers that are not finite."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
