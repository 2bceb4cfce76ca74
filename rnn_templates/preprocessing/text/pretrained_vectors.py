"""Reads pretrained word vectors."""

import numpy as np

from rnn_templates.utils.compression import open_compressed


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
        ValueError: if a line has another number of fields than the first or is not numeric, naming file and line; or
            if no token of the vocabulary has a vector.

    Source:
        Mikolov et al., arXiv:1301.3781; Pennington et al., GloVe, EMNLP 2014.

    Example:
        >>> with open("vectors.txt", "w") as file:
        ...     _ = file.write("good 1 0\\nbad -1 0\\n")
        >>> vectors, num_found = load_pretrained_vectors("vectors.txt", rt.Vocabulary(["bad", "film"]))
        >>> vectors[2].tolist(), num_found
        ([-1.0, 0.0], 1)
    """
    dim, found = None, {}
    with open_compressed(path) as file:
        for number, line in enumerate(file, start=1):
            fields = line.rstrip(b"\r\n ").split(b" ")
            if number == 1 and len(fields) == 2 and all(field.isdigit() for field in fields):
                dim = int(fields[1])
                continue
            if dim is None:
                dim = len(fields) - 1
            if not dim or len(fields) <= dim or any(map(_is_number, fields[1:-dim])):
                raise ValueError(f"{path}:{number}: {len(fields) - 1} numbers; the first line has {dim}.")
            token = b" ".join(fields[:-dim]).decode("utf-8", "replace")
            if token in vocabulary and token not in found:
                found[token] = _parse_vector(fields[-dim:], f"{path}:{number}: the vector of {token!r}")
    if not found:
        raise ValueError(f"{path}: no token of the vocabulary has a vector; check that it is a file of this language.")
    deviation = float(np.std(list(found.values())))
    vectors = np.random.default_rng(seed).normal(0, deviation, (len(vocabulary), dim)).astype(np.float32)
    for token, vector in found.items():
        vectors[vocabulary[token]] = vector
    vectors[0] = 0
    return vectors, len(found)


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
