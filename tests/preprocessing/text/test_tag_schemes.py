"""Tagging schemes: equality with seqeval, and every sequence of up to four tags."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval import scheme as reference
from seqeval.metrics.sequence_labeling import get_entities

from rnn_templates.preprocessing.text.tag_schemes import (
    SCHEMES,
    convert_scheme,
    find_violation,
    infer_scheme,
    scheme_from_labels,
    sorted_labels,
    spans_to_tags,
    tags_to_spans,
    transition_constraints,
)

PREFIXES = {"bio": "BI", "iob1": "BI", "bioes": "BIES"}
REFERENCES = {"bio": reference.IOB2, "iob1": reference.IOB1, "bioes": reference.IOBES}
EXAMPLE = [("P", 0, 2), ("P", 3, 4), ("P", 4, 6), ("L", 6, 7)]
TAGS = {
    "bio": "B-P I-P O B-P B-P I-P B-L",
    "iob1": "I-P I-P O I-P B-P I-P I-L",
    "bioes": "B-P E-P O S-P B-P E-P S-L",
}


@st.composite
def marked(draw):
    """Spans of a sentence, and its length."""
    pieces = draw(st.lists(st.tuples(st.sampled_from([None, "A", "B", "a-b"]), st.integers(1, 4)), max_size=8))
    ends = list(itertools.accumulate(length for _, length in pieces))
    found = [(kind, end - length, end) for (kind, length), end in zip(pieces, ends, strict=True) if kind]
    return found, ends[-1] if ends else 0


def labels_of(scheme, kinds="AB"):
    return ["O", *(f"{prefix}-{kind}" for kind in kinds for prefix in PREFIXES[scheme])]


def every_marking(length):
    """All ways to mark spans of two types in a sentence."""
    if not length:
        yield []
        return
    for size in range(1, length + 1):
        for rest in every_marking(length - size):
            yield from ([*rest, (kind, length - size, length)] for kind in "AB")
            if size == 1:
                yield rest


def every_valid(length, scheme):
    """All valid sequences of tags, each span written by the table in a textbook."""
    for marking in every_marking(length):
        tags, before = ["O"] * length, (None, 0, 0)
        for kind, first, last in marking:
            size = last - first
            inside = {
                "bio": "B" + "I" * (size - 1),
                "iob1": ("B" if before[0] == kind and before[2] == first else "I") + "I" * (size - 1),
                "bioes": "S" if size == 1 else "B" + "I" * (size - 2) + "E",
            }[scheme]
            tags[first:last] = [f"{prefix}-{kind}" for prefix in inside]
            before = (kind, first, last)
        yield tuple(tags)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_example_of_the_schemes_is_converted_both_ways(scheme):
    assert " ".join(spans_to_tags(EXAMPLE, 7, scheme)) == TAGS[scheme]
    assert tags_to_spans(TAGS[scheme].split(), scheme) == EXAMPLE


@given(marking=marked(), scheme=st.sampled_from(SCHEMES), shuffled=st.randoms(use_true_random=False))
def test_spans_come_back_from_their_tags(marking, scheme, shuffled):
    found, length = marking
    mixed = shuffled.sample(found, len(found))
    tags = spans_to_tags(mixed, length, scheme)
    assert len(tags) == length
    assert find_violation(tags, scheme) is None
    assert tags_to_spans(tags, scheme) == found


@given(marking=marked(), source=st.sampled_from(SCHEMES), target=st.sampled_from(SCHEMES))
def test_tags_come_back_from_another_scheme(marking, source, target):
    tags = spans_to_tags(*marking, source)
    there = convert_scheme(tags, source, target)
    assert there == spans_to_tags(*marking, target)
    assert convert_scheme(there, target, source) == tags


@given(marking=marked(), scheme=st.sampled_from(SCHEMES))
def test_spans_are_those_that_seqeval_finds(marking, scheme):
    tags = spans_to_tags(*marking, scheme)
    assert tags_to_spans(tags, scheme) == [(kind, first, last + 1) for kind, first, last in get_entities(tags)]
    strict = reference.Tokens(tags, REFERENCES[scheme]).entities
    assert tags_to_spans(tags, scheme) == [(one.tag, one.start, one.end) for one in strict]


@given(marking=marked())
def test_bilou_is_read_as_bioes(marking):
    tags = spans_to_tags(*marking, "bioes")
    bilou = [{"E": "L", "S": "U"}.get(tag[0], tag[0]) + tag[1:] for tag in tags]
    strict = reference.Tokens(bilou, reference.BILOU).entities
    assert tags_to_spans(bilou, "bioes") == [(one.tag, one.start, one.end) for one in strict] == marking[0]
    assert convert_scheme(bilou, "bioes", "bioes") == tags


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4])
def test_a_sequence_is_valid_exactly_if_it_marks_spans(scheme, length):
    valid = {
        tags for tags in itertools.product(labels_of(scheme), repeat=length) if find_violation(tags, scheme) is None
    }
    assert valid == set(every_valid(length, scheme))


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_constraints_permit_exactly_the_valid_sequences(scheme, length):
    labels = labels_of(scheme)[::-1]
    allowed, first, last = transition_constraints(labels)
    assert (allowed.dtype, first.dtype, last.dtype) == (bool, bool, bool)
    paths = {
        tuple(labels[step] for step in path)
        for path in itertools.product(range(len(labels)), repeat=length)
        if first[path[0]] and last[path[-1]] and all(allowed[i, j] for i, j in itertools.pairwise(path))
    }
    assert paths == set(every_valid(length, scheme))


@given(marking=marked(), scheme=st.sampled_from(["bio", "bioes"]), data=st.data())
def test_the_constraints_do_not_depend_on_the_order_of_the_labels(marking, scheme, data):
    labels = data.draw(st.permutations(labels_of(scheme, ["A", "B", "a-b"])))
    allowed, first, last = transition_constraints(labels)
    path = [labels.index(tag) for tag in spans_to_tags(*marking, scheme)]
    assert all(allowed[i, j] for i, j in itertools.pairwise(path))
    assert not path or (first[path[0]] and last[path[-1]])


@pytest.mark.parametrize("labels", [["NOUN", "VERB", "O"], ["B", "I", "O"], ["-LRB-", ",", "PRP$", "HYPH"]])
def test_plain_tags_may_follow_each_other_freely(labels):
    assert all(np.all(table) for table in transition_constraints(labels))
    assert [table.shape for table in transition_constraints(labels)] == [
        (len(labels),) * 2,
        (len(labels),),
        (len(labels),),
    ]


@pytest.mark.parametrize(
    ("sentences", "scheme"),
    [
        (["B-P I-P O B-P"], "bio"),
        (["I-P I-P O I-P"], "iob1"),
        (["I-P B-P I-P"], "iob1"),
        (["B-P E-P O S-P"], "bioes"),
        (["B-P L-P O U-P"], "bioes"),
        (["B-P I-P L-P"], "bioes"),
        (["O O", "O"], "bio"),
        (["B-creative-work I-creative-work"], "bio"),
        (["B-P", "O I-P", "B-P I-P"], "bio"),
        (["O", "O B-P", "I-P", "I-P O I-P"], "iob1"),
        (["B-P", "I-P"], "bio"),
        (["NN -LRB- HYPH , PRP$ ."], None),
        (["B I O"], None),
        (["B-P X-P"], None),
        (["B-P I-"], None),
        (["b-P O"], None),
        (["-P O"], None),
        (["B-P", "B-P NOUN"], None),
        (["O Os"], None),
        ([""], None),
        ([], None),
    ],
)
def test_the_scheme_is_the_one_that_explains_most_sentences(sentences, scheme):
    assert infer_scheme(iter([sentence.split() for sentence in sentences])) == scheme


@pytest.mark.parametrize(
    ("labels", "scheme"),
    [
        ("I-P O B-P", "bio"),
        ("I-P E-P O B-P S-P", "bioes"),
        ("B-Y E-Y O", "bioes"),
        ("O U-P", "bioes"),
        ("O", "bio"),
        ("O NOUN", None),
        ("", None),
    ],
)
def test_the_scheme_of_labels_does_not_depend_on_their_order(labels, scheme):
    assert {scheme_from_labels(list(order)) for order in itertools.permutations(labels.split())} == {scheme}


@pytest.mark.parametrize(
    ("scheme", "tags", "position", "reason"),
    [
        ("bio", "O I-PER", 1, "I-PER after O: a span begins with B-"),
        ("bio", "I-PER", 0, "I-PER at the start: a span begins with B-"),
        ("bio", "B-PER I-PER I-LOC", 2, "I-LOC after I-PER: a span begins with B-"),
        ("bio", "B-PER E-PER", 1, "E-PER: bio has no E-"),
        ("iob1", "U-PER", 0, "U-PER: iob1 has no U-"),
        ("iob1", "O B-PER", 1, "B-PER after O: a span begins with I-, unless it directly follows one of its type"),
        ("iob1", "I-LOC B-PER", 1, "B-PER after I-LOC: a span begins with I-, unless"),
        ("bioes", "B-PER O", 1, "O after B-PER: a span that begins with B- ends with E-"),
        ("bioes", "O B-PER I-PER", 2, "I-PER at the end: a span that begins with B- ends with E-"),
        ("bioes", "B-PER E-LOC", 1, "E-LOC after B-PER: a span that begins with B- ends with E-"),
        ("bioes", "S-PER I-PER", 1, "I-PER after S-PER: a span begins with B-, or is a single S-"),
        ("bioes", "E-PER", 0, "E-PER at the start: a span begins with B-, or is a single S-"),
        ("bioes", "B-PER L-PER L-PER", 2, "L-PER after L-PER: a span begins with B-, or is a single S-"),
        ("bio", "O B", 1, "'B' is neither O nor a prefix and a type, such as B-PER"),
    ],
)
def test_the_first_violation_is_returned_with_its_reason(scheme, tags, position, reason):
    found = find_violation(tags.split(), scheme)
    assert found[0] == position
    assert found[1].startswith(reason)
    with pytest.raises(ValueError, match=rf"`tags\[{position}\]` .*{scheme}"):
        tags_to_spans(tags.split(), scheme)


def test_plain_tags_have_no_violation():
    assert find_violation(["I-PER", "NOUN", "E-"], None) is None


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([("P", 0, 2), ("L", 1, 3)], r"`spans` .*overlap.*\('L', 1, 3\)"),
        ([("P", 1, 3), ("L", 1, 2)], "`spans` .*overlap"),
        ([("P", 2, 5)], r"`spans` .*\('P', 2, 5\)"),
        ([("P", -1, 2)], "`spans`"),
        ([("P", 2, 2)], "`spans`"),
        ([("", 0, 2)], "`spans`"),
    ],
)
def test_spans_that_no_tags_can_mark_are_refused(found, message):
    with pytest.raises(ValueError, match=message):
        spans_to_tags(found, 4)


@pytest.mark.parametrize("scheme", ["bilou", "BIO", None])
def test_an_unknown_scheme_is_refused_with_those_there_are(scheme):
    for use in (
        lambda: tags_to_spans(["O"], scheme),
        lambda: spans_to_tags([], 1, scheme),
        lambda: convert_scheme(["O"], "bio", scheme),
    ):
        with pytest.raises(ValueError, match="`scheme` .*bio, iob1, bioes"):
            use()


def test_labels_are_in_the_order_outside_type_prefix():
    assert sorted_labels(["S-P", "E-P", "I-P", "B-P", "B-L", "O", "B-P"]) == ["O", "B-L", "B-P", "I-P", "E-P", "S-P"]
    assert sorted_labels(["VERB", "O", "B-P", "NOUN"]) == ["B-P", "NOUN", "O", "VERB"]
