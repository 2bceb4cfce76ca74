"""The generated reviews: no bag of words can learn them, every run makes the same ones."""

import numpy as np
import pytest

from rnn_templates.data.synthetic.reviews import PAIRS, make_pairs
from rnn_templates.preprocessing.text.word_tokenizer import tokenize


def rows(dataset):
    return [(text.decode(), int(label)) for text, label in dataset.as_numpy_iterator()]


def test_counting_words_is_near_chance(reviews):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    train, test = rows(reviews.train), rows(reviews.test)
    counter = CountVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False)
    counts = counter.fit_transform([text for text, _ in train])
    model = LogisticRegression(max_iter=500).fit(counts, [label for _, label in train])
    accuracy = model.score(counter.transform([text for text, _ in test]), [label for _, label in test])
    assert accuracy <= 0.60


def test_twins_have_the_same_words_in_another_order():
    for praise, blame in make_pairs(500):
        assert sorted(praise.split()) == sorted(blame.split())
        assert praise != blame


def test_no_review_stands_in_two_splits_or_with_two_labels(reviews):
    texts = [text for part in (reviews.train, reviews.validation, reviews.test) for text, _ in rows(part)]
    assert len(set(texts)) == len(texts) == 2 * sum(PAIRS.values())


def test_the_labels_are_balanced_in_every_split(reviews):
    for part in (reviews.train, reviews.validation, reviews.test):
        assert np.mean([label for _, label in rows(part)]) == 0.5


def test_the_same_reviews_are_made_every_time():
    assert make_pairs(50) == make_pairs(50)
    assert make_pairs(50, seed=2) != make_pairs(50)


@pytest.mark.parametrize("most", [45])
def test_reviews_are_short_enough_for_a_phone(reviews, most):
    assert max(len(text.split()) for text, _ in rows(reviews.train)) <= most
