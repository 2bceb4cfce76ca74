"""Decoding of token sequences from a step function: greedy, sampling and beam search, inside a graph."""

from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.greedy import greedy, sequence_log_prob
from rnn_templates.decoding.sampling import sample

__all__ = ["beam_search", "greedy", "sample", "sequence_log_prob"]
