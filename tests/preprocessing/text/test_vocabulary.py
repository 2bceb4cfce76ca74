"""Counting words, keeping them in a file, and refusing files that are no vocabulary."""

import functools
import io
import sys

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.preprocessing.text.vocabulary import Vocabulary


def test_frequent_words_come_first_and_equal_ones_by_the_alphabet():
    vocabulary = Vocabulary.from_texts(["b a", "B c", "b c"])
    assert vocabulary.tokens == ("<pad>", "<unk>", "b", "c", "a")


def test_size_counts_the_special_entries_and_rare_words_are_left_out():
    texts = ["a a a b b c"]
    assert Vocabulary.from_texts(texts, vocabulary_size=3).tokens[2:] == ("a",)
    assert Vocabulary.from_texts(texts, min_count=2).tokens[2:] == ("a", "b")


def test_unknown_words_are_number_one_even_when_they_look_special():
    vocabulary = Vocabulary(["good"])
    assert vocabulary.ids(["good", "bad"]) == [2, 1]
    assert Vocabulary.from_texts(["<unk> <pad>"]).tokens[2:] == ("<", ">", "pad", "unk")


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("labeled", [False, True])
def test_it_is_built_from_any_dataset_of_texts(batched, labeled):
    texts = np.array([b"a b", b"a"], dtype=object)
    dataset = tf.data.Dataset.from_tensor_slices((texts, [0, 1]) if labeled else texts)
    assert Vocabulary.from_texts(dataset.batch(2) if batched else dataset).tokens[2:] == ("a", "b")


def test_given_tokens_are_counted_whole_and_in_lower_case():
    sentences = [["New York", "Oslo"], ("OSLO", b"don\xe2\x80\x99t"), []]
    assert Vocabulary.from_tokens(sentences).tokens[2:] == ("oslo", "don't", "new york")
    assert Vocabulary.from_tokens(sentences, min_count=2).tokens[2:] == ("oslo",)
    assert Vocabulary.from_tokens(iter(sentences), vocabulary_size=3).tokens[2:] == ("oslo",)


@pytest.mark.parametrize("tagged", [False, True])
def test_tokens_are_counted_of_datasets_too(tagged):
    tokens = tf.data.Dataset.from_tensor_slices(tf.ragged.constant([["b", "A"], ["a"]]))
    dataset = tf.data.Dataset.zip((tokens, tf.data.Dataset.range(2))) if tagged else tokens
    assert Vocabulary.from_tokens(dataset).tokens[2:] == ("a", "b")


@pytest.mark.parametrize("sentences", [[], [[], []]])
def test_no_tokens_are_refused(sentences):
    with pytest.raises(ValueError, match="`sentences`"):
        Vocabulary.from_tokens(sentences)


@pytest.mark.parametrize("sentences", [[["", "a"]], [["\u200d", "a"]], [["a\nb", "a"]]], ids=repr)
def test_tokens_that_a_file_cannot_hold_are_left_unknown(sentences):
    assert Vocabulary.from_tokens(sentences).tokens[2:] == ("a",)


def test_what_is_no_list_of_tokens_is_refused():
    with pytest.raises(TypeError, match="`text` .*int"):
        Vocabulary.from_tokens([["a", 3]])
    with pytest.raises(TypeError, match=r"`sentences\[1\]`"):
        Vocabulary.from_tokens([["a"], "one text"])


def test_counted_words_are_kept_by_frequency():
    assert Vocabulary.from_counts({"b": 1, "a": 1, "c": 3}).tokens[2:] == ("c", "a", "b")
    with pytest.raises(ValueError, match="`vocabulary_size`"):
        Vocabulary.from_counts({"a": 1}, vocabulary_size=2)


@given(st.lists(st.text(max_size=12), min_size=1))
def test_the_file_gives_the_same_numbers_for_any_texts(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("v") / "vocabulary.txt"
    vocabulary = Vocabulary.from_texts(texts)
    vocabulary.save(path)
    assert Vocabulary.load(path).tokens == vocabulary.tokens


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: the first two lines"),
        (b"good\nbad\n", ":1: the first two lines"),
        (b"<pad>\n<unk>\na\nb\na\n", ":5: 'a' repeats line 3"),
        (b"<pad>\n<unk>\n\nb\n", ":3: empty line"),
        (b"<pad>\n<unk>\n\xff\n", ":3: not UTF-8"),
        (b"<pad>\r\n<unk>\r\na\r\n", ":1: the line ends with CR LF"),
    ],
)
def test_a_file_that_is_no_vocabulary_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "vocabulary.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        Vocabulary.load(path)


def test_no_texts_are_refused():
    with pytest.raises(ValueError, match="`texts`"):
        Vocabulary.from_texts([])


def test_what_is_no_text_is_refused_with_its_position():
    with pytest.raises(TypeError, match=r"`texts\[1\]` .*float"):
        Vocabulary.from_texts(["a", float("nan")])
    with pytest.raises(TypeError, match="`texts`"):
        Vocabulary.from_texts("one text")


def test_a_size_without_room_for_words_is_refused():
    with pytest.raises(ValueError, match="`vocabulary_size`"):
        Vocabulary.from_texts(["a"], vocabulary_size=2)


def test_the_file_has_one_token_a_line_whatever_the_platform(tmp_path):
    Vocabulary(["é", "a"]).save(tmp_path / "vocabulary.txt")
    assert (tmp_path / "vocabulary.txt").read_bytes() == "<pad>\n<unk>\né\na\n".encode()


def test_a_failed_save_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "vocabulary.txt"
    Vocabulary(["old"]).save(path)

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space left"):
        Vocabulary(["new"]).save(path)
    assert [found.name for found in tmp_path.iterdir()] == ["vocabulary.txt"]
    assert Vocabulary.load(path).tokens[2:] == ("old",)


def test_words_that_a_file_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="`tokens` .*'a' twice"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(ValueError, match="`tokens` .*line break"):
        Vocabulary(["a\nb"])


@pytest.mark.parametrize(("terminal", "progress"), [(True, True), (True, False), (False, True)])
def test_a_bar_shows_only_in_a_terminal_and_only_when_wanted(monkeypatch, terminal, progress):
    screen = io.StringIO()
    screen.isatty = lambda: terminal
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    assert len(Vocabulary.from_texts(["a b", "c"], progress=progress)) == 5
    assert ("counting words" in screen.getvalue()) == (terminal and progress)


def test_table_or_single_text_is_refused_instead_of_taking_its_column_names_for_texts():
    frame = pd.DataFrame({"id": [1], "text": ["not bad"]})
    subwords = functools.partial(SubwordVocabulary.from_texts, vocabulary_size=300)
    for build in (Vocabulary.from_texts, Vocabulary.from_tokens, Vocabulary, subwords, SubwordVocabulary):
        with pytest.raises(TypeError, match=r"a DataFrame with the columns 'id', 'text'; pass df\[\"text\"\]"):
            build(frame)
        with pytest.raises(TypeError, match="a dict with the keys 'label'"):
            build({"label": ["good"]})
        with pytest.raises(TypeError, match="single text"):
            build("not bad")
    assert "bad" in Vocabulary.from_texts(frame["text"])


def test_repr_shows_the_size_and_the_first_words():
    assert repr(Vocabulary(["not", "bad"])) == "<Vocabulary of 4 tokens: 'not', 'bad'>"
    assert repr(Vocabulary()) == "<Vocabulary of 2 tokens: none>"
    assert repr(SubwordVocabulary(map(str, range(10, 30)))).endswith("'17', ...>")
