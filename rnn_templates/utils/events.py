"""Events: runs of flagged samples."""

from typing import NamedTuple

import numpy as np


class Event(NamedTuple):
    """A run of flagged samples.

    start, end: ints; indices of the first and the last sample.
    score: float; the largest score.

    Example:
        >>> from rnn_templates.utils.events import Event
        >>> Event(3, 5, 2.5).as_dict()
        {'start': 3, 'end': 5, 'score': 2.5}
    """

    start: int
    end: int
    score: float

    def as_dict(self):
        """Returns the event as a dict of ints and a float."""
        return {"start": self.start, "end": self.end, "score": round(self.score, 4)}


def find_events(flags, scores=None, gap=0):
    """Returns the events of flags, a list of `Event`.

    Args:
        flags: (time,) bool.
        scores: (time,) floats; None for 1.
        gap: non-negative int; runs with at most this many samples between them are one event.

    Example:
        >>> from rnn_templates.utils.events import find_events
        >>> [(one.start, one.end) for one in find_events([0, 1, 1, 0, 1, 0, 0, 1], gap=1)]
        [(1, 4), (7, 7)]
    """
    found = np.flatnonzero(np.asarray(flags, bool))
    scores = np.ones(len(flags)) if scores is None else np.asarray(scores)
    if not len(found):
        return []
    runs = np.split(found, np.flatnonzero(np.diff(found) > gap + 1) + 1)
    return [Event(int(run[0]), int(run[-1]), float(scores[run[0] : run[-1] + 1].max())) for run in runs]
