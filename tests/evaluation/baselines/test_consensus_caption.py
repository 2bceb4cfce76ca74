"""The consensus caption against a brute-force mean of cosines."""

import math
import random
from collections import Counter

import numpy as np

from rnn_templates.evaluation.baselines import consensus_caption as module
from rnn_templates.evaluation.baselines.consensus_caption import consensus_caption


def cut(*captions):
    return [caption.split() for caption in captions]


def test_the_caption_has_the_highest_mean_cosine():
    source = random.Random(3)
    words = ["a", "dog", "man", "runs", "red", "green", "the", "sea"]
    references = [[source.choices(words, k=source.randint(1, 7)) for _ in range(3)] for _ in range(20)]
    flat = [caption for several in references for caption in several]
    frequency = Counter(g for several in references for g in {g for caption in several for g in grams(caption)})

    def vectors(caption):
        """Returns the unit vectors of all n, concatenated."""
        parts = []
        for n in (1, 2, 3, 4):
            found = Counter(g for g in grams(caption) if len(g) == n)
            part = {g: count * math.log(20 / frequency[g]) for g, count in found.items()}
            norm = math.sqrt(sum(weight**2 for weight in part.values())) or 1
            parts.append({g: weight / norm for g, weight in part.items()})
        return {g: weight for part in parts for g, weight in part.items()}

    every = [vectors(caption) for caption in flat]
    means = [sum(weight * other.get(g, 0) for other in every for g, weight in mine.items()) for mine in every]
    assert consensus_caption(references) == flat[int(np.argmax(means))]


def grams(words):
    return [tuple(words[i : i + n]) for n in (1, 2, 3, 4) for i in range(len(words) - n + 1)]


def test_of_many_captions_some_are_compared(monkeypatch):
    monkeypatch.setattr(module, "MAX_CANDIDATES", 2)
    references = [cut("one a"), cut("two a b"), cut("three a b"), cut("four"), cut("five")]
    assert consensus_caption(references) in cut("one a", "four")


def test_an_empty_caption_is_never_returned():
    assert consensus_caption([[[]], [[], ["dog"]]]) == ["dog"]
