"""From a step function to sequences: greedy, sampled, and the best that a beam finds; inside the graph."""

from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.greedy import greedy, sample, score

__all__ = ["beam_search", "greedy", "sample", "score"]
