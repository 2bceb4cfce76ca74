"""The captioning template: learning, network, training loss, image encoder, and errors."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.captioning import PAIRS, VOCABULARY, build, examples, targets, two_colors

from rnn_templates.preprocessing.images import feature_cache
from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID, START_ID
from rnn_templates.saving import load_model
from rnn_templates.templates.captioning.builder import data_kwargs

NO_REGULARIZATION = dict.fromkeys(("dropout", "embedding_dropout", "memory_dropout", "label_smoothing"), 0.0)
NO_PENALTY = {**NO_REGULARIZATION, "attention_regularization": 0.0}
TARGET = np.array([[1, 262, 260, 259], [1, 262, 0, 0]], np.int32)
BATCH = np.stack(examples[:2])


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def model():
    """A model with random weights that no test trains."""
    return build()


def test_it_learns_colors_and_their_positions():
    model = build(**NO_REGULARIZATION, learning_rate=0.01, randomize=False)
    initial = [weight.numpy() for weight in model.backbone.trainable_weights]
    model.fit(examples * 8, targets * 8, epochs=30, batch_size=16, verbose=0)
    brighter = [np.clip(two_colors(*pair).astype(int) + 12, 0, 255).astype(np.uint8) for pair in PAIRS]
    assert model.generate(brighter, strategy="greedy") == targets
    assert model.generate(brighter, beam_width=1) == model.generate(examples) == targets
    assert model.evaluate(examples, targets, verbose=0, return_dict=True)["accuracy"] == 1.0
    changes = [abs(new.numpy() - old).max() for new, old in zip(model.backbone.trainable_weights, initial, strict=True)]
    assert min(changes) > 1e-3, "the backbone is trained"


@pytest.mark.parametrize(
    "cell, attention, similarity_units",
    # The decoder is that of translation, which is tested with every cell.
    [("lstm", "additive", 0), ("mingru", "scaled_dot", 4), ("gru", "none", 0)],
)
def test_single_steps_of_the_decoder_give_the_logits_of_the_network(cell, attention, similarity_units):
    model = build(cell=cell, attention=attention, similarity_units=similarity_units)
    expected = model.network({"source": BATCH, "target": TARGET}).numpy()
    assert expected.shape == (2, 4, len(VOCABULARY)) and np.ptp(expected) > 0.5
    memory, mask, *states = model.encode_source(tf.constant(BATCH))
    steps = []
    for step in range(TARGET.shape[1]):
        logits, *states = model.decoder([tf.constant(TARGET[:, step : step + 1]), memory, mask, *states])
        steps.append(logits[:, 0])
    one, other = np.stack(steps, axis=1)
    np.testing.assert_allclose(one, expected[0], atol=2e-5)
    np.testing.assert_allclose(other[:2], expected[1, :2], atol=2e-5)


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_every_part_of_the_image_has_an_effect(attention):
    model = build(attention=attention)
    base = model.network({"source": BATCH, "target": TARGET}).numpy()
    for row, column in ((0, 0), (0, 24), (24, 0), (24, 24)):
        changed = BATCH.copy()
        changed[0, row : row + 8, column : column + 8] = 255
        moved = abs(model.network({"source": changed, "target": TARGET}).numpy() - base)
        assert (moved[0].max(axis=-1) > 1e-4).all() and moved[1].max() == 0


def test_the_loss_is_over_all_captions_of_an_image():
    model = build(**NO_PENALTY)
    captions = [["red and blue", "blue"], ["Black, and GREEN!"]]
    inputs, truth = next(iter(model.make_batches(examples[:2], captions, batch_size=2).dataset()))
    order = [0, 1] if inputs["target"].shape[2] == 2 and truth[0, 0, 1] != PAD_ID else [1, 0]
    assert inputs["target"].shape == (2, 4, 2) and inputs["source"].dtype == tf.uint8
    logits = model(inputs).numpy().reshape(2, 2, 4, len(VOCABULARY))
    total, count = 0.0, 0
    for row, number in enumerate(order):
        for column, caption in enumerate(captions[number]):
            ids = model.target_preprocessor.encode(caption.lower().replace(",", "").replace("!", ""))
            alone = {"source": examples[number][None], "target": np.array([[START_ID, *ids[:-1]]], np.int32)}
            expected = model.network(alone)[0].numpy()
            np.testing.assert_allclose(logits[row, column, : len(ids)], expected, atol=1e-5)
            log_p = expected - np.log(np.exp(expected).sum(axis=-1, keepdims=True))
            total, count = total - log_p[np.arange(len(ids)), ids].sum(), count + len(ids)
    assert count == 4 + 2 + 4
    loss = float(model.compute_loss(x=inputs, y=truth, y_pred=model(inputs), training=False))
    assert loss == pytest.approx(total / count, rel=1e-4)


@pytest.mark.parametrize("options", [{"r_drop": 1.0}, {"scheduled_sampling": 0.5}], ids=str)
def test_token_losses_of_translation_apply_to_captions(options):
    model = build(**{**NO_PENALTY, **options})
    model.backbone.trainable = False  # else its statistics differ in training
    captions = [["red"], ["blue and red", "green"], ["red"]]
    inputs, truth = next(iter(model.make_batches(examples[:3], captions).dataset()))
    logits = model(inputs, training=True)
    assert logits.shape[0] == (12 if model.r_drop else 6) and model(inputs).shape[0] == 6
    loss = float(model.compute_loss(y=truth, y_pred=logits, training=True))
    plain = float(model.compute_loss(y=truth, y_pred=model(inputs), training=False))
    if model.r_drop:  # without dropout both passes are equal
        assert loss == pytest.approx(plain, rel=1e-4)
    else:
        assert abs(loss - plain) > 1e-3


def test_attention_regularization_penalizes_regions_whose_weights_do_not_sum_to_one():
    model = build(**NO_REGULARIZATION, attention_regularization=0.5)
    model.backbone.trainable = False  # else its statistics differ in training
    inputs = {"source": tf.constant(BATCH), "target": tf.constant(TARGET[:, :, None])}
    attention_model = keras.Model(model.decoder.inputs, model.decoder.get_layer("attention").output[1])
    weights = attention_model([tf.constant(TARGET), *model.encode_source(tf.constant(BATCH))]).numpy()
    weights[1, 2:] = 0  # padding
    expected = 0.5 * ((1 - weights.sum(axis=1)) ** 2).mean()
    model(inputs, training=True)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-4)
    model(inputs)
    assert not model.losses or float(sum(model.losses)) == 0


def test_images_may_be_arrays_files_bytes_or_datasets(model, tmp_path):
    captions = model.generate(examples)
    assert len(set(captions)) > 1
    file = tmp_path / "image.png"
    file.write_bytes(load_image_bytes(examples[6]))
    for one in (examples[6], file, str(file), file.read_bytes()):
        assert model.generate(one) == captions[6]
    dataset = tf.data.Dataset.from_tensor_slices([load_image_bytes(one) for one in examples])
    assert model.generate(dataset) == model.generate(dataset.batch(3)) == captions


def test_predict_returns_alternatives(model):
    prediction = model.predict(examples[:1], return_labels=True)[0]
    assert prediction["caption"] == model.generate(examples[0]) and 0 < prediction["probability"] <= 1
    assert [sorted(other) for other in prediction["alternatives"]] == [["caption", "probability"]] * 2


def test_attention_has_one_row_per_word(model):
    words, weights = model.attention(examples[6], "red and blue")
    assert words == ["red", "and", "blue"] and weights.shape == (3, model.memory_length)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    generated = model.attention(examples[6], model.generate(examples[6]))
    np.testing.assert_array_equal(model.attention(examples[6])[1], generated[1])
    with pytest.raises(ValueError, match="`attention`='none'"):
        build(attention="none").attention(examples[0])


def test_features_of_a_frozen_backbone_are_computed_once(monkeypatch):
    model = build(**NO_REGULARIZATION)
    model.run_eagerly = True
    model.backbone.trainable = False
    before = [weight.numpy() for weight in model.backbone.weights]
    computed = []
    get_or_compute = feature_cache.FeatureCache.get_or_compute

    def recorded(self, compute, *rest):
        return get_or_compute(self, lambda start, stop: computed.append((start, stop)) or compute(start, stop), *rest)

    monkeypatch.setattr(feature_cache.FeatureCache, "get_or_compute", recorded)
    for _ in range(2):
        model.fit(examples * 3, targets * 3, epochs=1, batch_size=16, verbose=0)
    assert computed == [(0, 32), (32, 48)]
    for weight, old in zip(model.backbone.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)
    cached = next(iter(model.make_batches(examples, targets).dataset()))[0]["source"]
    assert cached.dtype == tf.float16
    model.backbone.set_weights([weight + 0.01 for weight in before])  # another backbone: other features
    model.make_batches(examples * 3, targets * 3)
    assert computed[-2:] == [(0, 32), (32, 48)] and len(computed) == 5


def test_a_second_stage_starts_from_initial_weights(model, tmp_path):
    path = str(tmp_path / "model.keras")
    model.save(path)
    second = build(initial_weights=path, trainable_backbone=False, randomize=False)
    assert second.generate(examples) == model.generate(examples) and not second.backbone.trainable
    assert (model.from_scratch, second.from_scratch, load_model(path).from_scratch) == (True, False, True)
    with pytest.raises(ValueError, match="`initial_weights`"):
        build(initial_weights=path, units=8)
    with pytest.raises(FileNotFoundError, match="`initial_weights`"):
        build(initial_weights=str(tmp_path / "nothing"))


@pytest.mark.parametrize("backbone", ["small", "mobilenet_v2"])
def test_batch_norm_statistics_are_updated_only_in_training_from_scratch(backbone):
    model = build(**NO_REGULARIZATION, backbone=backbone)
    inputs = {"source": tf.constant(BATCH), "target": tf.constant(TARGET[:, :, None])}
    updated, statistics = [], model.backbone.non_trainable_weights
    for from_scratch in (True, False):
        model.from_scratch = from_scratch
        before = [weight.numpy() for weight in statistics]
        model(inputs, training=True)
        updated.append(any((weight.numpy() != old).any() for weight, old in zip(statistics, before, strict=True)))
    assert updated == [True, False]


def test_the_vocabulary_is_that_of_normalized_captions():
    class Data:
        train = tf.data.Dataset.from_tensors((b"", tf.constant(["A dog runs.", "Dogs!"])))

    vocabulary = data_kwargs(Data, vocabulary_size=300)["vocabulary"]
    assert vocabulary.decode(vocabulary.encode("a dog runs")) == "a dog runs"
    assert not any("." in token for token in vocabulary.tokens[259:])


def test_an_argument_out_of_range_is_named():
    for options, name in (
        ({"backbone": "vgg"}, "backbone"),
        ({"image_size": 8}, "image_size"),
        ({"attention": "hard"}, "attention"),
        ({"trainable_backbone": False}, "trainable_backbone"),
        ({"decoder_layers": 1}, "decoder_layers"),
        ({"dropout": 1.0}, "dropout"),
        ({"attention_regularization": -1.0}, "attention_regularization"),
        ({"similarity_units": -1}, "similarity_units"),
        ({"backbone_weights": "imagenet"}, "backbone_weights"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            build(**options)


def test_invalid_backbone_weights_are_an_error_with_a_remedy(tmp_path):
    (tmp_path / "weights.h5").write_bytes(b"not weights")
    with pytest.raises(RuntimeError, match="weights.*notop"):
        build(backbone="mobilenet_v2", backbone_weights=str(tmp_path / "weights.h5"))


def test_invalid_inputs_are_named(model):
    for captions, message in ((["red", []], "1"), (["red"], "`y`")):
        with pytest.raises(ValueError, match=message):
            model.fit(examples[:2], captions)
    with pytest.raises(ValueError, match="`x`"):
        model.generate([])
    broken = [load_image_bytes(examples[0]), b"not an image"]
    for images in (broken, tf.data.Dataset.from_tensor_slices(broken)):
        with pytest.raises(ValueError, match="image 1"):
            model.generate(images)
