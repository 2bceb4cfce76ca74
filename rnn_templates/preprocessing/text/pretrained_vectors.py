"""Word vectors that somebody trained before."""

from pathlib import Path

import numpy as np

from rnn_templates.utils.compression import OPENERS


def load_pretrained_vectors(path, vocabulary, *, seed=0):
    """Reads the vectors of a vocabulary's words from a word2vec or GloVe text file.

    A line holds a word and its numbers, with spaces between; word2vec's first line has the number of words and dim.
    A word may have spaces in it (`. . .` in GloVe 840B): the last dim fields are its numbers.
    Words without a vector get small random ones of the same spread; padding is zeros.

    Args:
        path: text file, plain or compressed (.gz, .xz, .bz2).
        vocabulary: `Vocabulary`.
        seed: of the random vectors.

    Returns:
        `vectors, found`: (len(vocabulary), dim) float32, and how many words have a vector of the file.

    Raises:
        ValueError: naming file and line, if a line does not hold as many numbers as the first; or if no word is found.

    Source:
        Mikolov et al., arXiv:1301.3781; Pennington et al., GloVe, EMNLP 2014.

    Example:
        >>> vectors, found = load_pretrained_vectors("glove.6B.100d.txt", vocabulary)
        >>> model = sentiment_model(vocabulary, labels, embedding_dim=100, vectors=vectors)
    """
    path = Path(path)
    opener = OPENERS.get(path.suffix, open)
    dim, found = None, {}
    with opener(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            fields = line.rstrip(b"\r\n ").split(b" ")
            if number == 1 and len(fields) == 2 and all(field.isdigit() for field in fields):
                dim = int(fields[1])
                continue
            if dim is None:
                dim = len(fields) - 1
            if not dim or len(fields) <= dim or any(map(_is_number, fields[1:-dim])):
                raise ValueError(f"{path}:{number}: {len(fields) - 1} numbers, where the first line has {dim}.")
            word = b" ".join(fields[:-dim]).decode("utf-8", "replace")
            if word in vocabulary and word not in found:
                try:
                    vector = np.array([float(field) for field in fields[-dim:]], np.float32)
                except ValueError as error:
                    raise ValueError(f"{path}:{number}: the vector of {word!r} is not numbers: {error}.") from error
                if not np.isfinite(vector).all():
                    raise ValueError(f"{path}:{number}: the vector of {word!r} holds NaN or infinity.")
                found[word] = vector
    if not found:
        raise ValueError(f"{path}: no word of the vocabulary has a vector there; is it a vector file of this language?")
    spread = float(np.std(list(found.values())))
    vectors = np.random.default_rng(seed).normal(0, spread, (len(vocabulary), dim)).astype(np.float32)
    for word, vector in found.items():
        vectors[vocabulary[word]] = vector
    vectors[0] = 0
    return vectors, len(found)


def _is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True
