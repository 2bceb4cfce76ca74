"""Your own tagged sentences: CoNLL files with any columns, and CoNLL-U, plain or compressed."""

import re

from rnn_templates.data.files.text_io import check_rejection_rate, format_suffix, has_invalid_utf8, read_lines
from rnn_templates.data.splits import Rejected, Splits
from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.preprocessing.text.tag_schemes import (
    SCHEMES,
    convert_scheme,
    find_violation,
    infer_scheme,
    is_span_tag,
    scheme_from_labels,
    sorted_labels,
)

FORMATS = (".conll", ".conllu", ".bio", ".iob", ".iob2", ".txt")
COLUMNS = {"upos": 3, "xpos": 4, "feats": 5, "deprel": 7}  # of CoNLL-U
NEEDED = {3: "upos", 4: "xpos", 7: "deprel"}  # where `_` means that nobody filled it in
NO_WORD = re.compile(r"\d+[-.]\d+")  # a range of words, or an empty node


def load_tagged_files(path, *, token="0", label="-1", validation_data=None, test_data=None):
    """Returns the raw splits of one file a split; see `read_tagged` for the columns.

    Raises:
        FileNotFoundError, ValueError: as `read_tagged`.

    Example:
        >>> splits = load_tagged_files("train.conll", test_data="test.conll")
    """
    datasets, sizes, rejected, labels = {}, {}, [], None
    for name, file in (("train", path), ("validation", validation_data), ("test", test_data)):
        datasets[name] = None
        if file is not None:
            found = read_tagged(file, token=token, label=label, labels=labels)
            labels = labels or found.labels
            datasets[name], sizes[name] = found.dataset(), len(found.tokens)
            rejected += found.rejected
    return Splits(name=str(path), labels=labels, rejected=tuple(rejected), sizes=sizes, **datasets)


class _Bad(Exception):
    """The line and the reason for which a sentence cannot be used."""


def read_tagged(path, *, token="0", label="-1", scheme=None, labels=None):
    """Reads the tagged sentences of one file.

    A `.conllu` file is read as CoNLL-U: its tokens are the forms of the words, its tags plain ones unless `scheme` or
    `labels` say otherwise. Every other file has one token a line, and an empty line between sentences; its columns
    stand between tabs or, in a line without a tab, between spaces, and `#` begins no comment.

    Sentences that cannot be used are left out, and told of in `rejected` with file and line.

    Args:
        path: a file .conllu, .conll, .bio, .iob, .iob2 or .txt, also with .gz, .xz or .bz2.
        token: number of the column of the tokens, from 0, or from the end if negative; not for CoNLL-U.
        label: number of the column of the tags; for CoNLL-U also "upos" (the default there), "xpos", "deprel" or
            "feats".
        scheme: "bio", "iob1" or "bioes"; None finds out. Tags in IOB1 become bio; L and U of BILOU become E and S.
        labels: the tags that may occur, such as those of a trained model, to whose scheme the file's is converted; None
            for those that do.

    Returns:
        `TaggedSentences`.

    Raises:
        FileNotFoundError: if the file is not there.
        ValueError: if it is not what its name says, has no sentences, or more than half of them are of no use; if all
            tokens have the same tag; or if there is no such column or scheme.

    Example:
        >>> tagged = read_tagged("train.conll")
        >>> tagged.labels
        ('O', 'B-PER', 'I-PER')
    """
    if scheme is not None and scheme not in SCHEMES:
        raise ValueError(f"scheme: there is no {scheme!r}; there are {', '.join(SCHEMES)}, and None to find out.")
    labels = None if labels is None else tuple(labels)
    conllu = format_suffix(path) == ".conllu"
    rows = _conllu_rows(token, label) if conllu else _conll_rows(token, label)
    sentences, rejected = _read(path, rows)
    count = len(sentences) + len(rejected)
    if not count:
        raise ValueError(f"{path}: there are no sentences in it.")
    target = None if labels is None else scheme_from_labels(labels)
    plain = conllu if labels is None else target is None
    if scheme is None and not plain:
        scheme = _find_scheme([tags for _, _, tags in sentences]) or target
    if scheme is not None and target is None:
        target = "bioes" if scheme == "bioes" else "bio"
    tokens, tags = [], []
    for lines, words, found in sentences:
        try:
            tags.append(_fitting(found, lines, scheme, target, labels))
            tokens.append(words)
        except _Bad as bad:
            rejected.append(Rejected(str(path), *bad.args))
    rejected.sort(key=lambda one: one.line)
    check_rejection_rate(path, count, rejected, "sentences")
    if labels is None:
        labels = sorted_labels(tag for found in tags for tag in found)
        if len(labels) < 2:
            raise ValueError(
                f"{path}: only the tag {labels[0]!r} in {len(tags)} sentences; there is nothing to tell apart."
            )
    return TaggedSentences(tokens, tags, tuple(labels), target, rejected)


def _read(path, rows):
    """The sentences `(lines, tokens, tags)` of a file, and the list of `Rejected`."""
    sentences, rejected = [], []
    for block in _blocks(path):
        try:
            found = list(rows(block))
        except _Bad as bad:
            rejected.append(Rejected(str(path), *bad.args))
            continue
        if found:
            sentences.append(tuple(map(list, zip(*found, strict=True))))
    return sentences, rejected


def _blocks(path):
    """Yields what stands between empty lines, as lists of (line, text)."""
    block = []
    for line, text in enumerate(read_lines(path, FORMATS), start=1):
        if text.strip() and not text.startswith("-DOCSTART-"):
            block.append((line, text.rstrip("\r\n")))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _conll_rows(token, label):
    """The reader of a block of CoNLL, which yields `(line, token, tag)`."""
    numbers = [_number("token", token), _number("label", label)]
    if numbers[0] == numbers[1]:
        raise ValueError(f"token and label are both column {numbers[0]}.")

    def rows(block):
        width = None
        for line, text in block:
            _check_text(line, text)
            # not str.split(): a no-break space does not end a column
            columns = text.split("\t") if "\t" in text else [one for one in text.split(" ") if one]
            width = width or len(columns)
            if len(columns) != width:
                raise _Bad(line, f"{len(columns)} columns, where line {block[0][0]} has {width}")
            where = [range(width)[one] if -width <= one < width else None for one in numbers]
            if None in where or where[0] == where[1]:
                raise _Bad(line, f"too few columns ({width}) for token {token} and label {label}")
            yield line, *_filled(line, *(columns[index].strip(" ") for index in where))

    return rows


def _conllu_rows(token, label):
    """The reader of a block of CoNLL-U, which yields `(line, token, tag)`."""
    if str(token).lower() not in ("0", "1", "form"):
        raise ValueError(f"token: the tokens of CoNLL-U are its forms; {token!r} goes with other formats.")
    name = "upos" if str(label) == "-1" else str(label).lower()
    column = COLUMNS[name] if name in COLUMNS else _number("label", label, f" or {', '.join(COLUMNS)}")
    if not -10 <= column < 10:
        raise ValueError(f"label: CoNLL-U has the columns 0 to 9, not {column}.")

    def rows(block):
        due = 1
        for line, text in block:
            if text.startswith("#"):
                continue
            _check_text(line, text)
            columns = text.split("\t")
            if len(columns) != 10:
                raise _Bad(line, f"{len(columns)} columns, where CoNLL-U has 10 with tabs between them")
            if NO_WORD.fullmatch(columns[0]):
                continue
            if columns[0] != str(due):
                raise _Bad(line, f"the id {columns[0]!r}, where {due} is due")
            if columns[column] == "_" and column % 10 in NEEDED:
                raise _Bad(line, f"no {NEEDED[column % 10]}, only '_'")
            yield line, *_filled(line, columns[1], columns[column])
            due += 1

    return rows


def _number(argument, value, others=""):
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{argument}: wanted the number of a column{others}, got {value!r}.") from None


def _check_text(line, text):
    if has_invalid_utf8(text):
        raise _Bad(line, "not UTF-8")
    if "\x00" in text:
        raise _Bad(line, "a NUL byte")
    if "\r" in text:
        raise _Bad(line, "a carriage return inside the line")


def _filled(line, token, tag):
    for name, value in (("token", token), ("tag", tag)):
        if not value.strip():
            raise _Bad(line, f"the {name} is empty")
    return token, tag


def _find_scheme(sentences):
    """The scheme of most sentences, so that one mistyped tag does not make all tags plain ones."""
    marked = [tags for tags in sentences if set(tags) != {"O"}]
    fitting = [tags for tags in marked if all(map(is_span_tag, tags))]
    return infer_scheme(fitting or sentences) if 2 * len(fitting) > len(marked) or not marked else None


def _fitting(tags, lines, scheme, target, labels):
    """The tags in the scheme `target`, if they keep to theirs and to the labels."""
    if scheme is not None:
        broken = find_violation(tags, scheme)
        if broken:
            raise _Bad(lines[broken[0]], broken[1])
        tags = convert_scheme(tags, scheme, target)
    for line, tag in zip(lines, tags, strict=True):
        if labels is not None and tag not in labels:
            raise _Bad(line, f"the tag {tag!r} is none of {', '.join(map(repr, labels[:10]))}")
    return tags
