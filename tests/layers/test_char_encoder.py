"""The spelling encoder against each word read alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.cells import make_cell
from rnn_templates.layers.char_encoder import CharEncoder, _distinct
from rnn_templates.layers.rnn.bucketing import bucket_size
from rnn_templates.layers.rnn.recurrent import Recurrent

WORDS = [["Oslo", "is", "", "Oslo"], ["Århus", "Oslo", "a", ""], ["is", "is", "", ""]]
KINDS = {
    "cnn": {"units": 8, "dim": 5, "widths": (1, 2, 4, 5)},
    "rnn": {"units": 6, "dim": 5, "cell": "gru"},
}
kinds = pytest.mark.parametrize("kind", KINDS)


def spelt(sentences, letters=7):
    """Numbers of the letters (batch, time, letters)."""
    numbers = np.zeros((len(sentences), len(sentences[0]), letters), np.int32)
    for place in np.ndindex(numbers.shape[:2]):
        spelling = [byte + 1 for byte in sentences[place[0]][place[1]].encode()]
        numbers[place][: len(spelling)] = spelling
    return numbers


def encoder(kind, **options):
    layer = CharEncoder(kind, **{**KINDS[kind], **options})
    layer.build((None, None, 7))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in layer.weights])
    return layer


def distinct_form(layer):
    """What a function gives that does not know how many sentences there are, as in training and in a SavedModel."""
    function = tf.function(lambda x: layer(x), input_signature=[tf.TensorSpec((None, None, None), tf.int32)])
    assert "Unique" in {op.type for op in function.get_concrete_function().graph.get_operations()}
    return function


def convolved(layer, word):
    """The vector of one word, letter by letter in float64."""
    weights = {weight.name: weight.numpy().astype(np.float64) for weight in layer.weights}
    numbers, parts = [byte + 1 for byte in word.encode()], []
    vectors = weights["embeddings"][numbers]
    for width in layer.widths:
        before, kernel = (width - 1) // 2, weights[f"kernel_{width}"]
        padded = np.pad(vectors, ((before, width - 1 - before), (0, 0)))
        parts.append([np.einsum("wd,wdf->f", padded[i : i + width], kernel) for i in range(len(numbers))])
    return np.maximum(np.concatenate(parts, axis=-1) + weights["bias"], 0).max(axis=0)


def recurred(layer, word):
    """The vector of one word by the recurrence on it alone."""
    alone = Recurrent(make_cell(layer.cell, layer.units // 2), bidirectional=True)
    alone.build((None, None, layer.dim))
    alone.set_weights(layer.recurrent.get_weights())
    letters = layer.embeddings.numpy()[[byte + 1 for byte in word.encode()]]
    return alone(letters[None])[0].numpy()


@kinds
def test_every_word_has_the_vector_of_that_word_alone(kind):
    layer = encoder(kind)
    for form in (layer, distinct_form(layer)):
        vectors = form(spelt(WORDS)).numpy()
        assert vectors.shape == (3, 4, layer.units)
        for place in np.ndindex(3, 4):
            word = WORDS[place[0]][place[1]]
            expected = {"cnn": convolved, "rnn": recurred}[kind](layer, word) if word else np.zeros(layer.units)
            np.testing.assert_allclose(vectors[place], expected, atol=3e-6)


@kinds
def test_a_word_has_one_vector_wherever_it_stands(kind):
    vectors = distinct_form(encoder(kind))(spelt(WORDS)).numpy()
    for places in ([(0, 0), (0, 3), (1, 1)], [(0, 1), (2, 0), (2, 1)]):
        for place in places[1:]:
            np.testing.assert_array_equal(vectors[place], vectors[places[0]])
    assert np.abs(vectors[0, 0] - vectors[0, 1]).max() > 0.01


@kinds
@settings(max_examples=6, deadline=None)
@given(
    words=st.lists(st.sampled_from(["a", "ab", "ba", "", "aa", "Ab", "b"]), min_size=6, max_size=6),
    letters=st.integers(4, 6),
)
def test_padding_and_neighbours_change_nothing(kind, words, letters):
    layer = encoder(kind)
    numbers = spelt([words[:3], words[3:]], letters)
    expected = layer(numbers)
    more = np.pad(numbers, ((0, 1), (0, 2), (0, 3)))
    np.testing.assert_allclose(layer(more)[:2, :3], expected, atol=1e-6)
    np.testing.assert_allclose(layer(numbers[:, 1:2]), expected[:, 1:2], atol=1e-6)
    assert not layer(more).numpy()[more.sum(axis=-1) == 0].any(), "where there is no letter there is nothing to say"


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from([0, 1, 2, 255, 256]), min_size=3, max_size=3), min_size=1, max_size=12),
)
def test_rows_share_a_representative_if_and_only_if_they_are_equal(rows):
    chosen, place = (found.numpy() for found in _distinct(tf.constant(rows)))
    assert len(chosen) == len({tuple(row) for row in rows})
    np.testing.assert_array_equal(np.array(rows)[chosen][place], rows)


@kinds
def test_each_distinct_word_is_read_once_and_the_numbers_of_words_are_few(kind, monkeypatch):
    layer, sizes = encoder(kind), []
    monkeypatch.setattr(layer, "_read", lambda words, training: tf.fill((tf.shape(words)[0], layer.units), size(words)))

    def size(words):
        return tf.cast(tf.shape(words)[0], tf.float32)

    form = distinct_form(layer)
    for count in range(7, 12):
        numbers = np.tile(np.arange(1, count + 1, dtype=np.int32)[None, :, None], (3, 1, 4))
        (read,) = np.unique(form(numbers))
        sizes.append(read)
    # a recurrence is compiled for every number anew
    assert sizes == [count if kind == "cnn" else bucket_size(count) for count in range(7, 12)]


@kinds
@pytest.mark.parametrize("distinct", [False, True])
def test_the_gradient_of_a_letter_is_that_of_all_words_that_it_is_in(kind, distinct):
    layer = encoder(kind)

    def slope(numbers):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(tf.sin(layer(numbers, training=True)))
        return tf.convert_to_tensor(tape.gradient(total, layer.embeddings.value))

    numbers = spelt(WORDS)
    form = tf.function(slope, input_signature=[tf.TensorSpec((None, None, None), tf.int32)]) if distinct else slope
    together = form(numbers).numpy()
    alone = sum(slope(numbers[place][None, None]).numpy() for place in np.ndindex(3, 4) if numbers[place].any())
    np.testing.assert_allclose(together, alone, atol=2e-5)
    reached = np.flatnonzero(together.any(axis=1))
    assert len(reached) > 3 and set(reached) <= set(numbers[numbers > 0])


@kinds
def test_the_mask_is_false_where_there_is_no_letter(kind):
    layer = encoder(kind)
    expected = [[bool(word) for word in sentence] for sentence in WORDS]
    np.testing.assert_array_equal(layer.compute_mask(spelt(WORDS)), expected)
    seen = keras.layers.Lambda(lambda x, mask: keras.ops.cast(mask, "float32"), output_shape=(None,))
    inputs = keras.Input((None, 7), dtype="int32")
    seen.supports_masking = True
    model = keras.Model(inputs, seen(layer(inputs)))
    np.testing.assert_array_equal(model(spelt(WORDS)), np.array(expected, "float32"))


@kinds
def test_a_saved_model_answers_as_before(kind, tmp_path):
    inputs = keras.Input((None, None), dtype="int32")
    layer = encoder(kind, name="spelling")
    keras.Model(inputs, layer(inputs)).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("spelling").get_config() == layer.get_config()
    np.testing.assert_allclose(loaded(spelt(WORDS)), layer(spelt(WORDS)), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "lstm"}, "`kind` is 'cnn' or 'rnn', not 'lstm'"),
        ({"units": 10}, "10 `units` cannot be divided among 4 equal parts"),
        ({"units": 0}, "0 `units`"),
        ({"kind": "rnn", "units": 5}, "5 `units` cannot be divided among 2 equal parts"),
        ({"kind": "rnn", "units": 6, "cell": "elstm"}, "`cell`"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        CharEncoder(**arguments)


@kinds
def test_half_precision_stays_near_the_full_one(kind):
    half = encoder(kind, dtype="mixed_bfloat16")
    outputs = half(spelt(WORDS))
    assert outputs.dtype == "bfloat16"
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), encoder(kind)(spelt(WORDS)), atol=0.05)
