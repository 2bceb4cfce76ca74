"""ROUGE-L against an enumeration of all subsequences."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.evaluation.metrics.rouge import lcs_length, rouge_l

captions = st.lists(st.sampled_from("abc"), max_size=6)


def brute_force_lcs(first, second):
    def subsequences(words):
        return {part for n in range(len(words) + 1) for part in combinations(words, n)}

    return max(map(len, subsequences(first) & subsequences(second)))


@settings(deadline=None)
@given(captions, captions)
def test_the_lcs_is_the_longest_of_all_common_subsequences(first, second):
    assert lcs_length(first, second) == brute_force_lcs(first, second)


@settings(deadline=None)
@given(st.lists(captions, min_size=1, max_size=3), captions)
def test_the_score_combines_the_best_precision_and_the_best_recall(references, candidate):
    precision = max(brute_force_lcs(candidate, reference) / max(len(candidate), 1) for reference in references)
    recall = max(brute_force_lcs(candidate, reference) / max(len(reference), 1) for reference in references)
    expected = 2.44 * precision * recall / (recall + 1.44 * precision) if precision and recall else 0
    assert rouge_l([references], [candidate])[0] == pytest.approx(expected)


def test_the_best_precision_and_recall_may_be_of_different_references():
    references = [list("ab"), list("abcdefgh")]
    # Precision 4 / 4 with the second, recall 2 / 2 with the first.
    assert rouge_l([references], [list("abcd")]).tolist() == [1]


def test_a_common_subsequence_has_the_order_of_both():
    np.testing.assert_allclose(rouge_l([[list("abcd")], [list("ab")]], [list("dcba"), []]), [1 / 4, 0])
