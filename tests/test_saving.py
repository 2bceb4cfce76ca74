"""load_model and save_model: errors, optimizer state."""

import keras
import numpy as np
import pytest
from support import sentiment

from rnn_templates.saving import load_model, save_model
from rnn_templates.tasks.input_statistics import InputStatistics


@pytest.mark.parametrize(("content", "message"), [(b"not a zip", "not a .keras file"), (None, "There is no model at")])
def test_a_file_that_is_no_model_is_an_error(tmp_path, content, message):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        load_model(path)


def test_a_model_of_another_package_is_an_error(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="not a model of rnn_templates"):
        load_model(tmp_path / "model.keras")


def test_save_keeps_the_optimizer(tmp_path):
    model = sentiment.build()
    model.fit(sentiment.examples, sentiment.targets, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_load_returns_the_input_statistics_of_the_card_and_defaults_without_one(tmp_path):
    save_model(sentiment.build(), tmp_path / "model.keras")
    assert load_model(tmp_path).input_statistics == InputStatistics()
    (tmp_path / "card.json").write_text('{"input_statistics": {"confidence": 0.7}}')
    assert load_model(tmp_path).input_statistics.confidence == 0.7
