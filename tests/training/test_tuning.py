"""tune: defaults, resumption, failures, compiled loops, and names that the builder must have."""

import gc
import json

import numpy as np
import pytest
from support.flat import build_flat

from rnn_templates import registry
from rnn_templates.data.splits import Splits, make_dataset
from rnn_templates.layers.rnn import xla_loop
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model
from rnn_templates.training.tuning import check_search_space, tune
from rnn_templates.utils import output_folder

TEXTS = [b"not bad", b"not good", b"good , not bad", b"bad , not good"] * 4
DATA = make_dataset(TEXTS, np.array([1, 0, 1, 0] * 4))
SPLITS = Splits("tiny", DATA, DATA, None, ("no", "yes"), sizes={"train": 16, "validation": 16})
OPTIONS = {"builder": sentiment_model, "epochs": 1, "batch_size": 8}


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


def test_trial_0_has_the_defaults_every_trial_is_named_and_an_interrupted_search_keeps_its_trials(tmp_path, capsys):
    defaults, folder = {"units": 6, "embedding_dim": 3}, tmp_path / "search"
    built = []

    def counted(**values):
        built.append(values)
        return build(**values)

    first = tune(counted, search_space, SPLITS, folder, trials=2, defaults=defaults, **OPTIONS)
    (default,) = [trial for trial in first if trial.is_default]
    (other,) = [trial for trial in first if not trial.is_default]
    assert built == [defaults, {**defaults, **other.hyperparameters}] and default.hyperparameters == {"units": 6}
    lines = capsys.readouterr().err.splitlines()
    assert "trial 0 (defaults): units 6" in lines and f"trial 1: units {other.hyperparameters['units']}" in lines
    results = [line for line in lines if line.startswith("trial 1: val loss")]
    best = first[0].score
    assert len(results) == 1 and f"best {best:.4f} (trial {int(first[0].id)})" in results[0]

    built.clear()
    trials = tune(counted, search_space, SPLITS, folder, trials=3, defaults=defaults, **OPTIONS)
    assert len(trials) == 3 and len(built) == 1
    assert {trial.id: trial for trial in first}.items() <= {trial.id: trial for trial in trials}.items()
    assert [trial.score for trial in trials] == sorted(trial.score for trial in trials)
    assert all(trial.best_epoch == 1 and trial.seconds > 0 for trial in trials)
    assert output_folder.is_ours(folder)
    with pytest.raises(ValueError, match="epochs was 1, is 2.*--no-resume"):
        tune(counted, search_space, SPLITS, folder, trials=4, defaults=defaults, **{**OPTIONS, "epochs": 2})
    assert len(json.loads((folder / "card.json").read_text())["trials"]) == 3


def test_a_trial_uses_the_loop_that_an_earlier_one_has_compiled(tmp_path, monkeypatch):
    created = []

    class CountedLoop(xla_loop.XlaLoop):
        def __init__(self, cell):
            created.append(cell.units)
            super().__init__(cell)

    monkeypatch.setattr(xla_loop, "XlaLoop", CountedLoop)
    for units in (15, 17, 15, 17):
        xla_loop.xla_loop(build(units=units).network.get_layer("recurrent").cells[0])
        gc.collect()
    assert created == [15, 17]

    def use_loop(**values):
        model = build(**values)
        xla_loop.xla_loop(model.network.get_layer("recurrent").cells[0])
        model.run_eagerly = True
        return model

    def same_units(hp):
        return {"units": hp.Choice("units", [19]), "dropout": hp.Choice("dropout", [0.1, 0.2])}

    tune(use_loop, same_units, SPLITS, tmp_path, trials=3, defaults={"units": 19}, progress=False, **OPTIONS)
    assert created == [15, 17, 19]


def test_a_search_without_a_completed_trial_is_an_error_with_the_reason(tmp_path):
    def broken(**_):
        raise ZeroDivisionError("the reason")

    with pytest.raises(RuntimeError, match=r"(?s)No trial completed.*the reason"):
        tune(broken, search_space, SPLITS, tmp_path, builder=sentiment_model, trials=2, epochs=1)


def test_a_search_without_validation_or_with_a_number_below_one_is_an_error(tmp_path):
    for name in ("trials", "epochs", "batch_size"):
        with pytest.raises(ValueError, match=f"`{name}`"):
            tune(build, search_space, SPLITS, tmp_path, builder=sentiment_model, **{name: 0})
    with pytest.raises(ValueError, match="validation"):
        tune(build, search_space, Splits("x", DATA, None, None, ("no", "yes")), tmp_path, builder=sentiment_model)
