"""The recurrences, one a file, the formula visible."""

from rnn_templates.cells.coupled_lstm import CoupledLSTMCell
from rnn_templates.cells.gru import GRUCell
from rnn_templates.cells.indrnn import IndRNNCell
from rnn_templates.cells.layer_norm_lstm import LayerNormLSTMCell
from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.cells.mingru import MinGRUCell
from rnn_templates.cells.minlstm import MinLSTMCell
from rnn_templates.cells.peephole_lstm import PeepholeLSTMCell
from rnn_templates.cells.vanilla import VanillaCell

CELLS = {
    "coupled_lstm": CoupledLSTMCell,
    "gru": GRUCell,
    "indrnn": IndRNNCell,
    "layer_norm_lstm": LayerNormLSTMCell,
    "lstm": LSTMCell,
    "mingru": MinGRUCell,
    "minlstm": MinLSTMCell,
    "peephole_lstm": PeepholeLSTMCell,
    "vanilla": VanillaCell,
}


def make_cell(cell, units):
    """Returns a new cell of `units` from its name, or from a `Cell` subclass of the user's own.

    Args:
        cell: a name in `CELLS`, such as "lstm", or a subclass of `rnn_templates.cells.cell.Cell`.
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
