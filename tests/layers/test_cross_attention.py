"""Attention to a memory, recomputed in NumPy place by place."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.cross_attention import SCORE_FUNCTIONS, CrossAttention, KeyValueMemory

UNITS, SIZE, FEATURES = 4, 6, 3
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
both_scores = pytest.mark.parametrize("score", SCORE_FUNCTIONS)


def attention_of(score, dtype="float32", seed=0, **options):
    """A layer with weights of which none is zero, its queries, and its memory."""
    rng = np.random.default_rng(seed)
    layer = CrossAttention(UNITS, score, dtype=dtype, **options)
    layer.build((None, None, FEATURES), (None, None, SIZE + UNITS))
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.get_weights()])
    rows, places = MASK.shape
    return layer, rng.normal(size=(rows, 2, FEATURES)).astype(dtype), rng.normal(size=(rows, places, SIZE + UNITS))


def reference(layer, queries, memory, mask):
    """Context and weights in float64, one place after the other."""
    kernel, *others = [weight.astype(np.float64) for weight in layer.get_weights()]
    weights = np.zeros((*queries.shape[:2], memory.shape[1]))
    for row, step in np.ndindex(queries.shape[:2]):
        asked, scores = queries[row, step] @ kernel, {}
        for place in np.flatnonzero(mask[row]):
            key = memory[row, place, SIZE:]
            if layer.score == "additive":
                bias, context = others
                scores[place] = (np.tanh(asked + bias + key) @ context).item()
            else:
                scores[place] = asked @ key / np.sqrt(UNITS)
        total = sum(map(np.exp, scores.values()))
        for place, value in scores.items():
            weights[row, step, place] = np.exp(value) / total
    return np.einsum("bts,bsv->btv", weights, memory[..., :SIZE]), weights


@both_scores
def test_context_and_weights_equal_those_of_the_formula(score):
    layer, queries, memory = attention_of(score)
    context, weights = layer(queries, memory.astype("float32"), MASK)
    for found, expected in zip((context, weights), reference(layer, queries, memory, MASK), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


@both_scores
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_padding_is_not_read_and_a_row_of_padding_gives_zeros(score, dtype):
    layer, queries, memory = attention_of(score)
    layer = CrossAttention.from_config({**layer.get_config(), "dtype": dtype})
    context, weights = map(np.float32, layer(queries, memory.astype("float32") * 100, MASK))
    assert np.isfinite(context).all()
    assert not weights.transpose(0, 2, 1)[~MASK].any()
    np.testing.assert_allclose(weights.sum(axis=-1)[:3], 1, atol=1e-6 if dtype == "float32" else 2e-2)
    assert context[:3].any() and not context[3].any() and not weights[3].any()


@both_scores
def test_what_stands_at_padding_changes_nothing(score):
    layer, queries, memory = attention_of(score)
    other = np.where(MASK[..., None], memory, 1e4)
    one, two = (layer(queries, values.astype("float32"), MASK)[0] for values in (memory, other))
    np.testing.assert_array_equal(one, two)


@both_scores
def test_gradients_equal_finite_differences(score):
    layer, queries, memory = attention_of(score, "float64")
    values = [tf.Variable(value) for value in (queries, memory)] + [weight.value for weight in layer.weights]
    names = ["queries", "memory"] + [weight.name for weight in layer.weights]

    def loss():
        context, _ = layer(tf.convert_to_tensor(values[0]), tf.convert_to_tensor(values[1]), MASK)
        return tf.reduce_sum(tf.sin(context * 3))

    with tf.GradientTape() as tape:
        answer = loss()
    for name, value, slope in zip(names, values, tape.gradient(answer, values), strict=True):
        slope, start = slope.numpy(), value.numpy()
        assert np.isfinite(slope).all() and slope.any(), name
        for place in list(np.ndindex(start.shape))[:: max(1, start.size // 8)]:
            sums = []
            for step in (1e-6, -1e-6):
                moved = start.copy()
                moved[place] += step
                value.assign(moved)
                sums.append(float(loss()))
            value.assign(start)
            assert slope[place] == pytest.approx((sums[0] - sums[1]) / 2e-6, abs=1e-6), (name, place)


def test_padding_learns_nothing():
    layer, queries, memory = attention_of("additive", "float64")
    memory = tf.constant(memory)
    with tf.GradientTape() as tape:
        tape.watch(memory)
        answer = tf.reduce_sum(layer(queries, memory, MASK)[0])
    slope = tape.gradient(answer, memory).numpy()
    assert not slope[~MASK].any() and slope[MASK].any()


def test_a_memory_holds_values_and_their_keys():
    rng = np.random.default_rng(1)
    layer, values = KeyValueMemory(UNITS), rng.normal(size=(2, 5, SIZE)).astype("float32")
    memory = layer(values)
    assert tuple(memory.shape) == layer.compute_output_shape(values.shape)
    np.testing.assert_array_equal(memory[..., :SIZE], values)
    np.testing.assert_allclose(memory[..., SIZE:], values @ layer.get_weights()[0], atol=1e-6)
    assert layer.compute_mask(values, np.ones((2, 5), bool)) is None


@both_scores
def test_one_step_reads_what_all_steps_read(score):
    layer, queries, memory = attention_of(score)
    memory = memory.astype("float32")
    context, weights = layer(queries, memory, MASK)
    for step in range(queries.shape[1]):
        own, looked = layer(queries[:, step : step + 1], memory, MASK)
        np.testing.assert_allclose(own[:, 0], context[:, step], atol=1e-6)
        np.testing.assert_allclose(looked[:, 0], weights[:, step], atol=1e-6)


def test_dropout_hides_places_from_a_query_in_training_alone():
    layer, queries, memory = attention_of("additive", dropout=0.5)
    memory = memory.astype("float32")
    _, calm = layer(queries, memory, MASK)
    np.testing.assert_allclose(calm, reference(layer, queries, memory, MASK)[1], atol=1e-6)
    drawn = np.stack([layer(queries, memory, MASK, training=True)[1] for _ in range(40)])
    hidden = (drawn[:, 0] == 0).mean()
    assert 0.3 < hidden < 0.7
    sums = drawn[:, :3].sum(axis=-1)
    assert ((abs(sums - 1) < 1e-5) | (sums == 0)).all()


@both_scores
def test_a_saved_model_attends_alike(score, tmp_path):
    queries, values = keras.Input((None, FEATURES)), keras.Input((None, SIZE))
    mask = keras.Input((None,), dtype="bool")
    memory = KeyValueMemory(UNITS)(values)
    model = keras.Model([queries, values, mask], CrossAttention(UNITS, score, dropout=0.1)(queries, memory, mask))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    layer = loaded.layers[-1]
    assert (layer.units, layer.score, layer.dropout) == (UNITS, score, 0.1)
    _, asked, stored = attention_of(score)
    inputs = [asked, stored[..., :SIZE].astype("float32"), MASK]
    for ours, theirs in zip(model(inputs), loaded(inputs), strict=True):
        assert (ours.shape[0], ours.shape[1]) == asked.shape[:2]
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": "cosine"}, "`score` is one of additive, scaled_dot, not 'cosine'"),
        ({"units": 0}, "`units`, is a positive integer, not 0"),
        ({"units": 2.0}, "`units`, is a positive integer, not 2.0"),
        ({"dropout": 1.0}, r"`dropout` is a fraction in \[0, 1\), not 1.0"),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        CrossAttention(**{"units": UNITS, **options})


def test_a_memory_without_room_for_values_is_refused():
    with pytest.raises(ValueError, match="4 features, of which 4 would be keys"):
        CrossAttention(4)(np.zeros((1, 2, 3), "float32"), np.zeros((1, 5, 4), "float32"), np.ones((1, 5), bool))


def test_keys_of_no_size_are_refused():
    with pytest.raises(ValueError, match="`units`, is a positive integer, not 0"):
        KeyValueMemory(0)
