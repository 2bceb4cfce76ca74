"""The CRF against the sum over all paths in float64."""

import functools
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support import litert

from rnn_templates.layers.crf import LinearChainCRF
from rnn_templates.preprocessing.text.tag_schemes import find_violation, transition_constraints

BIO = ["O", "B-A", "I-A"]
FREE = (np.ones((3, 3), bool), np.ones(3, bool), np.ones(3, bool))
SCHEMES = {
    "bio": ["O", "B-A", "I-A", "B-B", "I-B"],
    "bioes": ["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"],
}
implementations = pytest.mark.parametrize(
    "xla", [False, pytest.param(True, marks=pytest.mark.xla)], ids=["eager", "xla"]
)


def make_crf(constraints=FREE, transitions=None, tags=3, **options):
    allowed, starts, ends = constraints
    crf = LinearChainCRF(tags, allowed_transitions=allowed, allowed_starts=starts, allowed_ends=ends, **options)
    crf.build((None, None, tags))
    if transitions is not None:
        crf.chain.transitions.assign(transitions)
    return crf


def compile_if(function, xla):
    """The function, or with `xla` a `tf.function` of unknown batch and length that XLA compiles."""
    if not xla:
        return lambda *inputs: function(*map(tf.constant, inputs))
    specs = [tf.TensorSpec((None, None, 3)), *(tf.TensorSpec((None, None), dtype) for dtype in (tf.int32, tf.bool))]
    graph = tf.function(lambda *inputs: function(*inputs), input_signature=specs)
    assert "_XlaMustCompile" in str(graph.get_concrete_function().graph.as_graph_def())
    return graph


def all_paths(scores, transitions, constraints):
    """All paths that the constraints allow, and their scores in float64."""
    (allowed, starts, ends), (length, tags) = constraints, scores.shape
    paths = np.array(list(itertools.product(range(tags), repeat=length)))
    possible = starts[paths[:, 0]] & ends[paths[:, -1]] & allowed[paths[:, :-1], paths[:, 1:]].all(axis=1)
    paths, transitions = paths[possible], transitions.astype(np.float64)
    totals = scores.astype(np.float64)[np.arange(length), paths].sum(axis=1)
    totals += transitions[tags, paths[:, 0]] + transitions[paths[:, -1], tags + 1]
    return paths, totals + transitions[paths[:, :-1], paths[:, 1:]].sum(axis=1)


def log_likelihood(scores, tags, lengths, transitions, constraints):
    """Log-likelihood of each sentence from the sum over all paths."""
    found = np.zeros(len(lengths))
    for row in np.flatnonzero(lengths):
        paths, totals = all_paths(scores[row, : lengths[row]], transitions, constraints)
        reference = (paths == tags[row, : lengths[row]]).all(axis=1)
        found[row] = totals[reference].item() - np.logaddexp.reduce(totals)
    return found


def make_mask(lengths, steps):
    return np.arange(steps) < np.asarray(lengths)[:, None]


@st.composite
def batches(draw, constraints=None):
    """Four sentences of up to five words, with scores up to 30, and reference tags that the constraints allow."""
    if constraints is None:
        constraints = [draw(arrays(bool, shape)) for shape in ((3, 3), 3, 3)]
        always = draw(st.integers(0, 2))
        constraints[0][always, always] = constraints[1][always] = constraints[2][always] = True
    number = st.floats(-30, 30, width=32)
    scores, transitions = (draw(arrays(np.float32, shape, elements=number)) for shape in ((4, 5, 3), (5, 5)))
    lengths = draw(st.lists(st.integers(1, 5), min_size=4, max_size=4))
    tags = np.full((4, 5), -7, np.int32)  # values at padding must be ignored
    for row, length in enumerate(lengths):
        paths, _ = all_paths(scores[row, :length], transitions, constraints)
        tags[row, :length] = paths[draw(st.integers(0, len(paths) - 1))]
    return scores, tags, lengths, transitions, constraints


@settings(max_examples=40, deadline=None)
@given(batch=batches())
def test_likelihood_decoding_and_marginals_equal_those_over_all_paths(batch):
    scores, tags, lengths, transitions, constraints = batch
    crf, mask = make_crf(constraints, transitions), make_mask(lengths, 5)
    np.testing.assert_allclose(crf.log_likelihood(scores, tags, mask), log_likelihood(*batch), atol=2e-4)
    best, marginals = crf.decode(scores, mask).numpy(), crf.marginals(scores, mask).numpy()
    assert best.dtype == np.int32 and not best[~mask].any()
    for row, length in enumerate(lengths):
        paths, totals = all_paths(scores[row, :length], transitions, constraints)
        (own,) = totals[(paths == best[row, :length]).all(axis=1)]  # raises for a path that is not allowed
        assert own >= totals.max() - 2e-4
        weights = np.exp(totals - np.logaddexp.reduce(totals))
        expected = [np.bincount(paths[:, t], weights, minlength=3) for t in range(length)]
        np.testing.assert_allclose(marginals[row, :length], expected, atol=2e-4)


@functools.cache
def xla_crf():
    crf = make_crf(transition_constraints(BIO))
    return crf, compile_if(crf.log_likelihood, True)


@pytest.mark.xla
@settings(max_examples=25, deadline=None)
@given(batch=batches(transition_constraints(BIO)))
def test_the_xla_log_likelihood_equals_that_over_all_paths(batch):
    scores, tags, lengths, transitions, _ = batch
    crf, log_likelihood_function = xla_crf()
    crf.chain.transitions.assign(transitions)
    np.testing.assert_allclose(
        log_likelihood_function(scores, tags, make_mask(lengths, 5)), log_likelihood(*batch), atol=2e-4
    )


def value_and_gradients(crf):
    """Log-likelihood, and the gradients of its sum by scores and transitions."""

    def function(scores, tags, mask):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            value = crf.log_likelihood(scores, tags, mask)
        return value, tape.gradient(value, [scores, crf.chain.transitions.value])

    return function


@implementations
@pytest.mark.parametrize("constraints", [FREE, transition_constraints(BIO)], ids=["free", "bio"])
def test_gradients_equal_finite_differences_of_the_sum_over_all_paths(xla, constraints):
    rng, lengths = np.random.default_rng(0), [5, 3, 1, 0]
    scores, transitions = (rng.normal(size=shape).astype("float32") * 3 for shape in ((4, 5, 3), (5, 5)))
    tags = np.array([[1, 2, 0, 1, 2], [0, 1, 2, 0, 0], [1, 0, 0, 0, 0], [0] * 5], np.int32)
    function = compile_if(value_and_gradients(make_crf(constraints, transitions)), xla)
    found = function(scores, tags, make_mask(lengths, 5))[1]
    values = [scores.astype(np.float64), transitions.astype(np.float64)]
    for value, gradient in zip(values, found, strict=True):
        for index in np.ndindex(value.shape):
            sums, start = [], value[index]
            for step in (1e-5, -1e-5):
                value[index] = start + step
                sums.append(log_likelihood(values[0], tags, lengths, values[1], constraints).sum())
            value[index] = start
            assert abs((sums[0] - sums[1]) / 2e-5 - gradient.numpy()[index]) < 1e-5


def log_partition(scores, transitions, constraints):
    """The forward algorithm in float64, for sentences with too many paths."""
    (allowed, starts, ends), tags = constraints, scores.shape[1]
    with np.errstate(divide="ignore"):
        steps = transitions.astype(np.float64)[:tags, :tags] + np.log(allowed)
        forward = scores[0].astype(np.float64) + transitions[tags, :tags] + np.log(starts)
        for own in scores[1:]:
            forward = own + np.logaddexp.reduce(forward[:, None] + steps, axis=0)
        return np.logaddexp.reduce(forward + transitions[:tags, tags + 1] + np.log(ends))


@implementations
def test_outputs_are_finite_for_one_token_for_five_hundred_and_for_none(xla):
    rng, constraints = np.random.default_rng(1), transition_constraints(BIO)
    transitions = rng.normal(size=(5, 5)).astype("float32")
    crf = make_crf(constraints, transitions)
    function = compile_if(value_and_gradients(crf), xla)
    infer = tf.function(lambda *batch: (crf.decode(*batch), crf.marginals(*batch), crf.log_partition(*batch)))
    for steps, size in [(1, 1000), (500, 30), *([(500, 1), (500, 1000)] if xla else [])]:
        scores, mask = rng.normal(size=(3, steps, 3)) * size, make_mask([steps, (steps + 1) // 2, 0], steps)
        scores = scores.astype("float32")
        tags, marginals, total = [output.numpy() for output in infer(scores, mask)]
        value, (by_scores, by_transitions) = function(scores, tags, mask)
        np.testing.assert_allclose(total[0], log_partition(scores[0], transitions, constraints), rtol=2e-6)
        assert all(np.isfinite(found).all() for found in (value, marginals, by_scores, by_transitions))
        assert value[2] == 0 and not by_scores.numpy()[~mask].any()
        np.testing.assert_allclose(marginals[mask].sum(axis=-1), 1, atol=1e-6)
        # d log p(y) / d s = [tag is in y] - p(tag); sums near 500,000 have a resolution of 1/32
        np.testing.assert_allclose(by_scores.numpy()[mask], (np.eye(3)[tags] - marginals)[mask], atol=5e-5 * size)


@settings(max_examples=40, deadline=None)
@given(
    scheme=st.sampled_from(sorted(SCHEMES)),
    wanted=st.lists(st.integers(0, 8), min_size=1, max_size=8),
    size=st.sampled_from([0.0, 1.0, 1000.0]),
    length=st.integers(0, 7),
    seed=st.integers(0, 99),
)
def test_decoded_tags_obey_the_scheme_for_all_scores(scheme, wanted, size, length, seed):
    labels, steps = SCHEMES[scheme], len(wanted)
    count, rng, (allowed, starts, ends) = len(labels), np.random.default_rng(seed), transition_constraints(labels)
    against = np.where(np.eye(count, dtype=bool)[np.array(wanted) % count], size, -size)
    scores = np.stack([against, rng.uniform(-size, size, against.shape)]).astype("float32")
    # transitions prefer forbidden pairs, and are zero elsewhere
    transitions = np.pad(np.where(allowed, 0, 1000), (0, 2), constant_values=1000)
    crf = make_crf((allowed, starts, ends), transitions, count)
    lengths = [steps, length % steps + 1]
    best, marginals = crf.decode(scores, make_mask(lengths, steps)).numpy(), crf.marginals(scores).numpy()
    for row, own in enumerate(lengths):
        assert find_violation([labels[tag] for tag in best[row, :own]], scheme) is None
    assert not marginals[:, 0, ~starts].any() and not marginals[:, -1, ~ends].any()


@pytest.mark.xla
def test_layers_with_different_constraints_or_weights_are_independent():
    rng = np.random.default_rng(3)
    scores, tags = rng.normal(size=(2, 4, 3)).astype("float32"), np.array([[0, 1, 2, 0], [1, 2, 0, 0]], np.int32)
    cases = [
        (rng.normal(size=(5, 5)).astype("float32"), constraints)
        for constraints in (FREE, transition_constraints(BIO), transition_constraints(BIO))
    ]
    layers = [make_crf(constraints, transitions) for transitions, constraints in cases]
    found = compile_if(lambda *inputs: [crf.log_likelihood(*inputs) for crf in layers], True)(scores, tags, tags >= 0)
    expected = [log_likelihood(scores, tags, [4, 4], *case) for case in cases]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("reference", [[1, 2, 1, 2, 1, 2], [2, 0, 2, 0, 2, 0]], ids=["valid", "broken"])
def test_training_learns_transitions_and_no_forbidden_ones(reference):
    crf = make_crf(transition_constraints(BIO))
    scores, tags = np.zeros((2, 6, 3), "float32"), np.array([reference, reference], np.int32)
    optimizer, function, values = keras.optimizers.Adam(0.3), tf.function(value_and_gradients(crf)), []
    for _ in range(30):
        value, (_, gradient) = function(tf.constant(scores), tf.constant(tags), tf.constant(tags >= 0))
        optimizer.apply([-gradient], [crf.chain.transitions])
        values.append(float(value[0]))
    assert np.isfinite(values).all() and values[-1] > values[0]
    assert not crf.chain.transitions.numpy()[~np.array(crf.chain.allowed)].any()
    best = crf.decode(scores)[0].numpy()
    assert find_violation([BIO[tag] for tag in best], "bio") is None
    if reference[0] == 1:
        assert best.tolist() == reference and values[-1] > -0.1


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_scores_are_summed_in_float32(policy):
    crf = make_crf(dtype=policy)
    scores = crf(np.full((1, 300, 3), 256.0, "float32"))  # 300 * 256 is beyond the range of float16
    tags = np.zeros((1, 300), np.int32)
    assert scores.dtype == policy.removeprefix("mixed_") and crf.chain.transitions.dtype == "float32"
    outputs = crf.log_partition(scores), crf.log_likelihood(scores, tags), crf.marginals(scores)
    assert {output.dtype for output in outputs} == {tf.float32}
    for output, expected in zip(outputs, (300 * (256 + np.log(3)), -300 * np.log(3), 1 / 3), strict=True):
        np.testing.assert_allclose(output, np.full(output.shape, expected), rtol=1e-3)


def test_a_saved_model_keeps_transitions_and_constraints(tmp_path):
    rng = np.random.default_rng(4)
    inputs = keras.Input((None, 4))
    crf = make_crf(transition_constraints(BIO), rng.normal(size=(5, 5)), name="crf")
    model = keras.Model(inputs, crf(keras.layers.Dense(3)(inputs)))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = rng.normal(size=(3, 6, 4)).astype("float32") * 5
    scores, own = model(x), loaded.get_layer("crf")
    np.testing.assert_array_equal(loaded(x), scores)
    for name in ("log_partition", "decode", "marginals"):
        np.testing.assert_array_equal(getattr(own, name)(scores), getattr(crf, name)(scores))


def test_litert_decodes_alike_with_built_in_ops(tmp_path):
    rng = np.random.default_rng(5)
    crf = make_crf(transition_constraints(BIO), rng.normal(size=(5, 5)))
    specs = [tf.TensorSpec((1, 6, 3), tf.float32, name="scores"), tf.TensorSpec((1, 6), tf.bool, name="mask")]

    def serve(scores, mask):
        return {"tags": crf.decode(scores, mask), "marginals": crf.marginals(scores, mask)}

    interpreter, ops = litert.convert(crf, {"serve": (serve, specs)}, tmp_path)
    assert not [op for op in ops if op.startswith("CUSTOM")]
    runner = interpreter.get_signature_runner("serve")
    for length in (6, 3, 1):
        scores, mask = rng.normal(size=(1, 6, 3)).astype("float32") * 3, make_mask([length], 6)
        output = runner(scores=scores, mask=mask)
        np.testing.assert_array_equal(output["tags"], crf.decode(scores, mask))
        np.testing.assert_allclose(output["marginals"][mask], crf.marginals(scores, mask)[mask], atol=1e-5)


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"allowed_transitions": np.ones((3, 2))}, "`allowed_transitions`"),
        ({"allowed_starts": np.ones((3, 1))}, "`allowed_starts`"),
        ({"allowed_ends": np.ones(4)}, "`allowed_ends`"),
        ({"allowed_starts": np.zeros(3)}, "at least one sequence"),
        ({"allowed_ends": np.zeros(3)}, "at least one sequence"),
        (
            {"allowed_transitions": np.eye(3), "allowed_starts": [1, 0, 0], "allowed_ends": [0, 1, 1]},
            "at least one sequence",
        ),
    ],
)
def test_invalid_constraints_are_named(constraints, message):
    with pytest.raises(ValueError, match=message):
        LinearChainCRF(3, **constraints)


def test_scores_of_another_number_of_tags_are_rejected():
    with pytest.raises(ValueError, match="`scores`"):
        LinearChainCRF(3)(np.zeros((1, 2, 4), "float32"))
