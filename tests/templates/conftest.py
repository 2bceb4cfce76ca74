"""Small models, built anew for each test that changes them."""

import pytest
from support.flat import build_flat

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model

TEXTS = ["not bad", "not good", "good , not bad", "bad , not good", "really good", "really bad"]
LABELS = ["positive", "negative", "positive", "negative", "positive", "negative"]


@pytest.fixture
def texts():
    return list(TEXTS)


@pytest.fixture
def targets():
    return list(LABELS)


@pytest.fixture
def build():
    def build(labels=("negative", "positive"), **options):
        return build_flat(
            sentiment_model, Vocabulary.from_texts(TEXTS), labels, **{"units": 8, "embedding_dim": 8, **options}
        )

    return build
