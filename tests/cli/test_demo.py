"""`demo`: from generated data to predictions of an exported file."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from support.command_line import run

from rnn_templates import registry
from rnn_templates.data.splits import Splits


def change_demo(monkeypatch, name, **parts):
    """Changes settings of a template's demo for one test."""
    records = {one: registry.get(one) for one in registry.names()}
    demo = records[name].demo
    changed = {part: {**getattr(demo, part), **values} for part, values in parts.items()}
    records[name] = dataclasses.replace(records[name], demo=dataclasses.replace(demo, **changed))
    monkeypatch.setattr(registry, "get", records.__getitem__)


def test_a_demo_ends_with_metrics_and_predictions(capsys, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    labels = ("dark", "light")

    def part(count):
        classes = np.arange(count) % 2
        images = (rng.integers(0, 60, (count, 12, 12, 1)) + 150 * classes[:, None, None, None]).astype(np.uint8)
        files = [tf.io.encode_png(image).numpy() for image in images]
        return tf.data.Dataset.from_tensor_slices((files, classes))

    splits = Splits("glyphs", part(64), part(8), part(8), labels=labels, sizes={"train": 64})
    monkeypatch.setattr("rnn_templates.data.load", lambda source: splits)
    change_demo(monkeypatch, "image_classification", builder={"filters": 4, "image_size": 12},
                fit={"batch_size": 16, "epochs": 3})  # fmt: skip
    code, out, err = run(capsys, "demo", "image_classification", "--output", tmp_path / "demo")
    assert code == 0, err
    for label in labels:
        assert f"“{label}”" in out and f"{label} (" in out


@pytest.mark.slow
def test_the_demo_of_sentiment_separates_what_its_baseline_cannot(capsys, tmp_path, monkeypatch):
    change_demo(monkeypatch, "sentiment", fit={"epochs": 3})
    code, out, err = run(capsys, "demo", "--output", tmp_path / "demo", "--json")
    assert code == 0, err
    result = json.loads(out)
    assert float(result["metrics"]["accuracy of the template, test split"]) >= 0.97
    assert float(result["metrics"]["accuracy of the baseline"]) <= 0.60
    assert [prediction["label"] for prediction in result["predictions"]] == ["positive", "negative"] * 2
    np.testing.assert_array_less([0.5] * 4, [prediction["probability"] for prediction in result["predictions"]])
