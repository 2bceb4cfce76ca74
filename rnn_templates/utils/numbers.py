"""Numbers as text."""

import math


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
