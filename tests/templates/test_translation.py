"""The translation template: network, training loss, architectures, inputs, and errors."""

import numpy as np
import pytest
import tensorflow as tf
from support.translation import VOCABULARY, build
from support.translation import examples as SOURCES
from support.translation import targets as TARGETS

from rnn_templates.cells import CELLS
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.saving import load_model
from rnn_templates.templates.translation.builder import data_kwargs

NO_REGULARIZATION = dict.fromkeys(
    ("dropout", "embedding_dropout", "memory_dropout", "type_dropout", "label_smoothing"), 0.0
)
SOURCE = np.array([[259, 260, 261, 262, 2], [262, 261, 2, 0, 0]], np.int32)
TARGET = np.array([[1, 262, 260, 259], [1, 262, 0, 0]], np.int32)
TRUTH = np.array([[262, 260, 259, 2], [262, 2, 0, 0]], np.int32)


def log_softmax(logits):
    logits = np.asarray(logits, np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def cross_entropy(logits, truth=TRUTH, smoothing=0.0, weights=None):
    """The mean over valid tokens, token by token."""
    log_p, total, count = log_softmax(logits), 0.0, 0.0
    for row, step in zip(*np.nonzero(truth), strict=True):
        weight = 1.0 if weights is None else weights[row]
        expected = np.full(log_p.shape[-1], smoothing / log_p.shape[-1])
        expected[truth[row, step]] += 1 - smoothing
        total -= weight * expected @ log_p[row, step]
        count += weight
    return total / count


def single_steps(model, source, target):
    """Logits of the decoder, run for one token at a time."""
    memory, mask, *states = model.encoder(source)
    steps = []
    for step in range(target.shape[1]):
        logits, *states = model.decoder([tf.constant(target[:, step : step + 1]), memory, mask, *states])
        steps.append(logits[:, 0])
    return np.stack(steps, axis=1)


@pytest.mark.parametrize("attention", ["additive", "scaled_dot"])
@pytest.mark.parametrize("cell", sorted(CELLS))
def test_single_steps_give_the_logits_of_the_network_and_padding_has_no_effect(cell, attention):
    model = build(cell=cell, attention=attention, decoder_layers=3 if cell == "lstm" else 2)
    found = model.network({"source": SOURCE, "target": TARGET}).numpy()
    assert found.shape == (2, 4, len(VOCABULARY)) and np.ptp(found) > 0.5
    np.testing.assert_allclose(single_steps(model, SOURCE, TARGET)[0], found[0], atol=1e-5)
    np.testing.assert_allclose(single_steps(model, SOURCE, TARGET)[1, :2], found[1, :2], atol=1e-5)
    alone = model.network({"source": SOURCE[1:, :3], "target": TARGET[1:, :2]})
    np.testing.assert_allclose(alone[0], found[1, :2], atol=1e-5)


def test_all_source_tokens_and_previous_target_tokens_have_an_effect():
    model = build()
    base = model.network({"source": SOURCE, "target": TARGET}).numpy()
    for position in range(4):
        other = SOURCE.copy()
        other[0, position] = 100
        assert (abs(model.network({"source": other, "target": TARGET}).numpy() - base)[0] > 1e-4).any(axis=-1).all()
        other = TARGET.copy()
        other[0, position] = 100
        moved = (abs(model.network({"source": SOURCE, "target": other}).numpy() - base)[0] > 1e-4).any(axis=-1)
        assert moved.tolist() == [step >= position for step in range(4)]


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weights", [None, [0.5, 3.0]], ids=str)
def test_the_loss_is_the_cross_entropy_of_a_valid_token(smoothing, weights):
    model = build(label_smoothing=smoothing)
    logits = np.random.default_rng(0).normal(size=(2, 4, len(VOCABULARY))).astype("float32") * 3
    given = {"y": tf.constant(TRUTH), "y_pred": tf.constant(logits), "sample_weight": weights}
    for training, applied in ((True, smoothing), (False, 0.0)):
        found = float(model.compute_loss(**given, training=training))
        assert found == pytest.approx(cross_entropy(logits, smoothing=applied, weights=weights), rel=1e-5)


def test_r_drop_adds_the_divergence_of_two_passes_in_training():
    model = build(r_drop=2.0, label_smoothing=0.1)
    logits = np.random.default_rng(0).normal(size=(4, 4, len(VOCABULARY))).astype("float32")
    one, other = np.split(log_softmax(logits), 2)
    valid = TRUTH != PAD_ID
    divergence = ((np.exp(one) - np.exp(other)) * (one - other)).sum(axis=-1)[valid].sum() / (2 * valid.sum())
    plain = cross_entropy(logits, np.concatenate([TRUTH, TRUTH]), smoothing=0.1)
    assert divergence > 0.1
    found = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=tf.constant(logits), training=True))
    assert found == pytest.approx(plain + 2.0 * divergence, rel=1e-5)
    inference = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=tf.constant(logits[:2]), training=False))
    assert inference == pytest.approx(cross_entropy(logits[:2]), rel=1e-5)


@pytest.mark.parametrize("has_dropout", [False, True])
def test_the_two_passes_of_r_drop_differ_only_by_dropout(has_dropout):
    model = build(**NO_REGULARIZATION | ({"dropout": 0.5, "memory_dropout": 0.5} if has_dropout else {}))
    inputs = {"source": tf.constant(SOURCE), "target": tf.constant(TARGET)}
    model.r_drop = 1.0
    logits = model(inputs, training=True)
    assert logits.shape[0] == 4 and model(inputs).shape[0] == 2
    both = float(model.compute_loss(y=tf.constant(TRUTH), y_pred=logits, training=True))
    plain = cross_entropy(logits, np.concatenate([TRUTH, TRUTH]))
    if has_dropout:
        assert both > plain + 0.05
    else:
        np.testing.assert_allclose(logits[2:], logits[:2], atol=1e-6)
        assert both == pytest.approx(plain, rel=1e-5)
        model.r_drop = 0.0
        once = model.compute_loss(y=tf.constant(TRUTH), y_pred=model(inputs, training=True), training=True)
        assert both == pytest.approx(float(once), rel=1e-5)


def test_scheduled_sampling_replaces_target_tokens_with_predictions():
    model = build(**NO_REGULARIZATION, scheduled_sampling=0.5)
    source, target = np.repeat(SOURCE, 50, axis=0), np.repeat(TARGET, 50, axis=0)
    inputs = {"source": tf.constant(source), "target": tf.constant(target)}
    predicted = np.argmax(model.network(inputs), axis=-1)
    predicted = np.concatenate([target[:, :1], predicted[:, :-1]], axis=1)
    mixed = model._scheduled_sampling(inputs).numpy()
    kept, replaced = mixed == target, mixed == predicted
    assert (kept | replaced).all() and kept[(target == PAD_ID) | (target == START_ID)].all()
    assert 0.3 < replaced[(target > START_ID) & (predicted != target)].mean() < 0.7
    assert abs(model(inputs, training=True) - model.network(inputs)).numpy().max() > 1e-3
    model.scheduled_sampling = 0.0
    np.testing.assert_allclose(model(inputs, training=True), model.network(inputs), atol=1e-6)


def test_decoder_input_noise_replaces_target_tokens_with_those_of_other_examples():
    model = build(**NO_REGULARIZATION, decoder_input_noise=0.5)
    target = np.repeat([[1, 262, 260, 259], [1, 262, 261, 0]], 100, axis=0).astype(np.int32)
    noisy = model._add_decoder_noise(tf.constant(target)).numpy()
    np.testing.assert_array_equal(noisy[:, :2], target[:, :2])  # equal in all examples
    np.testing.assert_array_equal(noisy[:, 3], target[:, 3])  # padding neither replaces nor is replaced
    assert set(noisy[:, 2]) == {260, 261} and 0.1 < (noisy != target)[:, 2].mean() < 0.4
    inputs = {"source": tf.constant(SOURCE), "target": tf.constant([[1, 262, 260, 259], [1, 259, 261, 260]])}
    np.testing.assert_allclose(model(inputs), model.network(inputs), atol=1e-6)  # none outside of training
    assert any(abs(model(inputs, training=True) - model.network(inputs)).numpy().max() > 1e-4 for _ in range(5))


def test_evaluation_is_over_valid_tokens_without_smoothing_for_every_batch_size():
    model = build(label_smoothing=0.2, r_drop=1.0)
    model.run_eagerly = True
    sources, targets = ["a b c d a b", "d", "b b c a"], ["d c", "a b c d a b", "c"]
    inputs, truth = next(iter(model.make_batches(sources, targets, batch_size=3).dataset()))
    logits, truth = model.network(inputs).numpy(), truth.numpy()
    correct = (logits.argmax(axis=-1) == truth)[truth != PAD_ID]
    found = model.evaluate(sources, targets, batch_size=3, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(cross_entropy(logits, truth), rel=1e-4)
    assert len(correct) == 12
    for batch_size in (1, 3):
        found = model.evaluate(sources, targets, batch_size=batch_size, verbose=0, return_dict=True)
        assert found["accuracy"] == pytest.approx(correct.mean(), abs=1e-6)


def test_accuracy_ignores_padding():
    model = build()
    logits = np.zeros((2, 4, len(VOCABULARY)), "float32")
    logits[0, [0, 1, 2], TRUTH[0, [0, 1, 2]]] = 1  # three of six are correct
    for found in (logits, np.concatenate([logits, np.full_like(logits, 7)])):  # of two passes the first one counts
        model.reset_metrics()
        metrics = model.compute_metrics(None, tf.constant(TRUTH), tf.constant(found))
        assert float(metrics["accuracy"]) == pytest.approx(0.5)


ARCHITECTURES = [
    {"r_drop": 1.0, "num_layers": 2, "cell": "lstm", "attention": "scaled_dot"},
    {"scheduled_sampling": 0.3, "decoder_layers": 3, "attention_units": 5, "recurrent_dropout": 0.1},
]


@pytest.mark.parametrize("options", ARCHITECTURES, ids=str)
def test_every_architecture_trains_and_is_saved(options, tmp_path):
    model = build(**options, learning_rate=0.02, randomize=False)
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
    assert (loaded.preprocessor.max_length, loaded.target_preprocessor.max_length) == (12, 12)
    ours, theirs = (one.decode(SOURCE, n_best=2, max_length=4) for one in (model, loaded))
    np.testing.assert_array_equal(theirs[0], ours[0])
    np.testing.assert_allclose(theirs[1], ours[1], atol=1e-6)
    assert loaded.evaluate(pairs, verbose=0) == pytest.approx(model.evaluate(pairs, verbose=0), abs=1e-5)


def test_examples_of_weight_zero_have_no_effect_and_targets_may_be_empty():
    model = build(**NO_REGULARIZATION, learning_rate=0.1, randomize=False)
    model.run_eagerly = True
    targets = ["" if position % 2 else "a" for position in range(8)]
    model.fit(["a b"] * 8, targets, sample_weight=[0.0, 1.0] * 4, batch_size=8, epochs=6, verbose=0)
    empty, other = (model.evaluate(["a b"], [target], verbose=0)[0] for target in ("", "a"))
    assert empty + 2 < other


def test_inputs_that_are_no_text_pairs_are_named_by_position(model):
    pairs = tf.data.Dataset.from_tensor_slices((SOURCES, TARGETS))
    for sources, targets, error, message in (
        ([], [], ValueError, "no texts"),
        (SOURCES[:3], TARGETS[:2], ValueError, "3 texts and 2 targets"),
        (SOURCES[:2], ["a", None], TypeError, "Target 1 .*NoneType"),
        (SOURCES[:2], ["a", 3], TypeError, "Target 1 .*int 3"),
        (SOURCES[:2], [1, 2], TypeError, "Target 0 .*int"),
        (SOURCES[:2], [["a"], ["b"]], TypeError, "Target 0 .*list"),
        (SOURCES[:2], "a", TypeError, "`targets`.*list"),
        (["a", 3], ["a", "b"], TypeError, "Item 1 of the texts .*int 3"),
        ("a b", ["a"], TypeError, "`x`.*list of texts"),
        (pairs.take(0), None, ValueError, "empty"),
        (pairs.map(lambda source, _: source), None, ValueError, "`y`"),
        (pairs.map(lambda source, _: (source, 7)), None, TypeError, "Target 0 .*int 7"),
    ):
        with pytest.raises(error, match=message):
            model.fit(sources, targets, verbose=0)


def test_texts_of_any_bytes_are_encoded(model):
    texts = ["", b"\xff\xfe", "\ud800", "\x00", "🙂", "שלום", "x" * 1000, "a\u200db"]
    inputs, targets, _ = model.encode_examples(texts, texts[::-1])
    for source, before, truth in zip(inputs["source"], inputs["target"], targets, strict=True):
        assert source[-1] == truth[-1] == END_ID and before[0] == START_ID
        assert before[1:].tolist() == truth[:-1].tolist()
        assert max(len(source), len(truth)) <= 12 and (source > START_ID).all() and (truth > START_ID).all()


@pytest.fixture(scope="module")
def model():
    """A model with random weights that no test trains."""
    return build()


def test_an_argument_out_of_range_is_named():
    for options in (
        {"decoder_layers": 1},
        {"attention": "cosine"},
        {"cell": "gruu"},
        {"label_smoothing": 1},
        {"scheduled_sampling": -0.1},
        {"r_drop": -1},
        {"max_source_length": 0},
        {"max_source_length": 1},
        {"max_target_length": 100_000},
        {"max_target_length": 2.5},
        {"beam_width": True},
        {"units": 0},
        {"num_layers": 0},
        {"embedding_dim": -3},
        {"embedding_init_range": 0.0},
        {"attention_units": 0},
        {"dropout": 1.0},
        {"type_dropout": -0.5},
        {"length_penalty": -1},
    ):
        (name,) = options
        with pytest.raises(ValueError, match=f"`{name}`"):
            build(**options)


def test_the_data_determines_the_vocabularies():
    pairs = tf.data.Dataset.from_tensor_slices((SOURCES * 3, TARGETS * 3))
    splits = type("Splits", (), {"train": pairs, "name": "pairs"})
    vocabularies = data_kwargs(splits, source_vocabulary_size=262, target_vocabulary_size=261)
    assert [len(vocabulary) for vocabulary in vocabularies.values()] == [262, 261]
    splits.train = pairs.map(lambda source, _: source)
    with pytest.raises(ValueError, match="`splits`"):
        data_kwargs(splits)


def test_training_twice_from_one_seed_gives_the_same_weights():
    def train():
        model = build(recurrent_dropout=0.2, r_drop=1.0, randomize=False)
        model.run_eagerly = True
        model.fit(SOURCES[:6], TARGETS[:6], epochs=2, batch_size=4, verbose=0)
        return model.get_weights()

    for one, other in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(one, other)
