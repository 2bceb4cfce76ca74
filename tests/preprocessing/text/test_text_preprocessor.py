"""Ids in Python and in the graph, and the vocabulary inside the `.keras` file."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.isolated import run_python

from rnn_templates.preprocessing.text.text_preprocessor import TextPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(["a", "b", "'", "é", "日"])


def padded(rows):
    out = np.zeros((len(rows), max(1, *(len(row) for row in rows))), np.int32)
    for to, row in zip(out, rows, strict=True):
        to[: len(row)] = row
    return out


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcé日' .", max_size=12), min_size=1, max_size=5), st.one_of(st.none(), st.integers(1, 7)))
def test_graph_and_python_give_the_same_ids(texts, max_tokens):
    preprocessor = TextPreprocessor(VOCABULARY, max_tokens)
    np.testing.assert_array_equal(preprocessor(texts), padded([preprocessor.encode(text) for text in texts]))


def test_a_long_text_keeps_its_first_and_last_words():
    preprocessor = TextPreprocessor(Vocabulary(list("abcdefg")), max_tokens=3)
    assert preprocessor.encode("a b c d e f g") == [2, 3, 8]
    assert TextPreprocessor(Vocabulary(list("abcdefg")), max_tokens=1).encode("a b c") == [2]


def test_empty_texts_still_have_one_column():
    np.testing.assert_array_equal(TextPreprocessor(VOCABULARY)(["", "  "]), [[0], [0]])


def test_it_works_inside_tf_data_and_a_graph_of_unknown_batch():
    preprocessor = TextPreprocessor(VOCABULARY)
    dataset = tf.data.Dataset.from_tensor_slices(["a b", "b"]).batch(2).map(preprocessor)
    np.testing.assert_array_equal(next(iter(dataset)), [[2, 3], [3, 0]])
    graph = tf.function(lambda texts: preprocessor(texts), input_signature=[tf.TensorSpec((None,), tf.string)])
    np.testing.assert_array_equal(graph(tf.constant(["b"])), [[3]])


@keras.saving.register_keras_serializable(package="test")
class Holder(keras.Model):
    def __init__(self, preprocessor=None, **kwargs):
        super().__init__(**kwargs)
        self.preprocessor = preprocessor
        self.built = True

    def call(self, texts):
        return self.preprocessor(texts)

    def get_config(self):
        return {"preprocessor": keras.saving.serialize_keras_object(self.preprocessor)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config["preprocessor"]))


def test_the_keras_file_holds_the_vocabulary(tmp_path):
    Holder(TextPreprocessor(VOCABULARY, 4)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").preprocessor
    assert (loaded.vocabulary.tokens, loaded.max_tokens) == (VOCABULARY.tokens, 4)
    np.testing.assert_array_equal(loaded(["é b 日"]), [[5, 3, 6]])


RUN_SAVED_MODEL = """
import sys
import tensorflow as tf
for folder in sys.argv[1:]:
    serve = tf.saved_model.load(folder).serve
    print(serve(tf.constant(["A zz É's", "a a a b b b", "日\\n'", ""])).numpy().tolist())
    print(serve(tf.constant([], tf.string)).shape.as_list(), "rnn_templates" in sys.modules)
"""


def test_a_saved_model_runs_in_a_process_with_tensorflow_only(tmp_path):
    for called_before in (False, True):
        preprocessor = TextPreprocessor(VOCABULARY, 3)
        if called_before:
            preprocessor(["a"])
        archive = keras.export.ExportArchive()
        archive.track(preprocessor)
        archive.add_endpoint("serve", preprocessor.call, input_signature=[tf.TensorSpec((None,), tf.string)])
        archive.write_out(str(tmp_path / f"called_{called_before}"), verbose=False)
    result = run_python(RUN_SAVED_MODEL, *sorted(tmp_path.iterdir()), tensorflow=True)
    assert result.stdout.splitlines() == ["[[2, 1, 1], [2, 2, 3], [6, 4, 0], [0, 0, 0]]", "[0, 1] False"] * 2


@pytest.mark.parametrize("texts", [[b"a", b"\xff b"], ("a", "\ud83d b"), np.array(["a", "\ufffd b"], dtype=object)])
def test_texts_of_any_kind_are_read(texts):
    ids = np.asarray(TextPreprocessor(VOCABULARY)(texts))
    assert (ids[0, 0], ids[1, 0]) == (2, 1)
    assert ids[1].max() == 3


def test_no_texts_give_no_rows():
    assert TextPreprocessor(VOCABULARY)([]).shape == (0, 1)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="`text` .*int"):
        TextPreprocessor(VOCABULARY)(["a", 3])


def test_a_symbolic_call_gives_integers():
    spec = TextPreprocessor(VOCABULARY)(keras.Input((), dtype="string"))
    assert (spec.shape, spec.dtype) == ((None, None), "int32")


@pytest.mark.parametrize("max_tokens", [0, -1])
def test_no_words_at_all_are_refused(max_tokens):
    with pytest.raises(ValueError, match="`max_tokens`"):
        TextPreprocessor(VOCABULARY, max_tokens)


@pytest.mark.parametrize("words", [2_000, pytest.param(500_000, marks=pytest.mark.slow)])
def test_a_long_text_is_truncated(words):
    text = "a b " * (words // 2)
    preprocessor = TextPreprocessor(VOCABULARY, 10)
    np.testing.assert_array_equal(preprocessor([text])[0], preprocessor.encode(text))
