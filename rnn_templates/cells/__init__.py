"""The recurrences, one a file, the formula visible."""

from rnn_templates.cells.gru import GRUCell
from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.cells.vanilla import VanillaCell

CELLS = {"gru": GRUCell, "lstm": LSTMCell, "vanilla": VanillaCell}


def make_cell(cell, units):
    """Returns a new cell of `units` from its name, or from a `Cell` subclass of the user's own.

    Args:
        cell: "gru", "lstm", "vanilla", or a subclass of `rnn_templates.cells.cell.Cell`.
        units: size of the state, a positive integer.

    Raises:
        ValueError: if the name is not one of the catalogue.

    Example:
        >>> make_cell("gru", 16).units
        16
    """
    if isinstance(cell, type):
        return cell(units)
    if cell not in CELLS:
        raise ValueError(f"There is no cell {cell!r}; choose one of {', '.join(sorted(CELLS))}, or pass a Cell class.")
    return CELLS[cell](units)
