"""The translation template: what its network computes, what its training makes small, and what it refuses."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat
from support.tiny_translator import CALM, SMALL, SOURCES, TARGETS, WORDS, build, scattered

from rnn_templates.cells import CELLS
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.saving import load_model
from rnn_templates.templates.translation.builder import data_kwargs, search_space, translation_model

SOURCE = np.array([[259, 260, 261, 262, 2], [262, 261, 2, 0, 0]], np.int32)
TARGET = np.array([[1, 262, 260, 259], [1, 262, 0, 0]], np.int32)
TRUTH = np.array([[262, 260, 259, 2], [262, 2, 0, 0]], np.int32)


def log_softmax(logits):
    logits = np.asarray(logits, np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def cross_entropy(logits, truth=TRUTH, smoothing=0.0, weights=None):
    """Over the valid tokens, one after the other."""
    log_p, total, count = log_softmax(logits), 0.0, 0.0
    for row, step in zip(*np.nonzero(truth), strict=True):
        weight = 1.0 if weights is None else weights[row]
        wanted = np.full(log_p.shape[-1], smoothing / log_p.shape[-1])
        wanted[truth[row, step]] += 1 - smoothing
        total -= weight * wanted @ log_p[row, step]
        count += weight
    return total / count


def step_by_step(model, source, target):
    """Logits as generation gets them: one token at a time."""
    memory, mask, *states = model.encoder(source)
    found = []
    for step in range(target.shape[1]):
        logits, *states = model.decoder([tf.constant(target[:, step : step + 1]), memory, mask, *states])
        found.append(logits[:, 0])
    return np.stack(found, axis=1)


@pytest.mark.parametrize("attention", ["additive", "scaled_dot"])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_step_by_step_the_logits_are_those_of_training_and_padding_changes_none(cell, attention):
    model = scattered(build(cell=cell, attention=attention, decoder_layers=3 if cell == "lstm" else 2))
    found = model.network({"source": SOURCE, "target": TARGET}).numpy()
    assert found.shape == (2, 4, len(WORDS)) and np.ptp(found) > 0.5
    np.testing.assert_allclose(step_by_step(model, SOURCE, TARGET)[0], found[0], atol=1e-5)
    np.testing.assert_allclose(step_by_step(model, SOURCE, TARGET)[1, :2], found[1, :2], atol=1e-5)
    alone = model.network({"source": SOURCE[1:, :3], "target": TARGET[1:, :2]})
    np.testing.assert_allclose(alone[0], found[1, :2], atol=1e-5)


def test_every_word_of_the_source_and_every_one_so_far_matters_and_none_to_come():
    model = scattered(build())
    base = model.network({"source": SOURCE, "target": TARGET}).numpy()
    for place in range(4):
        other = SOURCE.copy()
        other[0, place] = 100
        assert (abs(model.network({"source": other, "target": TARGET}).numpy() - base)[0] > 1e-4).any(axis=-1).all()
        other = TARGET.copy()
        other[0, place] = 100
        moved = (abs(model.network({"source": SOURCE, "target": other}).numpy() - base)[0] > 1e-4).any(axis=-1)
        assert moved.tolist() == [step >= place for step in range(4)]


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, [0.5, 3.0]], ids=str)
def test_the_loss_is_the_cross_entropy_of_a_valid_token(smoothing, weights):
    model = build(label_smoothing=smoothing)
    logits = np.random.default_rng(0).normal(size=(2, 4, len(WORDS))).astype("float32") * 3
    given = {"y": tf.constant(TRUTH), "y_pred": tf.constant(logits), "sample_weight": weights}
    for training, share in ((True, smoothing), (False, 0.0)):
        found = float(model.compute_loss(**given, training=training))
        assert found == pytest.approx(cross_entropy(logits, smoothing=share, weights=weights), rel=1e-5)


def test_the_divergence_of_two_readings_is_added_in_training():
    model = build(r_drop=2.0, label_smoothing=0.1)
    logits = np.random.default_rng(0).normal(size=(4, 4, len(WORDS))).astype("float32")
    one, other = np.split(log_softmax(logits), 2)
    valid = TRUTH != PAD_ID
    divergence = ((np.exp(one) - np.exp(other)) * (one - other)).sum(axis=-1)[valid].sum() / (2 * valid.sum())
    plain = cross_entropy(logits, np.concatenate([TRUTH, TRUTH]), smoothing=0.1)
    assert divergence > 0.1
    found = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=tf.constant(logits), training=True))
    assert found == pytest.approx(plain + 2.0 * divergence, rel=1e-5)
    calm = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=tf.constant(logits[:2]), training=False))
    assert calm == pytest.approx(cross_entropy(logits[:2]), rel=1e-5)


@pytest.mark.parametrize("drops", [False, True], ids=["calm", "dropout"])
def test_two_readings_differ_by_their_dropout_alone(drops):
    model = scattered(build(**CALM | ({"dropout": 0.5, "memory_dropout": 0.5} if drops else {})))
    inputs = {"source": tf.constant(SOURCE), "target": tf.constant(TARGET)}
    model.r_drop = 1.0
    logits = model(inputs, training=True)
    assert logits.shape[0] == 4 and model(inputs).shape[0] == 2
    both = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=logits, training=True))
    plain = cross_entropy(logits, np.concatenate([TRUTH, TRUTH]))
    if drops:
        assert both > plain + 0.05
    else:
        np.testing.assert_allclose(logits[2:], logits[:2], atol=1e-6)
        assert both == pytest.approx(plain, rel=1e-5)
        model.r_drop = 0.0
        once = model.compute_loss(y=tf.constant(TRUTH), y_pred=model(inputs, training=True), training=True)
        assert both == pytest.approx(float(once), rel=1e-5)


def test_scheduled_sampling_puts_words_of_the_model_in_the_place_of_given_ones():
    model = scattered(build(**CALM, scheduled_sampling=0.5))
    source, target = np.repeat(SOURCE, 50, axis=0), np.repeat(TARGET, 50, axis=0)
    inputs = {"source": tf.constant(source), "target": tf.constant(target)}
    own = np.argmax(model.network(inputs), axis=-1)
    own = np.concatenate([target[:, :1], own[:, :-1]], axis=1)
    mixed = model._mixed(inputs).numpy()
    given, taken = mixed == target, mixed == own
    assert (given | taken).all() and given[(target == PAD_ID) | (target == START_ID)].all()
    assert 0.3 < taken[(target > START_ID) & (own != target)].mean() < 0.7
    assert abs(model(inputs, training=True) - model.network(inputs)).numpy().max() > 1e-3
    model.scheduled_sampling = 0.0
    np.testing.assert_allclose(model(inputs, training=True), model.network(inputs), atol=1e-6)


def test_word_noise_puts_words_of_other_texts_in_the_place_of_given_ones():
    model = build(**CALM, decoder_input_noise=0.5)
    target = np.repeat([[1, 262, 260, 259], [1, 262, 261, 0]], 100, axis=0).astype(np.int32)
    noisy = model._noisy(tf.constant(target)).numpy()
    np.testing.assert_array_equal(noisy[:, :2], target[:, :2])  # all begin alike
    np.testing.assert_array_equal(noisy[:, 3], target[:, 3])  # where one has ended the other stays as it is
    assert set(noisy[:, 2]) == {260, 261} and 0.1 < (noisy != target)[:, 2].mean() < 0.4
    inputs = {"source": tf.constant(SOURCE), "target": tf.constant([[1, 262, 260, 259], [1, 259, 261, 260]])}
    np.testing.assert_allclose(model(inputs), model.network(inputs), atol=1e-6)  # none outside of training
    assert any(abs(model(inputs, training=True) - model.network(inputs)).numpy().max() > 1e-4 for _ in range(5))


def test_evaluation_measures_valid_tokens_without_smoothing_whatever_the_batches():
    model = scattered(build(label_smoothing=0.2, r_drop=1.0))
    model.run_eagerly = True
    sources, targets = ["a b c d a b", "d", "b b c a"], ["d c", "a b c d a b", "c"]
    inputs, truth = next(iter(model.make_batches(sources, targets, batch_size=3).dataset()))
    logits, truth = model.network(inputs).numpy(), truth.numpy()
    right = (logits.argmax(axis=-1) == truth)[truth != PAD_ID]
    found = model.evaluate(sources, targets, batch_size=3, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(cross_entropy(logits, truth), rel=1e-4)
    assert len(right) == 12
    for batch_size in (1, 3):
        found = model.evaluate(sources, targets, batch_size=batch_size, verbose=0, return_dict=True)
        assert found["accuracy"] == pytest.approx(right.mean(), abs=1e-6)


def test_accuracy_counts_no_padding():
    model = build()
    logits = np.zeros((2, 4, len(WORDS)), "float32")
    logits[0, [0, 1, 2], TRUTH[0, [0, 1, 2]]] = 1  # three of the six are right, and PAD wherever nothing is said
    for found in (logits, np.concatenate([logits, np.full_like(logits, 7)])):  # of two readings the first counts
        model.reset_metrics()
        metrics = model.compute_metrics(None, tf.constant(TRUTH), tf.constant(found))
        assert float(metrics["accuracy"]) == pytest.approx(0.5)


SHAPES = [
    {"r_drop": 1.0, "num_layers": 2, "cell": "lstm", "attention": "scaled_dot"},
    {"scheduled_sampling": 0.3, "decoder_layers": 3, "attention_units": 5, "recurrent_dropout": 0.1},
]


@pytest.mark.parametrize("options", SHAPES, ids=str)
def test_every_shape_fits_evaluates_searches_and_survives_its_file(options, tmp_path):
    model = build(**options)
    model.run_eagerly = True
    pairs = tf.data.Dataset.from_tensor_slices((SOURCES[:8], TARGETS[:8]))
    history = model.fit(pairs, epochs=2, batch_size=8, verbose=0, validation_data=pairs).history
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert np.isfinite(list(history.values())).all() and history["loss"][1] < history["loss"][0]
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    loaded.run_eagerly = True
    for name in ("label_smoothing", "r_drop", "scheduled_sampling", "beam_width", "length_penalty"):
        assert getattr(loaded, name) == getattr(model, name)
    assert (loaded.preprocessor.max_length, loaded.target_preprocessor.max_length) == (16, 16)
    ours, theirs = (one.decode(SOURCE, n_best=2, max_length=4) for one in (model, loaded))
    np.testing.assert_array_equal(theirs[0], ours[0])
    np.testing.assert_allclose(theirs[1], ours[1], atol=1e-6)
    assert loaded.evaluate(pairs, verbose=0) == pytest.approx(model.evaluate(pairs, verbose=0), abs=1e-5)


def test_weights_of_examples_and_empty_targets_are_learned_from():
    model = build(**CALM, learning_rate=0.1)
    model.run_eagerly = True
    targets = ["" if position % 2 else "a" for position in range(8)]
    model.fit(["a b"] * 8, targets, sample_weight=[0.0, 1.0] * 4, batch_size=8, epochs=6, verbose=0)
    empty, other = (model.evaluate(["a b"], [target], verbose=0)[0] for target in ("", "a"))
    assert empty + 2 < other, "what has no weight is not learned"


WRONG = [
    ([], [], ValueError, "no texts: the list is empty"),
    (SOURCES, None, ValueError, "no targets"),
    (SOURCES[:3], TARGETS[:2], ValueError, "3 texts and 2 targets"),
    (SOURCES[:2], ["a", None], TypeError, r"Target 1 is NoneType \(None\), not a text"),
    (SOURCES[:2], ["a", 3], TypeError, r"Target 1 is int \(3\), not a text"),
    (SOURCES[:2], [1, 2], TypeError, r"Target 0 is int.* \(.*1.*\), not a text"),
    (SOURCES[:2], [["a"], ["b"]], TypeError, r"Target 0 is list \(\['a'\]\), not a text"),
    (SOURCES[:2], "a", TypeError, "list of targets.*one target is"),
    (["a", 3], ["a", "b"], TypeError, r"Item 1 of the texts is int \(3\)"),
    ("a b", ["a"], TypeError, "list of texts"),
]


@pytest.mark.parametrize(("sources", "targets", "error", "message"), WRONG, ids=[case[3] for case in WRONG])
def test_what_is_no_pair_of_texts_is_refused_by_position(fresh, sources, targets, error, message):
    with pytest.raises(error, match=message):
        fresh.fit(sources, targets, verbose=0)


def test_datasets_that_hold_no_pairs_of_texts_are_refused(fresh):
    pairs = tf.data.Dataset.from_tensor_slices((SOURCES, TARGETS))
    for dataset, error, message in (
        (pairs.take(0), ValueError, "empty"),
        (pairs.map(lambda source, _: source), ValueError, "no targets"),
        (pairs.map(lambda source, _: (source, 7)), TypeError, r"Target 0 is int \(7\)"),
    ):
        with pytest.raises(error, match=message):
            fresh.fit(dataset, verbose=0)


def test_texts_of_any_bytes_are_trained_on(fresh):
    hard = ["", b"\xff\xfe", "\ud800", "\x00", "🙂", "שלום", "x" * 1000, "a\u200db"]
    inputs, targets, _ = fresh.encode(hard, hard[::-1])
    for source, before, truth in zip(inputs["source"], inputs["target"], targets, strict=True):
        assert source[-1] == truth[-1] == END_ID and before[0] == START_ID
        assert before[1:].tolist() == truth[:-1].tolist()
        assert max(len(source), len(truth)) <= 16 and (source > START_ID).all() and (truth > START_ID).all()


@pytest.fixture(scope="module")
def fresh():
    """A model that no test trains."""
    return build()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decoder_layers": 1}, "`decoder_layers`"),
        ({"attention": "cosine"}, "`attention`"),
        ({"cell": "gruu"}, "`cell`"),
        ({"label_smoothing": 1}, "`label_smoothing`"),
        ({"scheduled_sampling": -0.1}, "`scheduled_sampling`"),
        ({"r_drop": -1}, "`r_drop`"),
        ({"max_source_length": 0}, "`max_source_length`"),
        ({"max_source_length": 1}, "`max_source_length`"),
        ({"max_target_length": 2.5}, "`max_target_length`"),
        ({"beam_width": True}, "`beam_width`"),
        ({"units": 0}, "`units`"),
        ({"num_layers": 0}, "`num_layers`"),
        ({"embedding_dim": -3}, "`embedding_dim`"),
        ({"attention_units": 0}, "`attention_units`"),
        ({"dropout": 1.0}, "`dropout`"),
        ({"type_dropout": -0.5}, "`type_dropout`"),
        ({"length_penalty": -1}, "`length_penalty`"),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        build(**options)


def test_the_search_space_builds_a_model_and_the_data_its_vocabularies():
    import keras_tuner

    options = search_space(keras_tuner.HyperParameters())
    pairs = tf.data.Dataset.from_tensor_slices((SOURCES * 3, TARGETS * 3))
    dictated = data_kwargs(type("Splits", (), {"train": pairs}), source_vocabulary_size=262, target_vocabulary_size=261)
    assert [len(vocabulary) for vocabulary in dictated.values()] == [262, 261]
    model = build_flat(translation_model, **dictated, **{**options, **SMALL})
    assert isinstance(model, keras.Model) and model.decoder.output[0].shape[-1] == 261


def test_training_twice_from_one_seed_gives_the_same_weights():
    def train():
        model = build(seed=4, recurrent_dropout=0.2, r_drop=1.0)
        model.run_eagerly = True
        model.fit(SOURCES[:6], TARGETS[:6], epochs=2, batch_size=4, verbose=0)
        return model.get_weights()

    for one, other in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(one, other)
