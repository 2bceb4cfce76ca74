"""Remarks of the shipped models on inputs that are unlike their training data, and none on usual ones."""

from pathlib import Path

import matplotlib.cbook
import numpy as np

from rnn_templates.preprocessing.images.image_io import read_images
from rnn_templates.saving import load_model
from rnn_templates.tasks.prediction import Prediction

SAVED_MODELS = Path(__file__).parents[2] / "saved_models"


def remarks(name, inputs):
    predictions = load_model(SAVED_MODELS / name).predict(inputs, return_labels=True)
    return [prediction["remarks"] for prediction in predictions]


def test_classifier_of_film_reviews_marks_an_office_mail_and_german_and_not_a_review():
    texts = ["the invoice is attached as pdf xlsx", "Das Essen war leider kalt.", "a wonderful film", "not bad at all"]
    mail, german, *reviews = remarks("sentiment", texts)
    assert "unknown words" in mail[0] and "unknown words" in german[0] and reviews == [[], []]


def test_captioner_of_scenes_marks_a_photograph_and_not_a_scene():
    model = load_model(SAVED_MODELS / "captioning")
    scenes = read_images(np.load(Path(__file__).with_name("images.npz"))["captioning"])
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        photograph = file.read()
    sure = Prediction(np.array([300]), np.array([0.99]))
    marked, *usual = model.add_remarks([photograph, *scenes], [sure] * (1 + len(scenes)))
    assert marked.remarks[0].startswith("unlike the training images") and not any(one.remarks for one in usual)


def test_dates_model_marks_a_time_in_words_which_its_description_excludes():
    in_words, in_digits = remarks("dates", ["a quarter past five", "open from 7:03 PM"])
    assert in_words and in_digits == []
    assert "Times in words" in (SAVED_MODELS / "dates" / "README.md").read_text(encoding="utf-8")


def test_tagger_tokenizes_raw_text_as_its_treebank():
    model = load_model(SAVED_MODELS / "tagging")
    tokens = model.preprocessor.tokens("I don't know Dr. Smith's e-mail.")
    assert tokens == ["I", "do", "n't", "know", "Dr.", "Smith", "'s", "e-mail", "."]
