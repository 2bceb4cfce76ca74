"""Remarks: inputs unlike the training data, unsure and empty predictions, statistics of a training."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from support import image_classification, sentiment, translation

from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.images.image_features import feature_ranges, features_outside, image_features
from rnn_templates.preprocessing.text.unknown_words import has_too_many_unknown_words, unknown_share_limits
from rnn_templates.tasks.input_statistics import InputStatistics, compute_input_statistics


def test_short_texts_may_have_a_larger_share_of_unknown_words_than_long_ones():
    generator = np.random.default_rng(1)
    limits = unknown_share_limits([generator.random(64) > 0.1 for _ in range(200)])
    assert list(limits)[:5] == [1, 2, 3, 4, 5] and list(limits)[-1] == 64
    assert limits[1] == 1.0 and 0.25 <= limits[8] <= 0.5 and 0.1 < limits[64] < 0.25
    half = np.arange(64) % 2 == 0
    assert has_too_many_unknown_words(half, limits) and not has_too_many_unknown_words(half[:2], limits)
    assert has_too_many_unknown_words(np.array([False]), limits), "a text without a known word"
    assert not has_too_many_unknown_words(half, {}), "the fixed limit is half of the words"


def test_gradients_and_noise_are_outside_the_features_of_flat_images():
    generator = np.random.default_rng(1)
    flat = np.zeros((60, 16, 16, 3), np.uint8) + generator.integers(0, 256, (60, 1, 1, 3), np.uint8)
    ranges = feature_ranges(image_features(flat))
    assert not any(features_outside(image_features(image[None]), ranges) for image in flat)
    noise = generator.integers(0, 256, (1, 16, 16, 3), np.uint8)
    assert {"edges", "colors", "deviation_0"} <= set(features_outside(image_features(noise), ranges))


def test_text_of_unknown_words_and_unsure_prediction_have_remarks_and_usual_ones_have_none():
    model = sentiment.build()
    model.input_statistics = InputStatistics(confidence=0.0, unknown_words={1: 0.4})
    usual, foreign = model.predict(["not bad", "mon parapluie not"], return_labels=True)
    assert usual["remarks"] == [] and foreign["remarks"] == ["67 % unknown words"]
    model.input_statistics = InputStatistics(confidence=1.1)
    (unsure,) = model.predict("not bad", return_labels=True)
    assert unsure["remarks"] == [f"low confidence {unsure['probability']:.2f}"]
    model.input_statistics = InputStatistics()
    assert model.predict("mon parapluie not", return_labels=True)[0]["remarks"], "without statistics: fixed limits"


def test_noise_has_a_remark_and_a_training_image_has_none():
    model = image_classification.build()
    size, channels = model.preprocessor.size, model.preprocessor.channels
    images = np.zeros((60, size, size, channels), np.uint8) + np.arange(60, dtype=np.uint8)[:, None, None, None]
    encoded = [tf.io.encode_png(image).numpy() for image in images]
    data = tf.data.Dataset.from_tensor_slices((encoded, [0] * 60))
    statistics = compute_input_statistics(model, Splits("gray", data, data, None, model.labels, sizes={"train": 60}))
    model.input_statistics = dataclasses.replace(statistics, confidence=0.0)
    noise = np.random.default_rng(1).integers(0, 256, (size, size, channels), np.uint8)
    usual, unusual = model.predict([images[30], noise], return_labels=True)
    assert usual["remarks"] == [] and unusual["remarks"][0].startswith("unlike the training images")


def test_empty_hypothesis_has_a_remark():
    model = translation.build()
    assert model._ranked_to_dict([("", 0.9)], ()) == {
        "translation": "", "probability": 0.9, "alternatives": [], "remarks": ["empty translation"],
    }  # fmt: skip


def test_limits_are_quantiles_of_the_validation_split_and_missing_where_it_is_small():
    model = sentiment.build()
    texts = [b"not bad", b"not good", b"mon parapluie"] * 30
    data = make_dataset(texts, np.zeros(90, np.int64))
    splits = Splits("tiny", data, data, None, sentiment.LABELS, sizes={"train": 90, "validation": 90})
    statistics = compute_input_statistics(model, splits)
    confidences = [model.confidence(one) for one in model.predict_examples(texts)]
    assert statistics.confidence == pytest.approx(np.quantile(confidences, 0.01), abs=1e-4)
    assert statistics.unknown_words[2] == 1.0 and InputStatistics.from_dict(statistics.to_dict()) == statistics
    for validation in (data.take(20), None):
        few = dataclasses.replace(splits, validation=validation, sizes={})
        assert compute_input_statistics(model, few) == InputStatistics()


def test_statistics_of_another_form_in_a_card_are_an_error():
    for facts in ([], {"confidence": "high"}, {"unknown_words": [1]}, {"images": {"edges": 3}}):
        with pytest.raises(ValueError, match="input_statistics"):
            InputStatistics.from_dict(facts)
