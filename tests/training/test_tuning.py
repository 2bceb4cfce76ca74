"""The search: resumable, honest about failures, and in step with the builder."""

import numpy as np
import pytest

from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import search_space, sentiment_model
from rnn_templates.training.tuning import check_search_space, tune

TEXTS = [b"not bad", b"not good", b"good , not bad", b"bad , not good"] * 4
DATA = make_dataset(TEXTS, np.array([1, 0, 1, 0] * 4))
SPLITS = Splits("tiny", DATA, DATA, None, ("no", "yes"), sizes={"train": 16, "validation": 16})


def build(**options):
    return sentiment_model(Vocabulary.from_texts(TEXTS), ["no", "yes"], **options)


def space(hp):
    return {"units": hp.Choice("units", [2, 3, 4, 5])}


def test_the_search_space_of_the_template_is_in_step_with_its_builder():
    check_search_space(search_space, sentiment_model)


def test_a_key_that_the_builder_does_not_take_is_named():
    with pytest.raises(ValueError, match=r"\['unitz'\], which sentiment_model does not take"):
        check_search_space(lambda hp: {"unitz": 3}, sentiment_model)


def test_an_interrupted_search_goes_on_with_the_trials_that_are_done(tmp_path):
    options = {"builder": sentiment_model, "epochs": 1, "batch_size": 8}
    first = tune(build, space, SPLITS, tmp_path, trials=2, **options)
    built = []

    def counted(**chosen):
        built.append(chosen)
        return build(**chosen)

    trials = tune(counted, space, SPLITS, tmp_path, trials=3, **options)
    assert len(trials) == 3 and len(built) == 1
    assert {trial.number: trial for trial in first}.items() <= {trial.number: trial for trial in trials}.items()
    assert [trial.score for trial in trials] == sorted(trial.score for trial in trials)
    assert set(trials[0].settings) == {"units"}


def test_a_search_in_which_no_trial_completed_is_an_error_with_the_reason(tmp_path):
    def broken(**_):
        raise ZeroDivisionError("the reason")

    with pytest.raises(RuntimeError, match=r"(?s)No trial completed.*the reason"):
        tune(broken, space, SPLITS, tmp_path, builder=sentiment_model, trials=2, epochs=1)


def test_a_search_without_validation_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no validation split"):
        tune(build, space, Splits("x", DATA, None, None, ("no", "yes")), tmp_path, builder=sentiment_model)
