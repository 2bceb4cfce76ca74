"""Evaluation of language models."""

import json

import numpy as np
import pytest
from support import text_generation as spec

import rnn_templates as rt
from rnn_templates.evaluation.language_model import evaluate_language_model, language_model_report


def test_metrics_are_those_of_the_log_probabilities():
    ids = [np.array([3, 4, 1]), np.array([4])]
    log_probs = [np.log([0.5, 0.25, 0.125]), np.log([0.5])]
    report = language_model_report(["abx", "b"], ids, log_probs, np.array([0, 1, 0, 1, 2]), num_worst=1)
    nats = np.log(2) * (1 + 2 + 3 + 1)
    assert (report.examples, report.tokens, report.characters) == (2, 4, 6)
    np.testing.assert_allclose(report.nats_per_character, nats / 6)
    np.testing.assert_allclose(report.bits_per_character, 7 / 6)
    np.testing.assert_allclose(report.perplexity, np.exp(nats / 4))
    assert (report.unknown, report.confident) == (0.25, 0.5)
    assert [passage.text for passage in report.worst_examples] == ["abx"]
    assert [(row.first, row.last, row.tokens) for row in report.position_curve] == [(0, 2, 4)]


def test_a_model_is_evaluated_from_the_beginning_of_each_text_beside_the_n_gram_model(tmp_path):
    model = spec.build(randomize=False)
    report = evaluate_language_model(model, spec.splits().test, baseline=spec.splits().train)
    losses = []
    for text in spec.examples:  # every prefix by itself, through the network
        ids = np.array([model.preprocessor.encode(text)], np.int32)
        for position in range(1, ids.shape[1]):
            logits = np.array(model.network(ids[:, :position]))[0, -1]
            losses.append(np.log(np.exp(logits).sum()) - logits[ids[0, position]])
    np.testing.assert_allclose(report.nats_per_character, np.mean(losses), rtol=1e-5)
    assert report.baseline["bits_per_character"] < report.bits_per_character  # of a model that is not trained
    report.save(tmp_path)
    assert (tmp_path / "loss_by_position.png").exists()
    assert json.loads((tmp_path / "report.json").read_text())["baseline"]["perplexity"] > 1
    assert "n-gram" in "".join(str(column.header) for column in report.tables()[0].columns)


def test_empty_texts_and_probabilities_that_are_not_finite_are_errors():
    with pytest.raises(ValueError, match="must have a token"):
        language_model_report([""], [np.zeros(0, int)], [np.zeros(0)], np.ones(4))
    with pytest.raises(ValueError, match="not finite"):
        language_model_report(["a"], [np.array([3])], [np.array([np.nan])], np.ones(4))
    model = spec.build()
    with pytest.raises(ValueError, match="must have a token"):
        rt.evaluate(model, ([""], None))
