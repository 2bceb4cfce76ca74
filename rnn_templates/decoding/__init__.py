"""Greedy decoding, sampling and beam search over a step function, in-graph."""

from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.greedy import greedy, sequence_log_prob
from rnn_templates.decoding.sampling import sample

__all__ = ["beam_search", "greedy", "sample", "sequence_log_prob"]
