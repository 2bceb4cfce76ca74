"""How tags mark spans of tokens.

    tokens   Ann  Lee  met  Bob  Kim  in  Rome
    bio      B-P  I-P  O    B-P  B-P  O   B-L    every span begins with B
    iob1     I-P  I-P  O    I-P  B-P  O   I-L    B only where a span of the same type ends just before
    bioes    B-P  E-P  O    S-P  S-P  O   S-L    a span ends with E, or is S alone; BILOU's L and U are read as E and S

A tag is `O`, or a prefix, a hyphen and a type. Plain tags, such as parts of speech, have no scheme: None.

Sources: Ramshaw and Marcus 1995 (IOB1), Tjong Kim Sang and Veenstra 1999 (IOB2), Ratinov and Roth 2009 (BILOU).
"""

import numpy as np

SCHEMES = ("bio", "iob1", "bioes")
PREFIXES = {"B": "B", "I": "I", "E": "E", "L": "E", "S": "S", "U": "S"}
OUTSIDE_TAG = ("O", "")


def infer_scheme(sentences):
    """Returns the scheme that explains the most sentences; of equals, the first of `SCHEMES`.

    Args:
        sentences: iterable of lists of tags.

    Returns:
        "bio", "iob1" or "bioes"; None for plain tags, or if there are no tags.

    Example:
        >>> infer_scheme([["I-PER", "O"], ["I-PER", "B-PER"]])
        'iob1'
    """
    sentences = [list(tags) for tags in sentences]
    tags = {tag for sentence in sentences for tag in sentence}
    if not tags or not all(is_span_tag(tag) for tag in tags):
        return None
    explained = {scheme: sum(find_violation(tags, scheme) is None for tags in sentences) for scheme in SCHEMES}
    return max(SCHEMES, key=explained.get)


def scheme_from_labels(labels):
    """Returns "bio" or "bioes" for the names of a model's labels, in any order, and None for plain ones.

    Example:
        >>> scheme_from_labels(["O", "B-PER", "E-PER", "S-PER"])
        'bioes'
    """
    if infer_scheme([labels]) is None:
        return None
    return "bioes" if any(_parse_tag(label)[0] in ("E", "S") for label in labels) else "bio"


def is_span_tag(tag):
    """Whether a tag is `O`, or a prefix, a hyphen and a type."""
    return _parse_tag(tag) is not None


def find_violation(tags, scheme):
    """Finds the first tag that breaks a scheme.

    Args:
        tags: list of tags of one sentence.
        scheme: one of `SCHEMES`, or None, which nothing breaks.

    Returns:
        None, or (position of the tag, reason).

    Raises:
        ValueError: if there is no such scheme.

    Example:
        >>> find_violation(["O", "I-PER"], "bio")
        (1, 'I-PER after O: a span begins with B-')
    """
    if scheme is None:
        return None
    _check(scheme)
    before, name = OUTSIDE_TAG, None
    for position, tag in enumerate(tags):
        parts = _parse_tag(tag)
        if parts is None:
            return position, f"{tag!r} is neither O nor a prefix and a type, such as B-PER"
        if parts[0] in ("E", "S") and scheme != "bioes":
            return position, f"{tag}: {scheme} has no {tag[0]}-"
        reason = _transition_error(before, parts, scheme)
        if reason:
            return position, f"{tag} {'at the start' if name is None else f'after {name}'}: {reason}"
        before, name = parts, tag
    reason = _transition_error(before, OUTSIDE_TAG, scheme)
    return (len(tags) - 1, f"{name} at the end: {reason}") if reason else None


def tags_to_spans(tags, scheme="bio"):
    """Returns the spans that the tags of a sentence mark.

    Args:
        tags: list of tags.
        scheme: one of `SCHEMES`.

    Returns:
        List of (type, first position, position after the last), from left to right.

    Raises:
        ValueError: if a tag breaks the scheme.

    Example:
        >>> tags_to_spans(["B-PER", "I-PER", "O", "B-LOC"])
        [('PER', 0, 2), ('LOC', 3, 4)]
    """
    _check(scheme)
    broken = find_violation(tags, scheme)
    if broken:
        raise ValueError(f"Tag {broken[0]} breaks {scheme}: {broken[1]}.")
    found, before = [], ""
    for position, (prefix, kind) in enumerate(map(_parse_tag, tags)):
        if kind and kind == before and prefix in ("I", "E"):
            found[-1] = (kind, found[-1][1], position + 1)
        elif kind:
            found.append((kind, position, position + 1))
        before = kind
    return found


def spans_to_tags(tags_to_spans, length, scheme="bio"):
    """Returns the tags that mark spans; the inverse of `tags_to_spans`.

    Args:
        spans: (type, first position, position after the last) of each, in any order.
        length: how many tokens the sentence has.
        scheme: one of `SCHEMES`.

    Returns:
        List of `length` tags.

    Raises:
        ValueError: if spans overlap, or one is empty, has no type or lies outside the sentence.

    Example:
        >>> spans_to_tags([("PER", 0, 2), ("LOC", 3, 4)], 4, "bioes")
        ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    _check(scheme)
    tags, end, before = ["O"] * length, 0, None
    for kind, first, last in sorted(tags_to_spans, key=lambda span: span[1:]):
        if not (kind and 0 <= first < last <= length):
            raise ValueError(f"The span {(kind, first, last)} is not one of {length} tokens.")
        if first < end:
            raise ValueError(f"The span {(kind, first, last)} overlaps the one before it, which ends at {end}.")
        prefixes = ["I"] * (last - first)
        if scheme != "iob1" or (first == end and kind == before):
            prefixes[0] = "B"
        if scheme == "bioes":
            prefixes[-1] = "S" if last - first == 1 else "E"
        tags[first:last] = [f"{prefix}-{kind}" for prefix in prefixes]
        end, before = last, kind
    return tags


def convert_scheme(tags, source, target):
    """Returns the tags of a sentence in another scheme.

    Raises:
        ValueError: if a tag breaks the scheme `source`.

    Example:
        >>> convert_scheme(["I-PER", "I-PER", "B-PER"], "iob1", "bio")
        ['B-PER', 'I-PER', 'B-PER']
    """
    return spans_to_tags(tags_to_spans(tags, source), len(tags), target)


def transition_constraints(labels):
    """Returns which label may follow which, to hold a CRF to the scheme of its labels, bio or bioes.

    Args:
        labels: K names, in any order; those of plain tags may all follow each other.

    Returns:
        allowed: bool (K, K), from the label of the row to that of the column.
        first: bool (K,), which may begin a sentence.
        last: bool (K,), which may end one.

    Example:
        >>> allowed, first, last = transition_constraints(["O", "B-PER", "I-PER"])
        >>> first
        array([ True,  True, False])
    """
    scheme, count = scheme_from_labels(labels), len(labels)
    if scheme is None:
        return np.ones((count, count), bool), np.ones(count, bool), np.ones(count, bool)
    ends = [OUTSIDE_TAG, *map(_parse_tag, labels)]
    table = np.array([[_transition_error(before, tag, scheme) is None for tag in ends] for before in ends])
    return table[1:, 1:], table[0, 1:], table[1:, 0]


def sorted_labels(tags):
    """Returns the distinct tags in the order of a model's labels: O first, then by type, B before I, E and S.

    Plain tags are in the order of the alphabet.

    Example:
        >>> sorted_labels(["I-PER", "B-PER", "O", "B-LOC"])
        ['O', 'B-LOC', 'B-PER', 'I-PER']
    """
    tags = set(tags)
    if not all(map(is_span_tag, tags)):
        return sorted(tags)
    # OUTSIDE has no type, and so comes before all types
    return sorted(tags, key=lambda tag: (_parse_tag(tag)[1], "OBIES".index(_parse_tag(tag)[0]), tag))


def _parse_tag(tag):
    """The prefix and the type of a tag, with L as E and U as S; None if it is no tag of a span."""
    if tag == "O":
        return OUTSIDE_TAG
    prefix, _, kind = tag.partition("-")
    return (PREFIXES[prefix], kind) if kind and prefix in PREFIXES else None


def _transition_error(before, tag, scheme):
    """Why a tag cannot follow another, or None; the edges of a sentence are as good as O."""
    prefix, same = tag[0], tag[1] == before[1]
    if scheme == "bio" and prefix == "I" and not same:
        return "a span begins with B-"
    if scheme == "iob1" and prefix == "B" and not same:
        return "a span begins with I-, unless one of its type ends just before"
    if scheme == "bioes" and before[0] in ("B", "I") and not (same and prefix in ("I", "E")):
        return "a span that begins with B- ends with E-"
    if scheme == "bioes" and before[0] not in ("B", "I") and prefix in ("I", "E"):
        return "a span begins with B-, or is S- alone"
    return None


def _check(scheme):
    if scheme not in SCHEMES:
        raise ValueError(f"There is no scheme {scheme!r}; there are {', '.join(SCHEMES)} (which reads BILOU too).")
