"""Tagging schemes: conversion between tags and labeled spans of tokens.

    tokens   Ann  Lee  met  Bob  Kim  in  Rome
    bio      B-P  I-P  O    B-P  B-P  O   B-L    every span begins with B
    iob1     I-P  I-P  O    I-P  B-P  O   I-L    B only directly after a span of the same type
    bioes    B-P  E-P  O    S-P  S-P  O   S-L    a span ends with E; a single token is S; L and U of BILOU equal E and S

A tag is `O`, or a prefix, a hyphen and a type. Plain tags, such as parts of speech, have the scheme None.

Sources: Ramshaw and Marcus 1995 (IOB1), Tjong Kim Sang and Veenstra 1999 (IOB2), Ratinov and Roth 2009 (BILOU).
"""

import numpy as np

SCHEMES = ("bio", "iob1", "bioes")
PREFIXES = {"B": "B", "I": "I", "E": "E", "L": "E", "S": "S", "U": "S"}
OUTSIDE_TAG = ("O", "")


def infer_scheme(sentences):
    """Returns the scheme under which the most sentences are valid.

    Args:
        sentences: iterable of lists of tags.

    Returns:
        "bio", "iob1" or "bioes", the first of `SCHEMES` in case of a tie; None for plain tags, or without tags.

    Example:
        >>> infer_scheme([["I-PER", "O"], ["I-PER", "B-PER"]])
        'iob1'
    """
    sentences = [list(tags) for tags in sentences]
    tags = {tag for sentence in sentences for tag in sentence}
    if not tags or not all(is_span_tag(tag) for tag in tags):
        return None
    num_valid = {scheme: sum(find_violation(tags, scheme) is None for tags in sentences) for scheme in SCHEMES}
    return max(SCHEMES, key=num_valid.get)


def scheme_from_labels(labels):
    """Returns the scheme of a model's label names.

    Args:
        labels: iterable of str, in any order.

    Returns:
        "bioes" if there is an E or S tag, "bio" for other span tags, None for plain tags.

    Example:
        >>> scheme_from_labels(["O", "B-PER", "E-PER", "S-PER"])
        'bioes'
    """
    if infer_scheme([labels]) is None:
        return None
    return "bioes" if any(_parse_tag(label)[0] in ("E", "S") for label in labels) else "bio"


def is_span_tag(tag):
    """Returns whether a tag marks spans: `O` or prefix-type.

    Args:
        tag: str.

    Returns:
        bool.

    Example:
        >>> is_span_tag("B-PER"), is_span_tag("NOUN")
        (True, False)
    """
    return _parse_tag(tag) is not None


def find_violation(tags, scheme):
    """Returns the first tag that violates a scheme.

    Args:
        tags: list of str; tags of one sentence.
        scheme: one of `SCHEMES`, or None, which every tag satisfies.

    Returns:
        None, or a tuple `(position, reason)`.

    Raises:
        ValueError: if `scheme` is not one of `SCHEMES`.

    Example:
        >>> find_violation(["O", "I-PER"], "bio")
        (1, 'I-PER after O: a span begins with B-')
    """
    if scheme is None:
        return None
    _check_scheme(scheme)
    previous, name = OUTSIDE_TAG, None
    for position, tag in enumerate(tags):
        parsed = _parse_tag(tag)
        if parsed is None:
            return position, f"{tag!r} is neither O nor a prefix and a type, such as B-PER"
        if parsed[0] in ("E", "S") and scheme != "bioes":
            return position, f"{tag}: {scheme} has no {tag[0]}-"
        reason = _transition_error(previous, parsed, scheme)
        if reason:
            return position, f"{tag} {'at the start' if name is None else f'after {name}'}: {reason}"
        previous, name = parsed, tag
    reason = _transition_error(previous, OUTSIDE_TAG, scheme)
    return (len(tags) - 1, f"{name} at the end: {reason}") if reason else None


def tags_to_spans(tags, scheme="bio"):
    """Returns the labeled spans of a tagged sentence.

    Args:
        tags: list of str.
        scheme: one of `SCHEMES`.

    Returns:
        list of (type, start, end) from left to right; `end` is the position after the last token.

    Raises:
        ValueError: if a tag violates the scheme.

    Example:
        >>> tags_to_spans(["B-PER", "I-PER", "O", "B-LOC"])
        [('PER', 0, 2), ('LOC', 3, 4)]
    """
    _check_scheme(scheme)
    violation = find_violation(tags, scheme)
    if violation:
        raise ValueError(f"`tags[{violation[0]}]` must follow the scheme {scheme}; received {violation[1]}.")
    spans, previous = [], ""
    for position, (prefix, type_) in enumerate(map(_parse_tag, tags)):
        if type_ and type_ == previous and prefix in ("I", "E"):
            spans[-1] = (type_, spans[-1][1], position + 1)
        elif type_:
            spans.append((type_, position, position + 1))
        previous = type_
    return spans


def spans_to_tags(spans, length, scheme="bio"):
    """Returns the tags of labeled spans; the inverse of `tags_to_spans`.

    Args:
        spans: iterable of (type, start, end), in any order.
        length: int; number of tokens of the sentence.
        scheme: one of `SCHEMES`.

    Returns:
        list of `length` tags.

    Raises:
        ValueError: if spans overlap, or a span is empty, has no type or exceeds the sentence.

    Example:
        >>> spans_to_tags([("PER", 0, 2), ("LOC", 3, 4)], 4, "bioes")
        ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    _check_scheme(scheme)
    tags, previous_end, previous = ["O"] * length, 0, None
    for type_, start, end in sorted(spans, key=lambda span: span[1:]):
        if not (type_ and 0 <= start < end <= length):
            raise ValueError(f"`spans` must be (type, start, end) in {length} tokens; received {(type_, start, end)}.")
        if start < previous_end:
            raise ValueError(f"`spans` must not overlap; {(type_, start, end)} begins before {previous_end}.")
        prefixes = ["I"] * (end - start)
        if scheme != "iob1" or (start == previous_end and type_ == previous):
            prefixes[0] = "B"
        if scheme == "bioes":
            prefixes[-1] = "S" if end - start == 1 else "E"
        tags[start:end] = [f"{prefix}-{type_}" for prefix in prefixes]
        previous_end, previous = end, type_
    return tags


def convert_scheme(tags, source, target):
    """Returns the tags of a sentence in another scheme.

    Args:
        tags: list of str.
        source, target: two of `SCHEMES`.

    Returns:
        list of str.

    Raises:
        ValueError: if a tag violates `source`.

    Example:
        >>> convert_scheme(["I-PER", "I-PER", "B-PER"], "iob1", "bio")
        ['B-PER', 'I-PER', 'B-PER']
    """
    return spans_to_tags(tags_to_spans(tags, source), len(tags), target)


def transition_constraints(labels):
    """Returns the tag transitions that the scheme permits, for a CRF.

    Args:
        labels: K names, in any order; plain tags permit every transition.

    Returns:
        A tuple `(allowed, starts, ends)` of bool arrays: (K, K) from the label of the row to that of the column, (K,)
        at the start of a sentence, and (K,) at its end.

    Example:
        >>> allowed, starts, ends = transition_constraints(["O", "B-PER", "I-PER"])
        >>> starts
        array([ True,  True, False])
    """
    scheme, count = scheme_from_labels(labels), len(labels)
    if scheme is None:
        return np.ones((count, count), bool), np.ones(count, bool), np.ones(count, bool)
    tags = [OUTSIDE_TAG, *map(_parse_tag, labels)]  # the boundary of a sentence behaves like O
    table = np.array([[_transition_error(previous, tag, scheme) is None for tag in tags] for previous in tags])
    return table[1:, 1:], table[0, 1:], table[1:, 0]


def sorted_labels(tags):
    """Returns the distinct tags in the order of a model's labels.

    Args:
        tags: iterable of str.

    Returns:
        list of str: O first, then by type, B before I, E and S; plain tags in lexicographic order.

    Example:
        >>> sorted_labels(["I-PER", "B-PER", "O", "B-LOC"])
        ['O', 'B-LOC', 'B-PER', 'I-PER']
    """
    tags = set(tags)
    if not all(map(is_span_tag, tags)):
        return sorted(tags)
    # the empty type of OUTSIDE_TAG sorts first
    return sorted(tags, key=lambda tag: (_parse_tag(tag)[1], "OBIES".index(_parse_tag(tag)[0]), tag))


def _parse_tag(tag):
    """Returns (prefix, type), L as E, U as S; None for plain tags."""
    if tag == "O":
        return OUTSIDE_TAG
    prefix, _, type_ = tag.partition("-")
    return (PREFIXES[prefix], type_) if type_ and prefix in PREFIXES else None


def _transition_error(previous, tag, scheme):
    """Returns why a tag cannot follow another, or None."""
    prefix, same_type = tag[0], tag[1] == previous[1]
    if scheme == "bio" and prefix == "I" and not same_type:
        return "a span begins with B-"
    if scheme == "iob1" and prefix == "B" and not same_type:
        return "a span begins with I-, unless it directly follows one of its type"
    if scheme == "bioes" and previous[0] in ("B", "I") and not (same_type and prefix in ("I", "E")):
        return "a span that begins with B- ends with E-"
    if scheme == "bioes" and previous[0] not in ("B", "I") and prefix in ("I", "E"):
        return "a span begins with B-, or is a single S-"
    return None


def _check_scheme(scheme):
    if scheme not in SCHEMES:
        raise ValueError(f"`scheme` must be one of {', '.join(SCHEMES)} (for BILOU, bioes); received {scheme!r}.")
