"""Tagged sentences: CoNLL files with any columns, CoNLL-U files, and tables with lists of tokens and tags."""

import re
from itertools import islice

from rnn_templates.data.files.raw_texts import read_raw_texts
from rnn_templates.data.files.tables import is_columnar, read_rows
from rnn_templates.data.files.text_io import check_rejection_rate, find_line_error, format_suffix, read_lines
from rnn_templates.data.frames import Frame
from rnn_templates.data.splits import RejectedRow
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

CONLL_SUFFIXES = (".conll", ".conllu", ".bio", ".iob", ".iob2")
COLUMNS = {"form": 1, "upos": 3, "xpos": 4, "feats": 5, "deprel": 7}  # of CoNLL-U
REQUIRED_COLUMNS = {3: "upos", 4: "xpos", 7: "deprel"}  # `_` there means that the annotation is missing
NON_WORD_ID = re.compile(r"\d+[-.]\d+")  # a multiword token or an empty node


TAG = re.compile(r"O|[BIESLU]-\S+|[A-Z][A-Z.$:_]*|[-.,:;()'`#$\"]+")
SAMPLE_LINES = 200


class _InvalidSentence(Exception):
    """Line and reason why a sentence is rejected."""


def read_tagged_sentences(path, *, input_column=None, target_column=None, scheme=None, labels=None):
    """Reads the tagged sentences of one file; invalid sentences go to `rejected`.

    A `.conllu` file is read as CoNLL-U: its tokens are the forms of the words, its tags are plain unless `scheme` or
    `labels` are given. All other files have one token a line and an empty line between sentences; columns are
    separated by tabs or, in a line without a tab, by spaces, and `#` does not begin a comment.

    Args:
        path: str or Path; file .conllu, .conll, .bio, .iob, .iob2 or .txt, plain or compressed (.gz, .xz, .bz2); or
            jsonl or Parquet file, or `Frame`, with one row a sentence and lists of tokens and of tags.
        input_column: int or str; number of the column of the tokens, from 0, or from the end if negative; None for 0.
            Not for CoNLL-U. Of a table the name; None for "tokens".
        target_column: int or str; number of the column of the tags, None for the last one; of CoNLL-U also "upos" (the
            default), "xpos", "deprel" or "feats". Of a table the name; None for "tags".
        scheme: "bio", "iob1" or "bioes"; None infers it. IOB1 becomes BIO; L and U of BILOU become E and S.
        labels: sequence of str; the tags of a trained model, to whose scheme the tags are converted, and other tags are
            rejected; None for those of the file.

    Returns:
        `TaggedSentences`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match the suffix, there are no sentences, more than half of them are invalid,
            all tokens have the same tag, or there is no such column or scheme.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("train.conll").write_text("Ann B-PER\\nLee I-PER\\nleft O\\n")
        >>> read_tagged_sentences("train.conll").labels
        ('O', 'B-PER', 'I-PER')
    """
    if scheme is not None and scheme not in SCHEMES:
        raise ValueError(f"`scheme` must be None or one of {', '.join(SCHEMES)}; received {scheme!r}.")
    labels = None if labels is None else tuple(labels)
    if input_column is not None and str(input_column) == str(target_column):
        raise ValueError(f"`input_column` and `target_column` must differ; received {input_column} for both.")
    conllu = not isinstance(path, Frame) and format_suffix(path) == ".conllu"
    sentences, rejected = _read_sentences(path, input_column, target_column, conllu)
    count = len(sentences) + len(rejected)
    if not count:
        raise ValueError(f"{path}: there are no sentences in it.")
    target = None if labels is None else scheme_from_labels(labels)
    plain = conllu if labels is None else target is None
    if scheme is None and not plain:
        scheme = _infer_majority_scheme([tags for _, _, tags in sentences]) or target
    if scheme is not None and target is None:
        target = "bioes" if scheme == "bioes" else "bio"
    tokens, tags, first_lines = [], [], []
    for lines, words, found in sentences:
        try:
            tags.append(_convert_tags(found, lines, scheme, target, labels))
            tokens.append(words)
            first_lines.append(lines[0])
        except _InvalidSentence as error:
            rejected.append(RejectedRow(str(path), *error.args))
    rejected.sort(key=lambda row: row.line)
    check_rejection_rate(path, count, rejected, "sentences")
    if labels is None:
        labels = sorted_labels(tag for found in tags for tag in found)
        if len(labels) < 2:
            raise ValueError(f"{path}: only the tag {labels[0]!r} in {len(tags)} sentences; a tagger needs two.")
    texts = list(map(read_raw_texts(path).get, first_lines)) if conllu else None
    return TaggedSentences(tokens, tags, tuple(labels), target, rejected, texts)


def has_tag_lines(path):
    """Returns whether a file with the suffix of a text or a table contains tagged tokens.

    These are lines with equal numbers of columns, of which the last is a tag, in blocks with empty lines between.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("train.txt").write_text("Ann B-PER\\nleft O\\n\\n. O\\n")
        >>> has_tag_lines("train.txt")
        True
    """
    suffix = format_suffix(path)
    try:
        lines = [text.rstrip("\r\n") for text in islice(read_lines(path, (suffix,)), SAMPLE_LINES)]
    except ValueError:  # the reader of the form reports it
        return False
    rows = [text.split("\t") if "\t" in text else text.split(" ") for text in lines if text and text[0] != "#"]
    if len(rows) < 2 or "" not in lines[:-1] or len(set(map(len, rows))) > 1 or len(rows[0]) < 2:
        return False
    conllu = len(rows[0]) == 10 and all(NON_WORD_ID.fullmatch(row[0]) or row[0].isdigit() for row in rows)
    return conllu or all(row[0] and " " not in row[0] and TAG.fullmatch(row[-1]) for row in rows)


def read_sentence_tokens(path, *, input_column=None):
    """Reads the tokens of the sentences of one CoNLL or CoNLL-U file, with or without tags.

    Args:
        path: str or Path; file as for `read_tagged_sentences`.
        input_column: as for `read_tagged_sentences`.

    Returns:
        List of lists of str.

    Raises:
        ValueError: at the first invalid sentence, with file and line, because each sentence needs a prediction; and if
            there are none.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("new.conll").write_text("Ann\\nleft\\n\\nLee\\n")
        >>> read_sentence_tokens("new.conll")
        [['Ann', 'left'], ['Lee']]
    """
    conllu = format_suffix(path) == ".conllu"
    token = "0" if input_column is None else input_column
    sentences, rejected = _read_sentences(path, token, "form" if conllu else token, conllu)
    if rejected:
        raise ValueError(f"{path}:{rejected[0].line}: {rejected[0].reason}.")
    if not sentences:
        raise ValueError(f"{path}: there are no sentences in it.")
    return [tokens for _, tokens, _ in sentences]


def _read_sentences(path, token, tag, conllu):
    """The sentences `(lines, tokens, tags)` of a source, and the list of `RejectedRow`."""
    if is_columnar(path) or format_suffix(path) == ".jsonl":
        columns = "tokens" if token is None else str(token), "tags" if tag is None else str(tag)
        blocks, rows = read_rows(path, columns), _table_rows(columns)
    else:
        token, tag = "0" if token is None else token, "-1" if tag is None else tag
        blocks, rows = _blocks(path), _conllu_rows(token, tag) if conllu else _conll_rows(token, tag)
    sentences, rejected = [], []
    for block in blocks:
        try:
            found = list(rows(block))
        except _InvalidSentence as error:
            rejected.append(RejectedRow(str(path), *error.args))
            continue
        if found:
            sentences.append(tuple(map(list, zip(*found, strict=True))))
    return sentences, rejected


def _table_rows(columns):
    """The reader of a row of a table, which yields `(line, token, tag)`."""

    def rows(block):
        line, row = block
        if isinstance(row, str):
            raise _InvalidSentence(line, row)
        for name, values in zip(columns, row, strict=True):
            if not isinstance(values, list):
                raise _InvalidSentence(line, f"{name!r} is {type(values).__name__}, not a list")
        if len(row[0]) != len(row[1]) or not row[0]:
            raise _InvalidSentence(line, f"{len(row[0])} tokens and {len(row[1])} tags")
        for token, tag in zip(*row, strict=True):
            token, tag = ("" if one is None else str(one) for one in (token, tag))
            _check_text(line, token)
            yield line, *_check_not_empty(line, token, tag)

    return rows


def _blocks(path):
    """Yields the runs of lines between empty lines, as lists of (line number, text)."""
    block = []
    for line, text in enumerate(read_lines(path, (*CONLL_SUFFIXES, ".txt")), start=1):
        if text.strip() and not text.startswith("-DOCSTART-"):
            block.append((line, text.rstrip("\r\n")))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _conll_rows(token, tag):
    """The reader of a block of CoNLL, which yields `(line, token, tag)`."""
    numbers = [_column_number("input_column", token), _column_number("target_column", tag)]

    def rows(block):
        width = None
        for line, text in block:
            _check_text(line, text)
            # not str.split(): a no-break space does not end a column
            columns = text.split("\t") if "\t" in text else [one for one in text.split(" ") if one]
            width = width or len(columns)
            if len(columns) != width:
                raise _InvalidSentence(line, f"{len(columns)} columns, where line {block[0][0]} has {width}")
            indices = [range(width)[one] if -width <= one < width else None for one in numbers]
            if None in indices or (indices[0] == indices[1] and numbers[0] != numbers[1]):
                raise _InvalidSentence(line, f"too few columns ({width}) for token {token} and tag {tag}")
            yield line, *_check_not_empty(line, *(columns[index].strip(" ") for index in indices))

    return rows


def _conllu_rows(token, tag):
    """The reader of a block of CoNLL-U, which yields `(line, token, tag)`."""
    if str(token).lower() not in ("0", "1", "form"):
        raise ValueError(f"`input_column` must be None for CoNLL-U, whose tokens are its forms; received {token!r}.")
    name = "upos" if str(tag) == "-1" else str(tag).lower()
    column = COLUMNS[name] if name in COLUMNS else _column_number("target_column", tag, f" or {', '.join(COLUMNS)}")
    if not -10 <= column < 10:
        raise ValueError(f"`target_column` must be in 0 to 9 for CoNLL-U; received {column}.")

    def rows(block):
        expected_id = 1
        for line, text in block:
            if text.startswith("#"):
                continue
            _check_text(line, text)
            columns = text.split("\t")
            if len(columns) != 10:
                raise _InvalidSentence(line, f"{len(columns)} columns, where CoNLL-U has 10 with tabs between them")
            if NON_WORD_ID.fullmatch(columns[0]):
                continue
            if columns[0] != str(expected_id):
                raise _InvalidSentence(line, f"the id {columns[0]!r} instead of {expected_id}")
            if columns[column] == "_" and column % 10 in REQUIRED_COLUMNS:
                raise _InvalidSentence(line, f"no {REQUIRED_COLUMNS[column % 10]}, only '_'")
            yield line, *_check_not_empty(line, columns[1], columns[column])
            expected_id += 1

    return rows


def _column_number(argument, value, others=""):
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"`{argument}` must be the number of a column{others}; received {value!r}.") from None


def _check_text(line, text):
    error = find_line_error(text)
    if error:
        raise _InvalidSentence(line, error)


def _check_not_empty(line, token, tag):
    for name, value in (("token", token), ("tag", tag)):
        if not value.strip():
            raise _InvalidSentence(line, f"the {name} is empty")
    return token, tag


def _infer_majority_scheme(sentences):
    """The scheme of most sentences, so that one mistyped tag does not make all tags plain ones."""
    tagged = [tags for tags in sentences if set(tags) != {"O"}]
    span_tagged = [tags for tags in tagged if all(map(is_span_tag, tags))]
    return infer_scheme(span_tagged or sentences) if 2 * len(span_tagged) > len(tagged) or not tagged else None


def _convert_tags(tags, lines, scheme, target, labels):
    """The tags converted to the scheme `target`; raises if they violate `scheme` or are not among the labels."""
    if scheme is not None:
        error = find_violation(tags, scheme)
        if error:
            raise _InvalidSentence(lines[error[0]], error[1])
        tags = convert_scheme(tags, scheme, target)
    for line, tag in zip(lines, tags, strict=True):
        if labels is not None and tag not in labels:
            raise _InvalidSentence(line, f"the tag {tag!r} is none of {', '.join(map(repr, labels[:10]))}")
    return tags
