"""ROUGE-L against every subsequence there is."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.rouge import lcs_length, rouge_l

captions = st.lists(st.sampled_from("abc"), max_size=6)


def by_force(first, second):
    def all_of(words):
        return {part for n in range(len(words) + 1) for part in combinations(words, n)}

    return max(map(len, all_of(first) & all_of(second)))


@settings(deadline=None)
@given(captions, captions)
def test_longest_common_is_that_of_all_subsequences(first, second):
    assert lcs_length(first, second) == by_force(first, second)


@settings(deadline=None)
@given(st.lists(captions, min_size=1, max_size=3), captions)
def test_score_joins_the_best_precision_and_the_best_recall(references, answer):
    precision = max(by_force(answer, reference) / max(len(answer), 1) for reference in references)
    recall = max(by_force(answer, reference) / max(len(reference), 1) for reference in references)
    expected = 2.44 * precision * recall / (recall + 1.44 * precision) if precision and recall else 0
    assert rouge_l([references], [answer])[0] == pytest.approx(expected)


def test_best_precision_and_best_recall_may_come_of_different_references():
    references = [list("ab"), list("abcdefgh")]
    # Precision 4 / 4 with the second, recall 2 / 2 with the first.
    assert rouge_l([references], [list("abcd")]).tolist() == [1]


def test_words_in_another_order_are_not_common():
    np.testing.assert_allclose(rouge_l([[list("abcd")], [list("ab")]], [list("dcba"), []]), [1 / 4, 0])
