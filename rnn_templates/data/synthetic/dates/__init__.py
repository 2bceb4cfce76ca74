"""Generated dates, numbers and amounts: built-in data of the translation template."""

from rnn_templates.data.synthetic.dates.builder import PAIRS, SIZES, Dates, make_pairs

__all__ = ["PAIRS", "SIZES", "Dates", "make_pairs"]
