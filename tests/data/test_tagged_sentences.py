"""Tagged sentences as a dataset, and from texts with spans."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.preprocessing.text.tag_schemes import tags_to_spans
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets

TEXT = "Dr. L’Eau 👩\u200d👧 met Ann Lee<br>in Oslo."


def spans_of(*pieces):
    return [(entity_type, TEXT.index(piece), TEXT.index(piece) + len(piece)) for entity_type, piece in pieces]


def test_the_tokens_of_spans_have_their_tags():
    tagged = TaggedSentences.from_spans(
        ["", TEXT], [[], spans_of(("NAME", "Ann Lee"), ("NAME", "L’Eau"), ("CITY", "Oslo"))]
    )
    assert tagged.tokens == [[], ["Dr", ".", "L’Eau", "👩", "👧", "met", "Ann", "Lee", "in", "Oslo", "."]]
    assert tagged.tags == [[], ["O", "O", "B-NAME", "O", "O", "O", "B-NAME", "I-NAME", "O", "B-CITY", "O"]]
    assert (tagged.labels, tagged.scheme, tagged.rejected) == (("O", "B-CITY", "B-NAME", "I-NAME"), "bio", [])


def test_given_labels_are_kept_in_their_order():
    labels = ["B-X", "I-X", "O"]
    tagged = TaggedSentences.from_spans(["a b"], [[("X", 0, 1)]], labels)
    assert tagged.labels == ("B-X", "I-X", "O")
    assert next(iter(tagged.dataset()))[1].numpy().tolist() == [0, 2]


@pytest.mark.parametrize("span", [(4, 6), (5, 9), (4, 8), (3, 9), (4, 4), (9, 4), (0, 99)], ids=str)
def test_a_span_that_cuts_a_token_is_rejected(span):
    text = "see Annas  cat"
    with pytest.raises(ValueError, match=r"text 1: the NAME"):
        TaggedSentences.from_spans(["x", text], [[], [("NAME", *span)]])


def test_overlapping_spans_are_rejected():
    with pytest.raises(ValueError, match="overlap"):
        TaggedSentences.from_spans(["a b c"], [[("X", 0, 3), ("Y", 2, 5)]])


@given(st.text("aB1 .,é👩\u200d日\n", max_size=25), st.data())
def test_spans_are_recovered_from_the_tags(text, data):
    tokens = tokenize_with_offsets(text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(tokens)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    expected = [("XY"[i % 2], tokens[first].start, tokens[last - 1].end) for i, (first, last) in enumerate(pairs)]
    (tags,) = TaggedSentences.from_spans([text], [expected]).tags
    assert [(entity_type, tokens[a].start, tokens[b - 1].end) for entity_type, a, b in tags_to_spans(tags)] == expected


def test_the_dataset_holds_tokens_and_numbers_of_labels():
    tokens, tags = [["é", "日"], [], ["\ufffd"]], [["B", "A"], [], ["C"]]
    dataset = TaggedSentences(tokens, tags, ("A", "B", "C"), None, []).dataset()
    assert dataset.element_spec == (tf.TensorSpec((None,), tf.string), tf.TensorSpec((None,), tf.int64))
    rows = list(dataset.as_numpy_iterator())
    assert [[token.decode() for token in row] for row, _ in rows] == tokens
    assert [row.tolist() for _, row in rows] == [[1, 0], [], [2]]
    assert (int(dataset.cardinality()), rows[0][1].dtype) == (3, np.int64)


def test_no_sentences_are_an_empty_dataset():
    assert list(TaggedSentences([], [], ("A", "B"), None, []).dataset()) == []
