"""Reading word2vec and GloVe text files."""

import bz2
import gzip
import lzma

import numpy as np
import pytest

from rnn_templates.preprocessing.text.pretrained_vectors import load_pretrained_vectors
from rnn_templates.preprocessing.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["good", "bad", "never"])
GLOVE = "good 1 2 3\nbad -1 -2 -3\nother 9 9 9\n"


@pytest.mark.parametrize("header", ["", "3 3\n"])
def test_words_get_the_vectors_of_the_file(tmp_path, header):
    path = tmp_path / "vectors.txt"
    path.write_text(header + GLOVE)
    vectors, found = load_pretrained_vectors(path, VOCABULARY)
    assert (vectors.shape, vectors.dtype, found) == ((5, 3), np.float32, 2)
    np.testing.assert_array_equal(vectors[[0, 2, 3]], [[0, 0, 0], [1, 2, 3], [-1, -2, -3]])
    assert np.abs(vectors[4]).max() > 0


def test_words_without_a_vector_get_small_ones_of_the_same_spread_and_always_the_same(tmp_path):
    (tmp_path / "vectors.txt").write_text(GLOVE)
    vocabulary = Vocabulary(["good", "bad", *(f"w{number}" for number in range(2000))])
    vectors, found = load_pretrained_vectors(tmp_path / "vectors.txt", vocabulary)
    assert found == 2
    assert vectors[4:].std() == pytest.approx(np.std([[1, 2, 3], [-1, -2, -3]]), rel=0.05)
    assert np.abs(vectors[1]).max() > 0
    np.testing.assert_array_equal(vectors, load_pretrained_vectors(tmp_path / "vectors.txt", vocabulary)[0])


@pytest.mark.parametrize(("end", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)])
def test_compressed_files_are_read(tmp_path, end, pack):
    path = tmp_path / f"vectors.txt.{end}"
    path.write_bytes(pack(GLOVE.encode()))
    assert load_pretrained_vectors(path, VOCABULARY)[1] == 2


def test_a_token_with_spaces_in_it_is_passed_over(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text(GLOVE + ". . . 5 5 5\n")
    assert load_pretrained_vectors(path, VOCABULARY)[1] == 2


def test_a_header_defines_the_dimension_even_when_the_first_word_has_spaces(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("4 3\n. . . 5 5 5\n" + GLOVE)
    assert load_pretrained_vectors(path, VOCABULARY)[0].shape == (5, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("good 1 2 3\nbad 1 2\n", ":2: 2 numbers; the first line has 3"),
        ("good 1 2 3\nbad 1 2 3 4\n", ":2: 4 numbers; the first line has 3"),
        ("2 3\ngood 1 2\n", ":2: 2 numbers; the first line has 3"),
        ("good 1 2 3\n\nbad 1 2 3\n", ":2: 0 numbers; the first line has 3"),
        ("good 1 x 3\n", ":1: the vector of 'good' is not numeric"),
        ("good 1 nan 3\n", ":1: the vector of 'good' contains NaN"),
        ("haus 1 2 3\n", "no token of the vocabulary"),
        ("", "no token of the vocabulary"),
        ("5 3\ngood 1 2 3\nbad 1 2 3\n", ":3: the file ends after 2 vectors, where its first line states 5"),
        ("2 3\ngood \0\1\2\n", "It is binary data, not text"),
        ("9 999999999999\ngood 1 2 3\n", ":2: 3 numbers; the first line has 999999999999"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "vectors.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        load_pretrained_vectors(path, VOCABULARY)


def test_a_cut_short_missing_or_special_file_of_vectors_is_a_clear_error(tmp_path):
    whole = gzip.compress("".join(f"w{number} {number} 1 2\n" for number in range(20_000)).encode())
    (tmp_path / "vectors.txt.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="vectors.txt.gz is truncated or damaged"):
        load_pretrained_vectors(tmp_path / "vectors.txt.gz", VOCABULARY)
    with pytest.raises(FileNotFoundError, match="Did you mean 'vectors.txt.gz'"):
        load_pretrained_vectors(tmp_path / "vector.txt.gz", VOCABULARY)
    with pytest.raises(ValueError, match="is a device; give a regular file"):
        load_pretrained_vectors("/dev/zero", VOCABULARY)
