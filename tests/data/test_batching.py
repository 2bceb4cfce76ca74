"""BucketedBatches: every example once, the same order after an interruption, little padding."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.data.batching import BucketedBatches, encode_texts


def lengths_to_ids(texts):
    """A text that is a number n becomes n ones."""
    rows = [[1] * int(text) for text in texts.numpy()]
    return tf.ragged.constant(rows or [[]], dtype=tf.int32).to_tensor()


def make_dataset(lengths, weights=None):
    texts = tf.constant([str(length) for length in lengths])
    parts = (texts, np.arange(len(lengths))) + (() if weights is None else (np.asarray(weights),))
    return tf.data.Dataset.from_tensor_slices(parts)


@settings(max_examples=30, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 9), min_size=1, max_size=40),
    batch_size=st.integers(1, 7),
    shuffle=st.booleans(),
    multiple=st.integers(1, 4),
    epoch=st.integers(0, 3),
)
def test_every_example_comes_once_an_epoch_with_its_target(lengths, batch_size, shuffle, multiple, epoch):
    batches = BucketedBatches(
        *encode_texts(make_dataset(lengths), lengths_to_ids),
        batch_size=batch_size,
        shuffle=shuffle,
        pad_to_multiple_of=multiple,
        bucket_batches=2,
    )
    seen = []
    for ids, targets in batches.dataset(first_epoch=epoch):
        assert ids.shape[1] % multiple == 0 and ids.shape[1] >= 1
        assert len(ids) <= batch_size
        np.testing.assert_array_equal(np.count_nonzero(ids, axis=1), [lengths[i] for i in targets])
        seen += targets.numpy().tolist()
    assert sorted(seen) == list(range(len(lengths)))


def test_a_batch_size_beyond_the_examples_gives_one_batch_of_all():
    for shuffle in (False, True):
        encoded = encode_texts(make_dataset([2, 1, 3]), lengths_to_ids)
        batches = BucketedBatches(*encoded, batch_size=2**31 - 1, shuffle=shuffle)
        assert len(batches) == 1
        assert [sorted(targets.numpy()) for _, targets in batches.dataset()] == [[0, 1, 2]]


@given(lengths=st.lists(st.integers(0, 9), min_size=1, max_size=40), batch_size=st.integers(1, 7))
@settings(max_examples=30, deadline=None)
def test_restore_order_inverts_the_order_of_the_batches(lengths, batch_size):
    batches = BucketedBatches(*encode_texts(make_dataset(lengths), lengths_to_ids), batch_size=batch_size)
    outputs = np.concatenate([np.stack([targets, 2 * targets], axis=1) for _, targets in batches.dataset()])
    np.testing.assert_array_equal(batches.restore_order(outputs)[:, 0], np.arange(len(lengths)))


def order(dataset):
    return [targets.numpy().tolist() for _, targets in dataset]


def test_a_resumed_run_reads_the_batches_of_an_uninterrupted_one():
    lengths = np.random.default_rng(0).integers(1, 30, 200)
    options = {"batch_size": 8, "shuffle": True, "seed": 7, "bucket_batches": 5}
    whole = BucketedBatches(*encode_texts(make_dataset(lengths), lengths_to_ids), **options).dataset()
    epochs = [order(whole) for _ in range(4)]
    resumed = BucketedBatches(*encode_texts(make_dataset(lengths), lengths_to_ids), **options).dataset(first_epoch=2)
    assert [order(resumed), order(resumed)] == epochs[2:]
    assert epochs[0] != epochs[1]
    assert (
        order(BucketedBatches(*encode_texts(make_dataset(lengths), lengths_to_ids), **{**options, "seed": 8}).dataset())
        != epochs[0]
    )


def test_batches_of_similar_length_need_little_padding():
    lengths = np.random.default_rng(0).lognormal(4, 0.6, 2000).astype(int) + 1
    batches = BucketedBatches(*encode_texts(make_dataset(lengths), lengths_to_ids), batch_size=16, shuffle=True)
    mixed = BucketedBatches(
        *encode_texts(make_dataset(lengths), lengths_to_ids), batch_size=16, shuffle=True, bucket_batches=1
    )
    assert batches.padding_ratio() < 1.15 < mixed.padding_ratio()


def test_weights_and_texts_alone_pass_through():
    ids, targets, weights = next(
        iter(BucketedBatches(*encode_texts(make_dataset([1, 2], [0.5, 2.0]), lengths_to_ids)).dataset())
    )
    np.testing.assert_array_equal(weights, [0.5, 2.0])
    alone = BucketedBatches(*encode_texts(tf.data.Dataset.from_tensor_slices(["2", "1"]), lengths_to_ids))
    assert alone.targets is None
    np.testing.assert_array_equal(next(iter(alone.dataset())), [[1, 0], [1, 1]])


def test_a_batched_dataset_gives_the_same_examples():
    one = order(BucketedBatches(*encode_texts(make_dataset([3, 1, 2]), lengths_to_ids)).dataset())
    assert order(BucketedBatches(*encode_texts(make_dataset([3, 1, 2]).batch(2), lengths_to_ids)).dataset()) == one


def test_an_empty_dataset_is_rejected():
    with pytest.raises(ValueError, match="empty"):
        BucketedBatches(*encode_texts(make_dataset([1]).take(0), lengths_to_ids))


def test_a_dataset_of_numbers_is_rejected():
    with pytest.raises(TypeError, match="`dataset`"):
        BucketedBatches(*encode_texts(tf.data.Dataset.from_tensor_slices([1.0, 2.0]), lengths_to_ids))


def test_a_batch_size_of_0_is_rejected():
    with pytest.raises(ValueError, match="batch_size"):
        BucketedBatches(*encode_texts(make_dataset([1]), lengths_to_ids), batch_size=0)


def pairs_of(first, second):
    """Features of two lengths an example, and its number as its target."""
    features = {
        name: [np.full(length, number + 1, np.int32) for number, length in enumerate(lengths)]
        for name, lengths in (("source", first), ("target", second))
    }
    return features, np.arange(len(first))


@pytest.mark.parametrize("multiple", [1, 4])
def test_features_of_different_lengths_are_padded_each_to_its_own_longest(multiple):
    first, second = [3, 1, 7, 2], [2, 9, 1, 1]
    batches = BucketedBatches(*pairs_of(first, second), batch_size=2, pad_to_multiple_of=multiple)
    seen = []
    for inputs, targets in batches.dataset():
        for name, lengths in (("source", first), ("target", second)):
            own = [lengths[i] for i in targets]
            assert inputs[name].shape == (2, -(-max(own) // multiple) * multiple)
            for row, number, length in zip(inputs[name].numpy(), targets.numpy(), own, strict=True):
                assert row.tolist() == [number + 1] * length + [0] * (len(row) - length)
        seen += targets.numpy().tolist()
    assert sorted(seen) == [0, 1, 2, 3]


@pytest.mark.parametrize("shuffle", [False, True])
def test_examples_of_a_batch_have_a_similar_sum_of_lengths(shuffle):
    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 60, 400), rng.integers(1, 60, 400)
    batches = BucketedBatches(*pairs_of(first, second), batch_size=20, shuffle=shuffle, bucket_batches=20)
    sums = sorted(sorted(first[batch] + second[batch]) for batch in batches.batch_indices(0))
    assert np.concatenate(sums).tolist() == sorted(first + second), "one bucket: batches are runs of sorted sums"
    padded = sum(len(batch) * (first[batch].max() + second[batch].max()) for batch in batches.batch_indices(0))
    assert batches.padding_ratio() == pytest.approx(padded / (first + second).sum())


def test_a_target_a_step_is_padded_like_its_features():
    features, _ = pairs_of([2, 1], [1, 3])
    steps = [np.array([7], np.int32), np.array([7, 8, 9], np.int32)]
    ((inputs, targets, weights),) = BucketedBatches(features, steps, np.array([0.5, 2.0], np.float32)).dataset()
    order = [0, 1] if weights[0] == 0.5 else [1, 0]
    assert inputs["target"].shape == targets.shape == (2, 3) and inputs["source"].shape == (2, 2)
    assert targets.numpy()[order].tolist() == [[7, 0, 0], [7, 8, 9]]


def test_features_that_can_be_indexed_are_read_row_by_row_beside_those_that_are_padded():
    class Squares:
        """Indexed like an array; rows are computed on access."""

        shape, dtype = (5, 2), np.dtype(np.float16)

        def __len__(self):
            return 5

        def __getitem__(self, numbers):
            return np.stack([numbers, numbers**2], axis=1).astype(np.float16)

    words = [np.arange(1, length + 1, dtype=np.int32) for length in (3, 1, 5, 2, 4)]
    batches = BucketedBatches({"source": Squares(), "target": words}, words, batch_size=2, shuffle=True, seed=1)
    seen = []
    for inputs, _ in batches.dataset():
        assert inputs["source"].dtype == tf.float16
        for row, ids in zip(inputs["source"].numpy(), inputs["target"].numpy(), strict=True):
            number = int(row[0])
            assert row[1] == number**2 and np.count_nonzero(ids) == len(words[number])
            seen.append(number)
    assert sorted(seen) == [0, 1, 2, 3, 4]
    alone = BucketedBatches({"source": Squares()}, batch_size=2)
    found = np.concatenate([inputs["source"].numpy() for inputs in alone.dataset()])
    np.testing.assert_array_equal(alone.restore_order(found)[:, 0], np.arange(5))
