"""Sentences out of anything that holds them, and their tokens with places."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.sentence_inputs import get_tokens, read_sentence_examples, tokens_with_offsets
from rnn_templates.preprocessing.text.token_offsets import Token, tokenize_with_offsets


def test_lists_tuples_arrays_and_ragged_tensors_hold_sentences():
    tokens = [["In", "Oslo"], ["Rome"]]
    objects = [np.array(own, object) for own in tokens]
    for form in (tokens, tuple(map(tuple, tokens)), objects, iter(tokens)):
        assert read_sentence_examples(form)[0] == tokens
    assert read_sentence_examples(tf.ragged.constant(tokens))[0] == [[b"In", b"Oslo"], [b"Rome"]]
    assert read_sentence_examples(["In Oslo", b"Rome", ["Rome"]])[0] == ["In Oslo", b"Rome", ["Rome"]]


def test_the_given_list_is_left_as_it_is():
    sentences = [("In", "Oslo")]
    read_sentence_examples(sentences)[0][0].append("!")
    assert sentences == [("In", "Oslo")]


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_datasets_hold_sentences_alone_with_tags_and_with_weights(columns):
    rows = [(["In", "Oslo"], [0, 1], 0.5), (["Rome"], [1], 2.0)]
    specs = (tf.TensorSpec((None,), tf.string), tf.TensorSpec((None,), tf.int64), tf.TensorSpec((), tf.float32))
    signature = specs[0] if columns == 1 else specs[:columns]
    dataset = tf.data.Dataset.from_generator(
        lambda: (row[0] if columns == 1 else row[:columns] for row in rows), output_signature=signature
    )
    sentences, tags, weights = read_sentence_examples(dataset)
    assert sentences == [[b"In", b"Oslo"], [b"Rome"]]
    assert (None if tags is None else [own.tolist() for own in tags]) == (None if columns == 1 else [[0, 1], [1]])
    assert weights == (None if columns < 3 else [0.5, 2.0])


def test_numbers_that_differ_are_refused():
    with pytest.raises(ValueError, match="`y` .*1 for 2"):
        read_sentence_examples(["a", "b"], [[0]])
    with pytest.raises(ValueError, match="`sample_weight` .*3 for 2"):
        read_sentence_examples(["a", "b"], [[0], [0]], [1, 1, 1])


def test_an_empty_dataset_is_refused():
    with pytest.raises(ValueError, match="`x`"):
        read_sentence_examples(tf.data.Dataset.from_tensor_slices(["a"]).take(0))


@given(st.text(max_size=20))
def test_a_text_is_split_by_the_rule_and_keeps_its_places(text):
    assert get_tokens(text) == [token.text for token in tokenize_with_offsets(text)]
    assert tokens_with_offsets(text) == (text, tokenize_with_offsets(text))


def test_bytes_have_the_places_of_what_they_decode_to():
    text, tokens = tokens_with_offsets("é Oslo".encode() + b"\xff")
    assert (text, tokens) == ("é Oslo\ufffd", [Token("é", 0, 1), Token("Oslo", 2, 6), Token("\ufffd", 6, 7)])


@given(st.lists(st.one_of(st.text(max_size=5), st.binary(max_size=5)), max_size=5))
def test_given_tokens_stand_in_their_text_with_a_space_between(given_tokens):
    text, tokens = tokens_with_offsets(given_tokens)
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert " ".join(token.text for token in tokens) == text
    assert [token.text.encode() for token in tokens] == [
        (one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass")).decode("utf-8", "replace").encode()
        for one in given_tokens
    ]
