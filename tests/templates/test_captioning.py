"""The captioning template: what its network computes, what its training makes small, and what it refuses."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from rnn_templates.preprocessing.images import feature_cache
from support.flat import build_flat
from support.tiny_captioner import CALM, CAPTIONS, PICTURES, SMALL, WORDS, build, picture, scattered

from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.saving import load_model
from rnn_templates.templates.captioning.builder import captioning_model, data_kwargs, search_space

TARGET = np.array([[1, 262, 260, 259], [1, 262, 0, 0]], np.int32)
BATCH = np.stack(PICTURES[:2])


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def trained():
    model = build(**CALM)
    model.fit(PICTURES * 8, CAPTIONS * 8, epochs=30, batch_size=16, verbose=0)
    assert model.generate(PICTURES) == CAPTIONS, "the other tests want answers that are no ties"
    return model


def step_by_step(model, target):
    memory, mask, *states = model.remember(tf.constant(BATCH))
    found = []
    for step in range(target.shape[1]):
        logits, *states = model.decoder([tf.constant(target[:, step : step + 1]), memory, mask, *states])
        found.append(logits[:, 0])
    return np.stack(found, axis=1)


@pytest.mark.parametrize(
    "cell, attention, similarity_units",
    # The decoder is the translator's, which has a test for every cell.
    [("lstm", "additive", 0), ("mingru", "scaled_dot", 4), ("gru", "none", 0)],
)
def test_step_by_step_the_logits_are_those_of_training(cell, attention, similarity_units):
    model = scattered(build(cell=cell, attention=attention, similarity_units=similarity_units))
    found = model.network({"source": BATCH, "target": TARGET}).numpy()
    assert found.shape == (2, 4, len(WORDS)) and np.ptp(found) > 0.5
    one, other = step_by_step(model, TARGET)
    np.testing.assert_allclose(one, found[0], atol=2e-5)
    np.testing.assert_allclose(other[:2], found[1, :2], atol=2e-5)


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_every_part_of_the_picture_matters(attention):
    model = scattered(build(attention=attention))
    base = model.network({"source": BATCH, "target": TARGET}).numpy()
    for corner in ((0, 0), (0, 24), (24, 0), (24, 24)):
        other = BATCH.copy()
        other[0, corner[0] : corner[0] + 8, corner[1] : corner[1] + 8] = 255
        moved = abs(model.network({"source": other, "target": TARGET}).numpy() - base)
        assert (moved[0].max(axis=-1) > 1e-4).all() and moved[1].max() == 0


def test_all_captions_of_a_picture_are_read_and_each_counts():
    model = scattered(build(**CALM, attention_regularization=0.0))
    several = [["red and blue", "blue"], ["Black, and GREEN!"]]
    inputs, truth = next(iter(model.make_batches(PICTURES[:2], several, batch_size=2).dataset()))
    order = [0, 1] if inputs["target"].shape[2] == 2 and truth[0, 0, 1] != PAD_ID else [1, 0]
    assert inputs["target"].shape == (2, 4, 2) and inputs["source"].dtype == tf.uint8
    logits = model(inputs).numpy().reshape(2, 2, 4, len(WORDS))
    total, count = 0.0, 0
    for row, number in enumerate(order):
        for column, caption in enumerate(several[number]):
            ids = model.target_preprocessor.encode(caption.lower().replace(",", "").replace("!", ""))
            alone = {"source": np.stack(PICTURES)[number][None], "target": np.array([[START_ID, *ids[:-1]]], np.int32)}
            wanted = model.network(alone)[0].numpy()
            np.testing.assert_allclose(logits[row, column, : len(ids)], wanted, atol=1e-5)
            log_p = wanted - np.log(np.exp(wanted).sum(axis=-1, keepdims=True))
            total, count = total - log_p[np.arange(len(ids)), ids].sum(), count + len(ids)
    assert count == 4 + 2 + 4
    found = float(model.compute_loss(x=inputs, y=truth, y_pred=model(inputs), training=False))
    assert found == pytest.approx(total / count, rel=1e-4)


@pytest.mark.parametrize("options", [{"r_drop": 1.0}, {"scheduled_sampling": 0.5}], ids=str)
def test_what_regularizes_a_translator_regularizes_a_captioner(options):
    model = scattered(build(**{**CALM, "attention_regularization": 0.0, **options}))
    model.backbone.trainable = False  # its statistics would differ in training
    inputs, truth = next(
        iter(model.make_batches(PICTURES[:3], [["red"], ["blue and red", "green"], ["red"]]).dataset())
    )
    logits = model(inputs, training=True)
    assert logits.shape[0] == (12 if model.r_drop else 6) and model(inputs).shape[0] == 6
    loss = float(model.compute_loss(y=truth, y_pred=logits, training=True))
    plain = float(model.compute_loss(y=truth, y_pred=model(inputs), training=False))
    if model.r_drop:  # without dropout both readings are the same
        assert loss == pytest.approx(plain, rel=1e-4)
    else:
        assert abs(loss - plain) > 1e-3


def test_coverage_is_a_penalty_on_regions_that_are_looked_at_too_little_or_too_much():
    model = scattered(build(**CALM, attention_regularization=0.5))
    model.backbone.trainable = False  # its statistics would differ in training
    inputs = {"source": tf.constant(BATCH), "target": tf.constant(TARGET[:, :, None])}
    looking = keras.Model(model.decoder.inputs, model.decoder.get_layer("attention").output[1])
    weights = looking([tf.constant(TARGET), *model.remember(tf.constant(BATCH))]).numpy()
    weights[1, 2:] = 0  # padding looks at nothing
    wanted = 0.5 * ((1 - weights.sum(axis=1)) ** 2).mean()
    model(inputs, training=True)
    assert float(sum(model.losses)) == pytest.approx(wanted, rel=1e-4)
    model(inputs)
    assert not model.losses or float(sum(model.losses)) == 0


def test_it_learns_to_say_what_is_where(trained):
    brighter = [picture(*caption.split(" and "), shade=12) for caption in CAPTIONS]
    assert trained.generate(brighter, strategy="greedy") == CAPTIONS
    assert trained.generate(brighter, beam_width=1) == CAPTIONS
    assert trained.evaluate(PICTURES, CAPTIONS, verbose=0, return_dict=True)["accuracy"] == 1.0


def test_pictures_may_be_arrays_files_or_bytes(trained, tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(load_image_bytes(PICTURES[6]))
    for one in (PICTURES[6], file, str(file), file.read_bytes()):
        assert trained.generate(one) == CAPTIONS[6]
    answer = trained.predict([file], return_labels=True)[0]
    assert answer["caption"] == CAPTIONS[6] and 0.5 < answer["probability"] <= 1
    assert [sorted(other) for other in answer["alternatives"]] == [["caption", "probability"]] * 2
    dataset = tf.data.Dataset.from_tensor_slices([load_image_bytes(one) for one in PICTURES])
    assert trained.generate(dataset) == trained.generate(dataset.batch(3)) == CAPTIONS


def test_attention_is_told_word_by_word(trained):
    words, weights = trained.attention(PICTURES[6])
    assert " ".join(words) == CAPTIONS[6] and weights.shape == (3, trained.places)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert len(trained.attention(PICTURES[6], "blue")[0]) == 1
    with pytest.raises(ValueError, match="attention='none'"):
        build(attention="none").attention(PICTURES[0])


def test_a_saved_model_answers_as_before(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    assert again.generate(PICTURES, return_probabilities=True) == trained.generate(PICTURES, return_probabilities=True)
    assert again.backbone.trainable and again.describe() == trained.describe()


def test_a_frozen_encoder_stays_and_its_features_are_computed_once(monkeypatch):
    model = build(**CALM)
    model.backbone.trainable = False
    before = [weight.numpy() for weight in model.backbone.weights]
    computed = []
    fill = feature_cache.FeatureCache.get_or_compute

    def counted(self, compute, *rest):
        return fill(self, lambda start, stop: computed.append((start, stop)) or compute(start, stop), *rest)

    monkeypatch.setattr(feature_cache.FeatureCache, "get_or_compute", counted)
    for _ in range(2):
        model.fit(PICTURES * 3, CAPTIONS * 3, epochs=1, batch_size=16, verbose=0)
    assert computed == [(0, 32), (32, 48)]
    for weight, old in zip(model.backbone.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)
    cached = next(iter(model.make_batches(PICTURES, CAPTIONS).dataset()))[0]["source"]
    assert cached.dtype == tf.float16
    model.backbone.set_weights([weight + 0.01 for weight in before])  # another encoder, other features
    model.fit(PICTURES * 3, CAPTIONS * 3, epochs=1, batch_size=16, verbose=0)
    assert computed[-2:] == [(0, 32), (32, 48)] and len(computed) == 5


def test_an_encoder_that_learns_changes_and_a_second_stage_goes_on_from_the_first(trained, tmp_path):
    fresh = build(**CALM)
    both = zip(trained.backbone.trainable_weights, fresh.backbone.trainable_weights, strict=True)
    assert min(abs(one.numpy() - other.numpy()).max() for one, other in both) > 1e-3
    trained.save(tmp_path / "model.keras")
    second = build(**CALM, initial_weights=str(tmp_path / "model.keras"), trainable_backbone=False)
    assert second.generate(PICTURES) == CAPTIONS and not second.backbone.trainable
    assert (trained.from_scratch, second.from_scratch, load_model(tmp_path / "model.keras").from_scratch) == (1, 0, 1)
    with pytest.raises(ValueError, match="same sizes"):
        build(initial_weights=str(tmp_path / "model.keras"), units=8)
    with pytest.raises(FileNotFoundError, match="no model to start from"):
        build(initial_weights=str(tmp_path / "nothing"))


@pytest.mark.parametrize("encoder", ["small", "mobilenet_v2"])
def test_the_statistics_of_batch_norms_are_learned_from_nothing_and_kept_in_a_second_stage(encoder):
    model = build(**CALM, backbone=encoder)
    inputs = {"source": tf.constant(BATCH), "target": tf.constant(TARGET[:, :, None])}
    learned, first = [], model.backbone.non_trainable_weights
    for from_scratch in (True, False):
        model.from_scratch = from_scratch
        before = [weight.numpy() for weight in first]
        model(inputs, training=True)
        learned.append(any((weight.numpy() != old).any() for weight, old in zip(first, before, strict=True)))
    assert learned == [True, False]


def test_the_data_dictates_the_vocabulary():
    class Data:
        train = tf.data.Dataset.from_tensors((b"", tf.constant(["A dog runs.", "Dogs!"])))

    found = data_kwargs(Data, vocabulary_size=300)["vocabulary"]
    assert found.decode(found.encode("a dog runs")) == "a dog runs" and not any(
        "." in token for token in found.tokens[259:]
    )


def test_the_search_space_holds_arguments_of_the_builder():
    keras_tuner = pytest.importorskip("keras_tuner")
    model = build_flat(captioning_model, WORDS, **{**SMALL, **search_space(keras_tuner.HyperParameters())})
    assert model.count_params() > 0


@pytest.mark.parametrize(
    "options, message",
    [
        ({"backbone": "vgg"}, "`name`"),
        ({"image_size": 8}, "at least 32"),
        ({"attention": "hard"}, "`attention`"),
        ({"trainable_backbone": False}, "`trainable_backbone`"),
        ({"decoder_layers": 1}, "`decoder_layers`"),
        ({"dropout": 1.0}, "`dropout`"),
        ({"attention_regularization": -1.0}, "`attention_regularization`"),
        ({"similarity_units": -1}, "`similarity_units`"),
        ({"backbone_weights": "imagenet"}, "`weights`"),
    ],
    ids=str,
)
def test_an_argument_that_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        build(**options)


def test_weights_that_cannot_be_had_are_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "weights.h5").write_bytes(b"not weights")
    with pytest.raises(RuntimeError, match="weights.*notop"):
        build(backbone="mobilenet_v2", backbone_weights=str(tmp_path / "weights.h5"))


def test_bad_input_is_named(trained):
    with pytest.raises(ValueError, match="Picture 1 has the captions"):
        trained.fit(PICTURES[:2], ["red", []])
    with pytest.raises(ValueError, match="2 pictures and 1 targets"):
        trained.fit(PICTURES[:2], ["red"])
    with pytest.raises(ValueError, match="no targets"):
        trained.fit(PICTURES[:2])
    with pytest.raises(ValueError, match="`x`"):
        trained.generate([])
    with pytest.raises(ValueError, match="image 1"):
        trained.generate([PICTURES[0], b"no picture"])
    broken = tf.data.Dataset.from_tensor_slices([load_image_bytes(PICTURES[0]), b"no picture"])
    with pytest.raises(ValueError, match="image 1"):
        trained.generate(broken)
    (prediction,) = trained.predict_examples(PICTURES[:1], "greedy")
    assert END_ID not in prediction.outputs[:-1]
