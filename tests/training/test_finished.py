"""Finished trainings in a folder, and others in the same folder."""

import dataclasses
import json
import re

import pytest
from support.trainings import OPTIONS, TARGETS, TEXTS, Interrupt, assert_same_weights, build, make_splits

from rnn_templates.training import fit


def test_a_finished_training_is_not_trained_again_and_both_calls_state_the_end(tmp_path, capsys):
    history = fit(build(), make_splits(), tmp_path, **{**OPTIONS, "progress": True})
    err = capsys.readouterr().err
    assert "compiling the training step" in err and "epoch 4/4  " in err
    assert re.search(
        r"training ended after epoch 4: all 4 epochs are done; the weights of epoch 4 are kept \(val_loss", err
    )
    assert "more epochs would help: leave out --epochs, or double it, with --no-resume" in err
    training = json.loads((tmp_path / "card.json").read_text())["training"]
    assert (training["stopped"], training["best_epoch"]) == ("epochs", 4) and "more epochs" in training["remarks"][0]
    model = build(seed=50)
    assert fit(model, make_splits(), tmp_path, **{**OPTIONS, "progress": True}) == history
    assert "training is finished; nothing to do. To train anew: --no-resume" in capsys.readouterr().err
    assert_same_weights(tmp_path, model)
    without_validation = dataclasses.replace(make_splits(), validation=None)
    options = {**OPTIONS, "epochs": 2}
    first, second = build(), build(seed=50)
    fit(first, without_validation, tmp_path / "no_validation", **options)
    fit(second, without_validation, tmp_path / "no_validation", **options)
    assert_same_weights(first, second)


def test_another_training_in_the_folder_is_an_error_that_names_the_difference_also_if_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fit(build(), make_splits(), tmp_path / "cut", **OPTIONS, callbacks=[Interrupt(1)])
    fit(build(), make_splits(), tmp_path / "finished", **OPTIONS)
    other_texts = [text.replace(b"not", b"never") for text in TEXTS]
    for change, message in (
        ({"fit": {"epochs": 9}}, "epochs was 4, is 9"),
        ({"fit": {"seed": 2}}, "seed was 1, is 2"),
        ({"build": {"units": 7}}, "units was 6, is 7"),
        ({"build": {"dropout": 0.5}}, "rate of dropout was 0.3, is 0.5"),
        ({"build": {"type_dropout": 0.25}}, "type_dropout of embedding was 0.2, is 0.25"),
        ({"build": {"max_tokens": 9}}, "max_tokens was 400, is 9"),
        ({"build": {"learning_rate": 0.5}}, "learning_rate was 0.001, is 0.5"),
        ({"build": {"texts": other_texts}}, r"the vocabulary has changed \(7 entries\)"),
        ({"data": {"targets": 1 - TARGETS}}, r"the training data has changed \(48 entries\)"),
        ({"data": {"texts": other_texts}}, "the training data has changed.*the validation data has changed"),
    ):
        data, model = make_splits(**change.get("data", {})), build(**change.get("build", {}))
        for folder in ("cut", "finished"):
            with pytest.raises(ValueError, match=message):
                fit(model, data, tmp_path / folder, **{**OPTIONS, **change.get("fit", {})})
    assert (tmp_path / "cut" / "checkpoint.npz").exists()
