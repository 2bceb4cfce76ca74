"""Attention to a memory, recomputed in NumPy position by position."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.layers.cross_attention import SCORE_FUNCTIONS, CrossAttention, KeyValueMemory

UNITS, SIZE, FEATURES = 4, 6, 3
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
score_functions = pytest.mark.parametrize("score", SCORE_FUNCTIONS)


def make_attention(score, dtype="float32", seed=0, **options):
    """A layer with random weights, queries and a memory."""
    rng = np.random.default_rng(seed)
    layer = CrossAttention(UNITS, score, dtype=dtype, **options)
    layer.build((None, None, FEATURES), (None, None, SIZE + UNITS))
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.get_weights()])
    queries = rng.normal(size=(len(MASK), 2, FEATURES)).astype(dtype)
    return layer, queries, rng.normal(size=(*MASK.shape, SIZE + UNITS))


def reference(layer, queries, memory, mask):
    """Context and weights in float64, one position after the other."""
    kernel, *others = [weight.astype(np.float64) for weight in layer.get_weights()]
    weights = np.zeros((*queries.shape[:2], memory.shape[1]))
    for row, step in np.ndindex(queries.shape[:2]):
        query, scores = queries[row, step] @ kernel, {}
        for position in np.flatnonzero(mask[row]):
            key = memory[row, position, SIZE:]
            if layer.score == "additive":
                bias, score_kernel = others
                scores[position] = (np.tanh(query + bias + key) @ score_kernel).item()
            else:
                scores[position] = query @ key / np.sqrt(UNITS)
        total = sum(map(np.exp, scores.values()))
        for position, value in scores.items():
            weights[row, step, position] = np.exp(value) / total
    return np.einsum("bts,bsv->btv", weights, memory[..., :SIZE]), weights


@score_functions
def test_context_and_weights_equal_those_of_the_formula(score):
    layer, queries, memory = make_attention(score)
    context, weights = layer(queries, memory.astype("float32"), MASK)
    for found, expected in zip((context, weights), reference(layer, queries, memory, MASK), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


@score_functions
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_padding_has_no_weight_and_a_row_of_padding_gives_zeros(score, dtype):
    layer, queries, memory = make_attention(score)
    layer = CrossAttention.from_config({**layer.get_config(), "dtype": dtype})
    context, weights = map(np.float32, layer(queries, memory.astype("float32") * 100, MASK))
    assert np.isfinite(context).all()
    assert not weights.transpose(0, 2, 1)[~MASK].any()
    np.testing.assert_allclose(weights.sum(axis=-1)[:3], 1, atol=1e-6 if dtype == "float32" else 2e-2)
    assert context[:3].any() and not context[3].any() and not weights[3].any()


@score_functions
def test_values_at_padding_change_nothing(score):
    layer, queries, memory = make_attention(score)
    other = np.where(MASK[..., None], memory, 1e4)
    one, two = (layer(queries, values.astype("float32"), MASK)[0] for values in (memory, other))
    np.testing.assert_array_equal(one, two)


@score_functions
def test_gradients_equal_finite_differences(score):
    layer, queries, memory = make_attention(score, "float64")
    values = [tf.Variable(value) for value in (queries, memory)] + [weight.value for weight in layer.weights]
    names = ["queries", "memory"] + [weight.name for weight in layer.weights]

    def loss():
        context, _ = layer(tf.convert_to_tensor(values[0]), tf.convert_to_tensor(values[1]), MASK)
        return tf.reduce_sum(tf.sin(context * 3))

    with tf.GradientTape() as tape:
        output = loss()
    for name, value, gradient in zip(names, values, tape.gradient(output, values), strict=True):
        gradient, start = gradient.numpy(), value.numpy()
        assert np.isfinite(gradient).all() and gradient.any(), name
        for index in list(np.ndindex(start.shape))[:: max(1, start.size // 8)]:
            sums = []
            for step in (1e-6, -1e-6):
                moved = start.copy()
                moved[index] += step
                value.assign(moved)
                sums.append(float(loss()))
            value.assign(start)
            assert gradient[index] == pytest.approx((sums[0] - sums[1]) / 2e-6, abs=1e-6), (name, index)


def test_padding_has_no_gradient():
    layer, queries, memory = make_attention("additive", "float64")
    memory = tf.constant(memory)
    with tf.GradientTape() as tape:
        tape.watch(memory)
        output = tf.reduce_sum(layer(queries, memory, MASK)[0])
    gradient = tape.gradient(output, memory).numpy()
    assert not gradient[~MASK].any() and gradient[MASK].any()


def test_a_memory_concatenates_values_and_keys():
    rng = np.random.default_rng(1)
    layer, values = KeyValueMemory(UNITS), rng.normal(size=(2, 5, SIZE)).astype("float32")
    memory = layer(values)
    assert tuple(memory.shape) == layer.compute_output_shape(values.shape)
    np.testing.assert_array_equal(memory[..., :SIZE], values)
    np.testing.assert_allclose(memory[..., SIZE:], values @ layer.get_weights()[0], atol=1e-6)
    assert layer.compute_mask(values, np.ones((2, 5), bool)) is None


@score_functions
def test_one_step_equals_all_steps(score):
    layer, queries, memory = make_attention(score)
    memory = memory.astype("float32")
    context, weights = layer(queries, memory, MASK)
    for step in range(queries.shape[1]):
        own, own_weights = layer(queries[:, step : step + 1], memory, MASK)
        np.testing.assert_allclose(own[:, 0], context[:, step], atol=1e-6)
        np.testing.assert_allclose(own_weights[:, 0], weights[:, step], atol=1e-6)


def test_dropout_masks_positions_in_training_only():
    layer, queries, memory = make_attention("additive", dropout=0.5)
    memory = memory.astype("float32")
    _, inference = layer(queries, memory, MASK)
    np.testing.assert_allclose(inference, reference(layer, queries, memory, MASK)[1], atol=1e-6)
    drawn = np.stack([layer(queries, memory, MASK, training=True)[1] for _ in range(40)])
    masked = (drawn[:, 0] == 0).mean()
    assert 0.3 < masked < 0.7
    sums = drawn[:, :3].sum(axis=-1)
    assert ((abs(sums - 1) < 1e-5) | (sums == 0)).all()


@score_functions
def test_a_saved_model_attends_alike(score, tmp_path):
    queries, values = keras.Input((None, FEATURES)), keras.Input((None, SIZE))
    mask = keras.Input((None,), dtype="bool")
    memory = KeyValueMemory(UNITS)(values)
    model = keras.Model([queries, values, mask], CrossAttention(UNITS, score, dropout=0.1)(queries, memory, mask))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    layer = loaded.layers[-1]
    assert (layer.units, layer.score, layer.dropout) == (UNITS, score, 0.1)
    _, query, stored = make_attention(score)
    inputs = [query, stored[..., :SIZE].astype("float32"), MASK]
    for ours, theirs in zip(model(inputs), loaded(inputs), strict=True):
        assert (ours.shape[0], ours.shape[1]) == query.shape[:2]
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "options",
    [{"score": "cosine"}, {"units": 0}, {"units": 2.0}, {"dropout": 1.0}, {"attention_regularization": -1.0}],
    ids=str,
)
def test_invalid_arguments_are_named(options):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}`"):
        CrossAttention(**{"units": UNITS, **options})
    if "units" in options:
        with pytest.raises(ValueError, match="`units`"):
            KeyValueMemory(**options)


def test_the_regularization_is_the_squared_deficit_of_attention_in_training_only():
    layer, queries, memory = make_attention("additive", attention_regularization=0.5)
    queries_mask = np.array([[1, 1], [1, 0], [1, 1], [1, 1]], bool)
    arguments = queries, memory.astype("float32"), MASK
    weights = layer(*arguments)[1].numpy() * queries_mask[..., None]
    assert not layer.losses
    layer(*arguments, training=True, queries_mask=queries_mask)
    expected = 0.5 * ((1 - weights.sum(axis=1)) ** 2)[MASK].mean()
    np.testing.assert_allclose(float(sum(layer.losses)), expected, rtol=1e-5)


def test_a_memory_without_values_is_rejected():
    with pytest.raises(ValueError, match="`memory`"):
        CrossAttention(4)(np.zeros((1, 2, 3), "float32"), np.zeros((1, 5, 4), "float32"), np.ones((1, 5), bool))
