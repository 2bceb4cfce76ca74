"""tune: resumption, failures, and names that the builder must have."""

import numpy as np
import pytest
from support.flat import build_flat

from rnn_templates import registry
from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model
from rnn_templates.training.tuning import check_search_space, tune

TEXTS = [b"not bad", b"not good", b"good , not bad", b"bad , not good"] * 4
DATA = make_dataset(TEXTS, np.array([1, 0, 1, 0] * 4))
SPLITS = Splits("tiny", DATA, DATA, None, ("no", "yes"), sizes={"train": 16, "validation": 16})


def build(**options):
    return build_flat(sentiment_model, Vocabulary.from_texts(TEXTS), ["no", "yes"], **options)


def search_space(hp):
    return {"units": hp.Choice("units", [2, 3, 4, 5])}


def test_every_search_space_has_flat_arguments_of_its_builder():
    for template in map(registry.get, registry.names()):
        check_search_space(template.load("search_space"), template.load("builder"))


def test_a_name_that_the_builder_does_not_have_is_an_error():
    with pytest.raises(ValueError, match=r"`search_space`.*unitz"):
        check_search_space(lambda hp: {"unitz": 3}, sentiment_model)


def test_an_interrupted_search_keeps_its_trials(tmp_path):
    options = {"builder": sentiment_model, "epochs": 1, "batch_size": 8}
    first = tune(build, search_space, SPLITS, tmp_path, trials=2, **options)
    built = []

    def counted(**values):
        built.append(values)
        return build(**values)

    trials = tune(counted, search_space, SPLITS, tmp_path, trials=3, **options)
    assert len(trials) == 3 and len(built) == 1
    assert {trial.id: trial for trial in first}.items() <= {trial.id: trial for trial in trials}.items()
    assert [trial.score for trial in trials] == sorted(trial.score for trial in trials)
    assert set(trials[0].hyperparameters) == {"units"}


def test_a_search_without_a_completed_trial_is_an_error_with_the_reason(tmp_path):
    def broken(**_):
        raise ZeroDivisionError("the reason")

    with pytest.raises(RuntimeError, match=r"(?s)No trial completed.*the reason"):
        tune(broken, search_space, SPLITS, tmp_path, builder=sentiment_model, trials=2, epochs=1)


def test_a_search_without_validation_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="validation"):
        splits = Splits("x", DATA, None, None, ("no", "yes"))
        tune(build, search_space, splits, tmp_path, builder=sentiment_model)
