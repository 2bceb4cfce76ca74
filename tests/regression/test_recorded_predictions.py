"""Regression: the shipped models reproduce recorded predictions, in Keras and in both LiteRT files.

`predictions.json` was recorded before the second plan of the package (docs/decisions/0008); its inputs are texts, for
the tagger tokens, and images in `images.npz` drawn by the generators. Running this file records again; do so only for a
model that has been trained again.
"""

import json
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
SAVED_MODELS = HERE.parents[1] / "saved_models"
RECORDED = json.loads((HERE / "predictions.json").read_text(encoding="utf-8"))
FILES = ("model.tflite", "model_int8.tflite")
# Activations of int8 files are quantized at run time: a rounding error of a float can move one by a whole step.
TOLERANCE = {"keras": 1e-5, "model.tflite": 1e-5, "model_int8.tflite": 1e-4}

pytestmark = pytest.mark.xla


def examples_of(name):
    """Raw inputs of a model: texts, tokens, or images as uint8 arrays."""
    inputs = RECORDED[name]["inputs"]
    if isinstance(inputs, list):
        return inputs
    file, _, key = inputs.partition(":")
    return list(np.load(HERE / file)[key])


def predictions_of(name):
    """Yields (key, predictions) for Keras and both files, by each strategy."""
    from rnn_templates.export.targets.litert import LiteRTModel
    from rnn_templates.saving import load_model
    from rnn_templates.tasks.signature import predict_with

    task, examples = load_model(SAVED_MODELS / name), examples_of(name)
    for signature in task.device_signatures():
        if signature.decode is None:
            continue
        key = signature.strategy or "predict"
        yield f"keras/{key}", task.predict_examples(examples, signature.strategy)
        for file in FILES:
            yield f"{file}/{key}", predict_with(LiteRTModel(SAVED_MODELS / name / file), signature, examples)


@pytest.mark.parametrize("name", RECORDED)
def test_shipped_model_reproduces_its_recorded_predictions(name):
    compared = set()
    for key, predictions in predictions_of(name):
        compared.add(key)
        recorded, tolerance = RECORDED[name]["predictions"][key], TOLERANCE[key.partition("/")[0]]
        for number, (prediction, expected) in enumerate(zip(predictions, recorded, strict=True)):
            where = f"{name}, {key}, example {number}"
            np.testing.assert_array_equal(prediction.outputs, expected["outputs"], err_msg=where)
            np.testing.assert_allclose(prediction.scores, expected["scores"], rtol=0, atol=tolerance, err_msg=where)
    assert compared == set(RECORDED[name]["predictions"])


if __name__ == "__main__":
    for name, entry in RECORDED.items():
        for key, predictions in predictions_of(name):
            entry["predictions"][key] = [
                {
                    "outputs": np.asarray(prediction.outputs).tolist(),
                    "scores": np.round(np.asarray(prediction.scores, np.float64), 7).tolist(),
                }
                for prediction in predictions
            ]
    text = json.dumps(RECORDED, ensure_ascii=False, separators=(",", ":")) + "\n"
    (HERE / "predictions.json").write_text(text, encoding="utf-8")
