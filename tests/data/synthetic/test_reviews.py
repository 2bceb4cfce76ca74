"""Generated reviews: not learnable from a bag of words, deterministic."""

import numpy as np
import pytest

from rnn_templates.data.synthetic.reviews import PAIRS, make_pairs
from rnn_templates.preprocessing.text.word_tokenizer import tokenize


@pytest.fixture(scope="module")
def rows(reviews):
    """The (text, label) of each split."""
    return {
        split: [(text.decode(), int(label)) for text, label in getattr(reviews, split).as_numpy_iterator()]
        for split in PAIRS
    }


def test_a_bag_of_words_is_near_chance(rows):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    train, test = rows["train"], rows["test"]
    counter = CountVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False)
    counts = counter.fit_transform([text for text, _ in train])
    model = LogisticRegression(max_iter=500).fit(counts, [label for _, label in train])
    accuracy = model.score(counter.transform([text for text, _ in test]), [label for _, label in test])
    assert accuracy <= 0.60


def test_the_reviews_of_a_pair_have_the_same_words_in_a_different_order():
    for positive, negative in make_pairs(500):
        assert sorted(positive.split()) == sorted(negative.split())
        assert positive != negative


def test_no_review_is_in_two_splits_or_has_two_labels(rows):
    texts = [text for split in rows.values() for text, _ in split]
    assert len(set(texts)) == len(texts) == 2 * sum(PAIRS.values())


def test_the_labels_are_balanced_in_every_split(rows):
    for split in rows.values():
        assert np.mean([label for _, label in split]) == 0.5


def test_the_same_seed_gives_the_same_reviews():
    assert make_pairs(50) == make_pairs(50)
    assert make_pairs(50, seed=2) != make_pairs(50)


def test_reviews_are_short_enough_for_a_phone(rows):
    assert max(len(text.split()) for text, _ in rows["train"]) <= 45
