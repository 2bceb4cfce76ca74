"""The CRF against every path there is, added up one by one in float64."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnn_templates.export.targets.litert import list_ops
from rnn_templates.layers.crf import LinearChainCRF
from rnn_templates.layers.rnn.implementation import litert_export
from rnn_templates.preprocessing.text.tag_schemes import find_violation, transition_constraints

BIO = ["O", "B-A", "I-A"]
FREE = (np.ones((3, 3), bool), np.ones(3, bool), np.ones(3, bool))
SCHEMES = {
    "bio": ["O", "B-A", "I-A", "B-B", "I-B"],
    "bioes": ["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"],
}
forms = pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])


def crf_of(constraints=FREE, transitions=None, tags=3, **options):
    allowed, first, last = constraints
    crf = LinearChainCRF(tags, allowed=allowed, first=first, last=last, **options)
    crf.build((None, None, tags))
    if transitions is not None:
        crf.chain.transitions.assign(transitions)
    return crf


def call(function, compiled):
    """A function as it is, or in a `tf.function` that knows neither batch nor length and goes to XLA."""
    if not compiled:
        return lambda *inputs: function(*map(tf.constant, inputs))
    specs = [tf.TensorSpec((None, None, 3)), *(tf.TensorSpec((None, None), kind) for kind in (tf.int32, tf.bool))]
    graph = tf.function(lambda *inputs: function(*inputs), input_signature=specs)
    assert "_XlaMustCompile" in str(graph.get_concrete_function().graph.as_graph_def())
    return graph


def paths_of(scores, transitions, constraints):
    """All paths that the constraints allow, and their scores in float64."""
    (allowed, first, last), (length, tags) = constraints, scores.shape
    paths = np.array(list(itertools.product(range(tags), repeat=length)))
    possible = first[paths[:, 0]] & last[paths[:, -1]] & allowed[paths[:, :-1], paths[:, 1:]].all(axis=1)
    paths, transitions = paths[possible], transitions.astype(np.float64)
    totals = scores.astype(np.float64)[np.arange(length), paths].sum(axis=1)
    totals += transitions[tags, paths[:, 0]] + transitions[paths[:, -1], tags + 1]
    return paths, totals + transitions[paths[:, :-1], paths[:, 1:]].sum(axis=1)


def log_likelihood(scores, tags, lengths, transitions, constraints):
    """Of each sentence, by adding up all paths."""
    found = np.zeros(len(lengths))
    for row in np.flatnonzero(lengths):
        paths, totals = paths_of(scores[row, : lengths[row]], transitions, constraints)
        truth = (paths == tags[row, : lengths[row]]).all(axis=1)
        found[row] = totals[truth].item() - np.logaddexp.reduce(totals)
    return found


def mask_of(lengths, steps):
    return np.arange(steps) < np.asarray(lengths)[:, None]


@st.composite
def batches(draw, constraints=None):
    """Four sentences of up to five words, with scores up to 30, and true tags that the constraints allow."""
    if constraints is None:
        constraints = [draw(arrays(bool, shape)) for shape in ((3, 3), 3, 3)]
        always = draw(st.integers(0, 2))
        constraints[0][always, always] = constraints[1][always] = constraints[2][always] = True
    number = st.floats(-30, 30, width=32)
    scores, transitions = (draw(arrays(np.float32, shape, elements=number)) for shape in ((4, 5, 3), (5, 5)))
    lengths = draw(st.lists(st.integers(1, 5), min_size=4, max_size=4))
    tags = np.full((4, 5), -7, np.int32)  # what stands at padding must not be read
    for row, length in enumerate(lengths):
        paths, _ = paths_of(scores[row, :length], transitions, constraints)
        tags[row, :length] = paths[draw(st.integers(0, len(paths) - 1))]
    return scores, tags, lengths, transitions, constraints


@settings(max_examples=40, deadline=None)
@given(batch=batches())
def test_answers_for_different_lengths_equal_those_of_all_paths_of_each_alone(batch):
    scores, tags, lengths, transitions, constraints = batch
    crf, mask = crf_of(constraints, transitions), mask_of(lengths, 5)
    np.testing.assert_allclose(crf.log_likelihood(scores, tags, mask), log_likelihood(*batch), atol=2e-4)
    best, marginals = crf.decode(scores, mask).numpy(), crf.marginals(scores, mask).numpy()
    assert best.dtype == np.int32 and not best[~mask].any()
    for row, length in enumerate(lengths):
        paths, totals = paths_of(scores[row, :length], transitions, constraints)
        (own,) = totals[(paths == best[row, :length]).all(axis=1)]  # fails for a path that is not allowed
        assert own >= totals.max() - 2e-4
        weights = np.exp(totals - np.logaddexp.reduce(totals))
        expected = [np.bincount(paths[:, t], weights, minlength=3) for t in range(length)]
        np.testing.assert_allclose(marginals[row, :length], expected, atol=2e-4)


@pytest.fixture(scope="module")
def compiled_crf():
    crf = crf_of(transition_constraints(BIO))
    return crf, call(crf.log_likelihood, True)


@settings(max_examples=25, deadline=None)
@given(batch=batches(transition_constraints(BIO)))
def test_the_compiled_log_likelihood_equals_that_of_all_paths(compiled_crf, batch):
    scores, tags, lengths, transitions, _ = batch
    crf, answer = compiled_crf
    crf.chain.transitions.assign(transitions)
    np.testing.assert_allclose(answer(scores, tags, mask_of(lengths, 5)), log_likelihood(*batch), atol=2e-4)


def slopes_of(crf):
    """Log-likelihood, and the gradients of its sum by scores and transitions."""

    def slopes(scores, tags, mask):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            answer = crf.log_likelihood(scores, tags, mask)
        return answer, tape.gradient(answer, [scores, crf.chain.transitions.value])

    return slopes


@forms
@pytest.mark.parametrize("constraints", [FREE, transition_constraints(BIO)], ids=["free", "bio"])
def test_gradients_equal_finite_differences_of_the_sum_over_all_paths(compiled, constraints):
    rng, lengths = np.random.default_rng(0), [5, 3, 1, 0]
    scores, transitions = (rng.normal(size=shape).astype("float32") * 3 for shape in ((4, 5, 3), (5, 5)))
    tags = np.array([[1, 2, 0, 1, 2], [0, 1, 2, 0, 0], [1, 0, 0, 0, 0], [0] * 5], np.int32)
    slopes = call(slopes_of(crf_of(constraints, transitions)), compiled)
    found = slopes(scores, tags, mask_of(lengths, 5))[1]
    values = [scores.astype(np.float64), transitions.astype(np.float64)]
    for value, slope in zip(values, found, strict=True):
        for place in np.ndindex(value.shape):
            sums, start = [], value[place]
            for step in (1e-5, -1e-5):
                value[place] = start + step
                sums.append(log_likelihood(values[0], tags, lengths, values[1], constraints).sum())
            value[place] = start
            assert abs((sums[0] - sums[1]) / 2e-5 - slope.numpy()[place]) < 1e-5


def log_partition(scores, transitions, constraints):
    """The forward algorithm in float64, for sentences with too many paths."""
    (allowed, first, last), tags = constraints, scores.shape[1]
    with np.errstate(divide="ignore"):
        steps = transitions.astype(np.float64)[:tags, :tags] + np.log(allowed)
        forward = scores[0].astype(np.float64) + transitions[tags, :tags] + np.log(first)
        for own in scores[1:]:
            forward = own + np.logaddexp.reduce(forward[:, None] + steps, axis=0)
        return np.logaddexp.reduce(forward + transitions[:tags, tags + 1] + np.log(last))


@forms
def test_nothing_overflows_at_one_word_or_five_hundred_or_none(compiled):
    rng, constraints = np.random.default_rng(1), transition_constraints(BIO)
    transitions = rng.normal(size=(5, 5)).astype("float32")
    crf = crf_of(constraints, transitions)
    slopes = call(slopes_of(crf), compiled)
    answers = tf.function(lambda *batch: (crf.decode(*batch), crf.marginals(*batch), crf.log_partition(*batch)))
    for steps, size in [(1, 1000), (500, 30), *([(500, 1), (500, 1000)] if compiled else [])]:
        scores, mask = rng.normal(size=(3, steps, 3)) * size, mask_of([steps, (steps + 1) // 2, 0], steps)
        scores = scores.astype("float32")
        tags, marginals, total = [answer.numpy() for answer in answers(scores, mask)]
        answer, (by_scores, by_transitions) = slopes(scores, tags, mask)
        np.testing.assert_allclose(total[0], log_partition(scores[0], transitions, constraints), rtol=2e-6)
        assert all(np.isfinite(found).all() for found in (answer, marginals, by_scores, by_transitions))
        assert answer[2] == 0 and not by_scores.numpy()[~mask].any()
        np.testing.assert_allclose(marginals[mask].sum(axis=-1), 1, atol=1e-6)
        # d log p(y) / d s = [y is there] - p(there); sums near 500,000 are known in steps of 1/32 only
        np.testing.assert_allclose(by_scores.numpy()[mask], (np.eye(3)[tags] - marginals)[mask], atol=5e-5 * size)


@settings(max_examples=40, deadline=None)
@given(
    scheme=st.sampled_from(sorted(SCHEMES)),
    wanted=st.lists(st.integers(0, 8), min_size=1, max_size=8),
    size=st.sampled_from([0.0, 1.0, 1000.0]),
    length=st.integers(0, 7),
    seed=st.integers(0, 99),
)
def test_no_score_makes_an_answer_break_the_scheme(scheme, wanted, size, length, seed):
    labels, steps = SCHEMES[scheme], len(wanted)
    count, rng, (allowed, first, last) = len(labels), np.random.default_rng(seed), transition_constraints(labels)
    against = np.where(np.eye(count, dtype=bool)[np.array(wanted) % count], size, -size)
    scores = np.stack([against, rng.uniform(-size, size, against.shape)]).astype("float32")
    # transitions say the same of what is forbidden, and nothing of the rest
    transitions = np.pad(np.where(allowed, 0, 1000), (0, 2), constant_values=1000)
    crf = crf_of((allowed, first, last), transitions, count)
    lengths = [steps, length % steps + 1]
    best, marginals = crf.decode(scores, mask_of(lengths, steps)).numpy(), crf.marginals(scores).numpy()
    for row, own in enumerate(lengths):
        assert find_violation([labels[tag] for tag in best[row, :own]], scheme) is None
    assert not marginals[:, 0, ~first].any() and not marginals[:, -1, ~last].any()


def test_layers_with_other_constraints_or_weights_do_not_share_an_answer():
    rng = np.random.default_rng(3)
    scores, tags = rng.normal(size=(2, 4, 3)).astype("float32"), np.array([[0, 1, 2, 0], [1, 2, 0, 0]], np.int32)
    cases = [
        (rng.normal(size=(5, 5)).astype("float32"), constraints)
        for constraints in (FREE, transition_constraints(BIO), transition_constraints(BIO))
    ]
    layers = [crf_of(constraints, transitions) for transitions, constraints in cases]
    found = call(lambda *inputs: [crf.log_likelihood(*inputs) for crf in layers], True)(scores, tags, tags >= 0)
    expected = [log_likelihood(scores, tags, [4, 4], *case) for case in cases]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("truth", [[1, 2, 1, 2, 1, 2], [2, 0, 2, 0, 2, 0]], ids=["valid", "broken"])
def test_training_learns_from_neighbours_and_never_what_is_forbidden(truth):
    crf = crf_of(transition_constraints(BIO))
    scores, tags = np.zeros((2, 6, 3), "float32"), np.array([truth, truth], np.int32)  # the words say nothing
    optimizer, slopes, answers = keras.optimizers.Adam(0.3), call(slopes_of(crf), True), []
    for _ in range(30):
        answer, (_, slope) = slopes(scores, tags, tags >= 0)
        optimizer.apply([-slope], [crf.chain.transitions])
        answers.append(float(answer[0]))
    assert np.isfinite(answers).all() and answers[-1] > answers[0]
    assert not crf.chain.transitions.numpy()[~np.array(crf.chain.possible)].any()
    best = crf.decode(scores)[0].numpy()
    assert find_violation([BIO[tag] for tag in best], "bio") is None
    if truth[0] == 1:
        assert best.tolist() == truth and answers[-1] > -0.1


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_adds_up_in_full(policy):
    crf = crf_of(dtype=policy)
    scores = crf(np.full((1, 300, 3), 256.0, "float32"))  # 300 times 256 is beyond the numbers of float16
    tags = np.zeros((1, 300), np.int32)
    assert scores.dtype == policy.removeprefix("mixed_") and crf.chain.transitions.dtype == "float32"
    answers = crf.log_partition(scores), crf.log_likelihood(scores, tags), crf.marginals(scores)
    assert {answer.dtype for answer in answers} == {tf.float32}
    for answer, expected in zip(answers, (300 * (256 + np.log(3)), -300 * np.log(3), 1 / 3), strict=True):
        np.testing.assert_allclose(answer, np.full(answer.shape, expected), rtol=1e-3)


def test_a_saved_model_keeps_transitions_and_constraints(tmp_path):
    rng = np.random.default_rng(4)
    inputs = keras.Input((None, 4))
    crf = crf_of(transition_constraints(BIO), rng.normal(size=(5, 5)), name="crf")
    model = keras.Model(inputs, crf(keras.layers.Dense(3)(inputs)))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = rng.normal(size=(3, 6, 4)).astype("float32") * 5
    scores, own = model(x), loaded.get_layer("crf")
    np.testing.assert_array_equal(loaded(x), scores)
    for name in ("log_partition", "decode", "marginals"):
        np.testing.assert_array_equal(getattr(own, name)(scores), getattr(crf, name)(scores))


def test_a_litert_file_holds_built_in_ops_alone_and_answers_alike(tmp_path):
    rng = np.random.default_rng(5)
    crf = crf_of(transition_constraints(BIO), rng.normal(size=(5, 5)))
    specs = [tf.TensorSpec((1, 6, 3), tf.float32, name="scores"), tf.TensorSpec((1, 6), tf.bool, name="mask")]

    def serve(scores, mask):
        return {"tags": crf.decode(scores, mask), "marginals": crf.marginals(scores, mask)}

    with litert_export():
        archive = keras.export.ExportArchive()
        archive.track(crf)
        archive.add_endpoint("serve", tf.function(serve, input_signature=specs))
        archive.write_out(tmp_path, verbose=False)
    content = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path), signature_keys=["serve"]).convert()
    assert not [op for op in list_ops(content) if op.startswith("CUSTOM")]
    runner = Interpreter(model_content=content).get_signature_runner("serve")
    for length in (6, 3, 1):
        scores, mask = rng.normal(size=(1, 6, 3)).astype("float32") * 3, mask_of([length], 6)
        answer = runner(scores=scores, mask=mask)
        np.testing.assert_array_equal(answer["tags"], crf.decode(scores, mask))
        np.testing.assert_allclose(answer["marginals"][mask], crf.marginals(scores, mask)[mask], atol=1e-5)


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ({"allowed": np.ones((3, 2))}, r"`allowed` has shape \(3, 2\), wanted \(3, 3\)"),
        ({"first": np.ones((3, 1))}, r"`first` has shape \(3, 1\), wanted \(3,\)"),
        ({"last": np.ones(4)}, r"`last` has shape \(4,\), wanted \(3,\)"),
        ({"first": np.zeros(3)}, "no sentence possible"),
        ({"last": np.zeros(3)}, "no sentence possible"),
        ({"allowed": np.eye(3), "first": [1, 0, 0], "last": [0, 1, 1]}, "no sentence possible"),
    ],
)
def test_constraints_that_do_not_fit_are_refused(constraints, message):
    with pytest.raises(ValueError, match=message):
        LinearChainCRF(3, **constraints)


def test_scores_for_another_number_of_tags_are_refused():
    with pytest.raises(ValueError, match="4 scores a word for 3 tags"):
        LinearChainCRF(3)(np.zeros((1, 2, 4), "float32"))
