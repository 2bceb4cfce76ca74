"""Recurrent cells, one per file, with their formulas."""

from rnn_templates.cells.cfc import CfCCell
from rnn_templates.cells.coupled_lstm import CoupledLSTMCell
from rnn_templates.cells.diagonal_gru import DiagonalGRUCell
from rnn_templates.cells.diagonal_lstm import DiagonalLSTMCell
from rnn_templates.cells.dlinoss import DLinOSSCell
from rnn_templates.cells.fastgrnn import FastGRNNCell
from rnn_templates.cells.gru import GRUCell
from rnn_templates.cells.indrnn import IndRNNCell
from rnn_templates.cells.layer_norm_lstm import LayerNormLSTMCell
from rnn_templates.cells.lstm import LSTMCell
from rnn_templates.cells.mingru import MinGRUCell
from rnn_templates.cells.minlstm import MinLSTMCell
from rnn_templates.cells.peephole_lstm import PeepholeLSTMCell
from rnn_templates.cells.rglru import RGLRUCell
from rnn_templates.cells.slstm import SLSTMCell
from rnn_templates.cells.vanilla import VanillaCell

CELLS = {
    "cfc": CfCCell,
    "coupled_lstm": CoupledLSTMCell,
    "diagonal_gru": DiagonalGRUCell,
    "diagonal_lstm": DiagonalLSTMCell,
    "dlinoss": DLinOSSCell,
    "fastgrnn": FastGRNNCell,
    "gru": GRUCell,
    "indrnn": IndRNNCell,
    "layer_norm_lstm": LayerNormLSTMCell,
    "lstm": LSTMCell,
    "mingru": MinGRUCell,
    "minlstm": MinLSTMCell,
    "peephole_lstm": PeepholeLSTMCell,
    "rglru": RGLRUCell,
    "slstm": SLSTMCell,
    "vanilla": VanillaCell,
}


def make_cell(cell, units):
    """Returns a new cell by name or class.

    Args:
        cell: str or type; a name in `CELLS`, such as "lstm", or a subclass of `rnn_templates.cells.cell.Cell`.
        units: int, at least 1; size of the state.

    Returns:
        A `Cell`.

    Raises:
        ValueError: if the name is not in `CELLS`.

    Example:
        >>> make_cell("gru", 16).units
        16
    """
    if isinstance(cell, type):
        return cell(units)
    if cell not in CELLS:
        names = ", ".join(sorted(CELLS))
        raise ValueError(f"make_cell: `cell` must be one of {names}, or a Cell class; received {cell!r}.")
    return CELLS[cell](units)
