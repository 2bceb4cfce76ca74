"""Subword preprocessor: equality of graph and Python, truncation, padding, time, and saving."""

import functools
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.isolated import run_python
from support.subword_vectors import CASES, SUBWORDS, TOKENS

from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary, normalize_whitespace
from rnn_templates.preprocessing.text.word_tokenizer import to_bytes

WALK = SubwordVocabulary(["▁", "▁walk", "ing", "ö"])

ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=30),
    st.lists(st.sampled_from([*TOKENS, " ", "▁", "\x85", "<END>"]), max_size=10).map("".join),
    st.lists(st.sampled_from([b"\x80", b"\xc3", b"\xe2\x96", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"a"])).map(b"".join),
)


def rows(ids):
    """Ids up to the end of each row, which only padding may follow."""
    ended = [row[: row.index(2) + 1] for row in ids.numpy().tolist()]
    width = max([1, *map(len, ended)])
    assert ids.dtype == tf.int32
    assert ids.numpy().tolist() == [row + [0] * (width - len(row)) for row in ended]
    return ended


def test_the_graph_reproduces_the_golden_vectors():
    preprocessor = SubwordPreprocessor(SUBWORDS, max_length=200)
    ids = preprocessor([text for text, _, _ in CASES])
    assert [(case, row) for case, row in zip(CASES, rows(ids), strict=True) if row != [*case[1], 2]] == []
    back = [text.decode() for text in preprocessor.detokenize(ids).numpy()]
    assert [(case, text) for case, text in zip(CASES, back, strict=True) if text != case[2]] == []


@pytest.mark.parametrize("max_length", [1, 2, 5])
def test_the_golden_vectors_are_cut_to_their_first_ids(max_length):
    found = rows(SubwordPreprocessor(SUBWORDS, max_length=max_length)([text for text, _, _ in CASES]))
    assert found == [[*ids[: max_length - 1], 2] for _, ids, _ in CASES]


@functools.cache
def graph(max_length):
    """A preprocessor, and its call as one graph, which is faster to call many times."""
    preprocessor = SubwordPreprocessor(SUBWORDS, max_length=max_length)
    return preprocessor, tf.function(preprocessor.call, input_signature=[tf.TensorSpec((None,), tf.string)])


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=6), st.sampled_from([1, 2, 7, 30, 1000]))
def test_graph_and_python_read_alike_and_the_text_comes_back(texts, max_length):
    preprocessor, read = graph(max_length)
    ids = read(tf.constant([to_bytes(text) for text in texts]))
    assert rows(ids) == [preprocessor.encode(text) for text in texts]
    back = [text.decode() for text in preprocessor.detokenize(ids).numpy()]
    if max_length == 1000:
        assert back == [normalize_whitespace(text) for text in texts]
    else:
        assert back == [SUBWORDS.decode(preprocessor.encode(text)) for text in texts]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(st.integers(0, len(SUBWORDS) - 1), st.integers(0, 3)), min_size=width, max_size=width),
            min_size=1,
        )
    )
)
def test_graph_and_python_decode_any_ids_alike(ids):
    texts = SubwordPreprocessor(SUBWORDS).detokenize(tf.constant(ids)).numpy()
    assert [text.decode() for text in texts] == [SUBWORDS.decode(row) for row in ids]


def test_bytes_that_are_not_utf_8_are_written_alike():
    broken = [
        bytes([first, second, 0x9F, third])
        for first in range(128, 256)
        for second in (65, 0x80, 0xBF)
        for third in (65, 0x90)
    ]
    ids = [[byte + 3 for byte in one] for one in broken]
    texts = SubwordPreprocessor(WALK).detokenize(np.array(ids)).numpy()
    assert [text.decode() for text in texts] == [WALK.decode(row) for row in ids]


def test_texts_are_written_of_ids_of_any_rank_and_integer_type():
    preprocessor = SubwordPreprocessor(WALK)
    ids = np.array([[[260, 261, 2], [0, 1, 260]], [[2, 260, 260], [260, 2, 261]]])
    for kind in (np.int32, np.int64):
        assert preprocessor.detokenize(ids.astype(kind)).numpy().tolist() == [[b"walking", b"walk"], [b"", b"walk"]]
    assert preprocessor.detokenize(tf.constant([260, 260])).numpy() == b"walk walk"
    assert preprocessor.detokenize(tf.zeros([2, 0], tf.int32)).numpy().tolist() == [b"", b""]


def test_empty_texts_are_an_end_and_no_texts_no_rows():
    preprocessor = SubwordPreprocessor(WALK)
    assert preprocessor(["", " \n"]).numpy().tolist() == [[2], [2]]
    assert preprocessor(["", "walk"]).numpy().tolist() == [[2, 0], [260, 2]]
    assert preprocessor([]).shape == (0, 1)
    assert preprocessor.encode("") == [2]


@pytest.mark.parametrize("texts", [[b"walk", b"\xff"], ("walk", "\ufffd"), np.array(["walk", "\ufffd"], dtype=object)])
def test_texts_of_any_kind_are_read(texts):
    assert SubwordPreprocessor(WALK)(texts).numpy().tolist() == [[260, 2, 0, 0, 0], [259, 242, 194, 192, 2]]


@pytest.mark.parametrize(("texts", "message"), [(["a", 3], "`text` .*int"), ("walk", "`texts`")])
def test_what_are_no_texts_is_refused(texts, message):
    with pytest.raises(TypeError, match=message):
        SubwordPreprocessor(WALK)(texts)


@pytest.mark.parametrize("max_length", [0, -1])
def test_no_room_for_an_end_is_refused(max_length):
    with pytest.raises(ValueError, match=f"`max_length` .* {max_length}"):
        SubwordPreprocessor(WALK, max_length=max_length)


@pytest.mark.parametrize("max_length", [64, 10**9])
def test_no_length_is_too_long_to_be_allowed(max_length):
    preprocessor = SubwordPreprocessor(WALK, max_length=max_length)
    assert preprocessor(["walking"]).numpy().tolist() == [[260, 261, 2]]


LONG = {
    "one_word": "walking" * 150_000,
    "one_letter": "\uffff" * 350_000,
    "5000_words": " ".join(f"walk{number}" for number in range(5000)),
    "white_space": "\u3000" * 350_000 + "walk",
    "broken": b"\xff" * 1_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_a_long_text_is_cut_in_time(name):
    preprocessor = SubwordPreprocessor(WALK)
    preprocessor(["walk"])
    text = to_bytes(LONG[name])
    began = time.process_time()
    ids = preprocessor([text])
    assert time.process_time() - began < 1
    assert rows(ids) == [preprocessor.encode(text)]


@pytest.mark.parametrize("name", LONG)
def test_a_longer_text_is_truncated(name):
    text = to_bytes(LONG[name])[:20_000].decode("utf-8", "ignore") if name != "broken" else LONG[name][:20_000]
    preprocessor = SubwordPreprocessor(WALK)
    assert rows(preprocessor([to_bytes(text)])) == [preprocessor.encode(text)]


def test_a_thousand_sentences_are_read_and_written_in_time():
    texts = [f"walking {number} dogs, and more of them: {number * number} walks" for number in range(1000)]
    preprocessor = SubwordPreprocessor(SubwordVocabulary.from_texts(texts, vocabulary_size=500))
    preprocessor.detokenize(preprocessor(texts[:2]))
    began = time.process_time()
    back = preprocessor.detokenize(preprocessor(texts)).numpy().tolist()
    assert time.process_time() - began < 1
    assert back == [text.encode() for text in texts]


def test_it_works_inside_tf_data_and_writes_in_a_graph_of_unknown_shape():
    preprocessor = SubwordPreprocessor(WALK)
    dataset = tf.data.Dataset.from_tensor_slices(["walking", "ö"]).batch(2).map(preprocessor)
    assert next(iter(dataset)).numpy().tolist() == [[260, 261, 2], [259, 262, 2]]
    back = tf.function(preprocessor.detokenize, input_signature=[tf.TensorSpec((None, None), tf.int64)])
    assert back(tf.constant([[260, 2]], tf.int64)).numpy().tolist() == [b"walk"]


def test_a_symbolic_call_gives_integers():
    spec = SubwordPreprocessor(WALK)(keras.Input((), dtype="string"))
    assert (spec.shape, spec.dtype) == ((None, None), "int32")


@keras.saving.register_keras_serializable(package="test")
class TwoPreprocessors(keras.Model):
    """A model of two preprocessors."""

    def __init__(self, source=None, target=None, **kwargs):
        super().__init__(**kwargs)
        self.source, self.target = source, target
        self.built = True

    def call(self, texts):
        return self.source(texts)

    def get_config(self):
        return {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in ("source", "target")}

    @classmethod
    def from_config(cls, config):
        return cls(*(keras.saving.deserialize_keras_object(config[name]) for name in ("source", "target")))


def test_the_keras_file_holds_both_vocabularies_and_lengths(tmp_path):
    model = TwoPreprocessors(SubwordPreprocessor(WALK, max_length=9), SubwordPreprocessor(SUBWORDS, max_length=7))
    model.source(["called before it is saved"])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.source.vocabulary.tokens, loaded.source.max_length) == (WALK.tokens, 9)
    assert (loaded.target.vocabulary.tokens, loaded.target.max_length) == (SUBWORDS.tokens, 7)
    assert loaded.source(["walking"]).numpy().tolist() == [[260, 261, 2]]
    assert loaded.target.detokenize(loaded.target(["the there"])).numpy().tolist() == [b"the there"]


RUN_SAVED_MODEL = """
import sys
import tensorflow as tf
for folder in sys.argv[1:]:
    saved = tf.saved_model.load(folder)
    ids = saved.read(tf.constant(["walking", " ö  walk walk ", b"\\xff", ""]))
    print(ids.numpy().tolist(), [text.decode() for text in saved.write(ids).numpy()])
    print(saved.read(tf.constant([], tf.string)).shape.as_list(), "rnn_templates" in sys.modules)
"""


def test_a_saved_model_runs_in_a_process_with_tensorflow_only(tmp_path):
    for called in (False, True):
        preprocessor = SubwordPreprocessor(WALK, max_length=5)
        if called:
            preprocessor.detokenize(preprocessor(["walk"]))
        archive = keras.export.ExportArchive()
        archive.track(preprocessor)
        archive.add_endpoint("read", preprocessor.call, input_signature=[tf.TensorSpec((None,), tf.string)])
        archive.add_endpoint("write", preprocessor.detokenize, input_signature=[tf.TensorSpec((None, None), tf.int32)])
        archive.write_out(str(tmp_path / f"called_{called}"), verbose=False)
    result = run_python(RUN_SAVED_MODEL, *sorted(tmp_path.iterdir()), tensorflow=True).stdout.splitlines()
    ids = "[[260, 261, 2, 0, 0], [259, 262, 260, 260, 2], [259, 242, 194, 192, 2], [2, 0, 0, 0, 0]]"
    assert result == [f"{ids} ['walking', 'ö walk walk', '\ufffd', '']", "[0, 1] False"] * 2
