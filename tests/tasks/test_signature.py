"""Signatures: batches in, predictions out."""

import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature, in_batches, pad_to_spec, predict_with, string_array


def test_batches_are_passed_in_order_and_predictions_joined():
    calls = []

    def run(name, x):
        calls.append((name, x.tolist()))
        return {"y": x * 2}

    signature = Signature(
        "double",
        (),
        None,
        encode=in_batches(lambda values: {"x": np.array(values)}, size=2),
        decode=lambda outputs, examples: [Prediction(*one) for one in zip(outputs["y"], examples, strict=True)],
    )
    assert predict_with(run, signature, [1, 2, 3]) == [Prediction(2, 1), Prediction(4, 2), Prediction(6, 3)]
    assert calls == [("double", [1, 2]), ("double", [3])]
    assert predict_with(run, signature, []) == []


def test_outputs_of_the_parts_of_an_example_are_joined_along_time():
    def encode(examples):
        for example in examples:
            parts = [example[start : start + 2] for start in range(0, len(example), 2)]
            for index, part in enumerate(parts):
                yield {"x": pad_to_spec(part, tf.TensorSpec((1, 2), tf.int32))}, int(index == len(parts) - 1)

    def decode(outputs, examples):
        return [outputs["y"][0, : len(examples[0])].tolist()]

    signature = Signature("part", (), None, encode=encode, decode=decode)
    examples = [[1, 2, 3], [4], [5, 6, 7, 8]]
    assert predict_with(lambda name, x: {"y": -x}, signature, examples) == [[-1, -2, -3], [-4], [-5, -6, -7, -8]]


def test_a_signature_without_predictions_is_an_error():
    with pytest.raises(ValueError, match="`signature`.*'encode'"):
        predict_with(None, Signature("encode", (), None), ["a"])
    with pytest.raises(ValueError, match="`encode` and `decode`"):
        Signature("encode", (), None, encode=in_batches(list))


def test_values_are_padded_to_a_spec():
    spec = tf.TensorSpec((1, 2, 3), tf.int32)
    padded = pad_to_spec([[1, 2]], spec)
    assert (padded.tolist(), padded.dtype) == ([[[1, 2, 0], [0, 0, 0]]], np.int32)
    for values in ([[1, 2, 3, 4]], [[1]] * 3, [1]):
        with pytest.raises(ValueError, match="`values`"):
            pad_to_spec(values, spec)


def test_strings_keep_their_bytes():
    values = [b"a\x00", b"", b"\xff"]
    assert tf.constant(string_array(values)).numpy().tolist() == values
    assert string_array([]).shape == (0,)
