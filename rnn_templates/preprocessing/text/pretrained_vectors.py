"""Reads pretrained word vectors."""

import numpy as np

from rnn_templates.utils.compression import CORRUPTION_ERRORS, open_compressed
from rnn_templates.utils.files import check_file
from rnn_templates.utils.limits import check_limit, limit


def load_pretrained_vectors(path, vocabulary, *, seed=0):
    """Reads word2vec or GloVe vectors for a vocabulary.

    A line contains a token and its vector, separated by spaces; the first line of word2vec contains the number of
    tokens and the dimension. A token may contain spaces (`. . .` in GloVe 840B): the last `dim` fields are the vector.
    Tokens without a vector get normally distributed ones with the standard deviation of the others; padding gets zeros.

    Args:
        path: text file, plain or compressed (.gz, .xz, .bz2).
        vocabulary: `Vocabulary`.
        seed: int; seed of the random vectors.

    Returns:
        A tuple `(vectors, num_found)`: (len(vocabulary), dim) float32 array, and the number of tokens with a vector in
        the file.

    Raises:
        FileNotFoundError: if there is no such file; the message names near matches.
        ValueError: if a line has another number of fields than the first or is not numeric, naming file and line; if
            the file is truncated, damaged, binary or has fewer vectors than its first line states; or if no token of
            the vocabulary has a vector.

    Source:
        Mikolov et al., arXiv:1301.3781; Pennington et al., GloVe, EMNLP 2014.

    Example:
        >>> with open("vectors.txt", "w") as file:
        ...     _ = file.write("good 1 0\\nbad -1 0\\n")
        >>> vectors, num_found = load_pretrained_vectors("vectors.txt", rt.Vocabulary(["bad", "film"]))
        >>> vectors[2].tolist(), num_found
        ([-1.0, 0.0], 1)
    """
    check_file(path)
    dim, expected, number, found = None, None, 0, {}
    try:
        for number, line in enumerate(_read_lines(path), start=1):
            fields = line.rstrip(b"\r\n ").split(b" ")
            if number == 1 and len(fields) == 2 and all(field.isdigit() for field in fields):
                expected, dim = map(int, fields)
                continue
            if dim is None:
                dim = len(fields) - 1
            if not dim or len(fields) <= dim or any(map(_is_number, fields[1:-dim])):
                raise ValueError(f"{path}:{number}: {len(fields) - 1} numbers; the first line has {dim}.{_hint(line)}")
            token = b" ".join(fields[:-dim]).decode("utf-8", "replace")
            if token in vocabulary and token not in found:
                found[token] = _parse_vector(fields[-dim:], f"{path}:{number}: the vector of {token!r}")
    except CORRUPTION_ERRORS as error:
        raise ValueError(f"{path} is truncated or damaged ({error}); download it again.") from error
    if expected is not None and number - 1 < expected:
        raise ValueError(
            f"{path}:{number}: the file ends after {number - 1:,} vectors, where its first line states {expected:,}; "
            "download it again."
        )
    if not found:
        raise ValueError(f"{path}: no token of the vocabulary has a vector; check that it is a file of this language.")
    deviation = float(np.std(list(found.values())))
    vectors = np.random.default_rng(seed).normal(0, deviation, (len(vocabulary), dim)).astype(np.float32)
    for token, vector in found.items():
        vectors[vocabulary[token]] = vector
    vectors[0] = 0
    return vectors, len(found)


def _read_lines(path):
    """Yields the lines, as bytes; raises a ValueError for one that is too long."""
    most = limit("MAX_LINE_CHARACTERS")
    with open_compressed(path) as file:
        while line := file.readline(most + 1):
            check_limit(f"{path}: a line", "MAX_LINE_CHARACTERS", len(line))
            yield line


def _hint(line):
    return " It is binary data, not text." if b"\x00" in line else ""


def _parse_vector(fields, name):
    try:
        vector = np.array([float(field) for field in fields], np.float32)
    except ValueError as error:
        raise ValueError(f"{name} is not numeric: {error}.") from error
    if not np.isfinite(vector).all():
        raise ValueError(f"{name} contains NaN or infinity.")
    return vector


def _is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True
