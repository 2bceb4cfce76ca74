"""F1 of spans against seqeval, on valid and invalid tags."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from seqeval.metrics import f1_score

from rnn_templates.tasks.span_f1 import SpanF1

SCHEMES = {
    "bio": ["O", "B-LOC", "I-LOC", "B-a-b", "I-a-b"],
    "bioes": ["I-LOC", "B-LOC", "E-LOC", "S-LOC", "O", "B-a-b", "I-a-b", "E-a-b", "S-a-b"],
}
schemes = pytest.mark.parametrize("scheme", SCHEMES)


def mask_of(lengths, steps):
    return np.arange(steps) < np.asarray(lengths)[:, None]


def reference(labels, actual, predicted, lengths):
    actual, predicted = (
        [[labels[tag] for tag in row[:length]] for row, length in zip(rows, lengths, strict=True)]
        for rows in (actual, predicted)
    )
    return f1_score(actual, predicted, zero_division=0)


@st.composite
def tagged(draw):
    """Labels, actual and predicted tags of three sentences in any order, and their lengths."""
    labels, steps = SCHEMES[draw(st.sampled_from(sorted(SCHEMES)))], draw(st.integers(1, 8))
    tags = arrays(np.int32, (3, steps), elements=st.integers(0, len(labels) - 1))
    actual, other, same = draw(tags), draw(tags), draw(arrays(bool, (3, steps)))
    return labels, actual, np.where(same, actual, other), draw(st.lists(st.integers(0, steps), min_size=3, max_size=3))


@settings(max_examples=120, deadline=None)
@given(tagged=tagged())
def test_the_score_of_any_tags_is_that_of_seqeval(tagged):
    labels, actual, predicted, lengths = tagged
    metric = SpanF1(labels)
    metric.update_state(actual, predicted, mask_of(lengths, actual.shape[1]))
    np.testing.assert_allclose(metric.result(), reference(*tagged), atol=1e-6)


@schemes
def test_batches_add_up_until_a_reset(scheme):
    labels, rng = SCHEMES[scheme], np.random.default_rng(0)
    metric, rows = SpanF1(labels), ([], [], [])
    update = tf.function(
        lambda *batch: metric.update_state(*batch),
        input_signature=[tf.TensorSpec((None, None), kind) for kind in (tf.int32, tf.int32, tf.bool)],
    )
    for steps in (9, 4, 1):
        actual = rng.integers(0, len(labels), (5, steps)).astype("int32")
        predicted = np.where(rng.random(actual.shape) < 0.9, actual, 0).astype("int32")
        lengths = rng.integers(1, steps + 1, 5)
        update(actual, predicted, mask_of(lengths, steps))
        for kept, more in zip(rows, (actual, predicted, lengths), strict=True):
            kept.extend(more)
        expected = reference(labels, *rows)
        assert 0 < expected < 1
        np.testing.assert_allclose(metric.result(), expected, atol=1e-6)
    metric.reset_state()
    assert float(metric.result()) == 0
    update(actual, actual, mask_of(lengths, steps))
    assert float(metric.result()) == 1, "the state must be reset"


@pytest.mark.parametrize(
    ("actual", "predicted", "expected"),
    [
        ("B-LOC I-LOC O", "B-LOC O O", 0),  # too short
        ("B-LOC O O", "B-a-b O O", 0),  # of another type
        ("B-LOC B-LOC O", "B-LOC I-LOC O", 0),  # two are not one
        ("O I-LOC O", "O B-LOC O", 1),  # invalid, but a span in the CoNLL evaluation
        ("B-LOC I-a-b O", "B-LOC B-a-b O", 1),
        ("B-LOC O B-a-b", "B-LOC O O", 2 / 3),
        ("O O O", "O O O", 0),
        ("O O O", "O B-LOC I-LOC", 0),
        ("B-LOC O O", "O O O", 0),
    ],
)
def test_a_span_is_correct_as_a_whole_or_not_at_all(actual, predicted, expected):
    labels, metric = SCHEMES["bio"], SpanF1(SCHEMES["bio"])
    actual, predicted = (np.array([[labels.index(tag) for tag in tags.split()]]) for tags in (actual, predicted))
    metric.update_state(actual, predicted, np.ones((1, 3), bool))
    np.testing.assert_allclose(metric.result(), expected, atol=1e-7)


def test_padding_is_ignored():
    metric = SpanF1(SCHEMES["bio"])
    metric.update_state(np.array([[1, 2, 2, 1]]), np.array([[1, 2, 0, 3]]), mask_of([2], 4))
    assert float(metric.result()) == 1


def test_labels_without_spans_and_empty_batches_give_zero():
    metric = SpanF1(["O"])
    assert float(metric.result()) == 0
    metric.update_state(np.zeros((2, 3), int), np.zeros((2, 3), int), np.zeros((2, 3), bool))
    assert float(metric.result()) == 0


@schemes
def test_a_metric_from_its_configuration_gives_the_same_score(scheme):
    labels, rng = SCHEMES[scheme], np.random.default_rng(1)
    metric = SpanF1(labels, name="spans")
    copy = keras.metrics.deserialize(keras.metrics.serialize(metric))
    actual, predicted = rng.integers(0, len(labels), (2, 4, 6))
    for one in (metric, copy):
        one.update_state(actual, np.where(actual < 3, actual, predicted), np.ones((4, 6), bool))
    assert copy.name == "spans" and 0 < float(metric.result()) == float(copy.result())
