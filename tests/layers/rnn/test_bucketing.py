"""Sizes of buckets."""

import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.layers.rnn.bucketing import BUCKETS, bucket_size


@given(length=st.integers(1, 5000))
def test_a_bucket_is_not_below_the_length_and_at_most_a_quarter_above(length):
    size = bucket_size(length)
    assert length <= size <= 1.25 * length and bucket_size(size) == size == int(bucket_size(tf.constant(length)))


def test_lengths_beyond_the_last_bucket_stay_unchanged():
    assert bucket_size(BUCKETS[-1] + 1) == BUCKETS[-1] + 1 == int(bucket_size(tf.constant(BUCKETS[-1] + 1)))
