"""The comparison of exported files with Keras, on a task and a target without TensorFlow graphs."""

import json

import numpy as np
import pytest

from rnn_templates.export import parity as parity_module
from rnn_templates.export.parity import ParityError, check_parity
from rnn_templates.export.targets.base import ExportedFile, ExportTarget
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.signature import Signature, in_batches
from rnn_templates.tasks.task import Task
from rnn_templates.tasks.text_generator import TextGenerator

USUAL, OTHER = Prediction(np.array([7, 2]), np.array([0.9])), Prediction(np.array([8, 2]), np.array([0.2]))


class Target(ExportTarget):
    """A format whose files contain, as JSON, the scores to return for every example."""

    name, interface = "json", "device"
    files = (ExportedFile("exact.json", 0.01), ExportedFile("small.json", 0.3, "int8"))

    def write(self, task, folder):
        raise NotImplementedError

    def open(self, path):
        content = json.loads(path.read_text())

        def run(signature, examples):
            return {key: np.array([content[one][key] for one in examples]) for key in ("outputs", "scores")}

        return run

    def list_ops(self, path):
        return ["ADD"]


class FakeTask:
    """A task with two signatures, whose Keras predictions are always `USUAL`."""

    metric_name, min_agreement = "accuracy", {"float32": 0.99, "int8": 0.5}

    def __init__(self, base=TextGenerator):
        self.agreement, self.is_comparable = base.agreement, base.is_comparable

    def predict_examples(self, examples, strategy=None):
        return [USUAL for _ in examples]

    def score(self, predictions, targets):
        return float(np.mean([prediction.outputs[0] == 7 for prediction in predictions]))

    def device_signatures(self):
        encode = in_batches(lambda examples: {"examples": examples}, size=3)

        def decode(outputs, examples):
            return [Prediction(*one) for one in zip(outputs["outputs"], outputs["scores"], strict=True)]

        return [
            Signature("part", (), None),
            Signature("greedy", (), None, encode, decode, "greedy"),
            Signature("beam", (), None, encode, decode, "beam"),
        ]


def write(folder, name, **predictions):
    content = {
        example: {"outputs": prediction.outputs.tolist(), "scores": prediction.scores.tolist()}
        for example, prediction in {"usual": USUAL, "other": OTHER, **predictions}.items()
    }
    (folder / name).write_text(json.dumps(content))


@pytest.fixture(autouse=True)
def _only_this_target(monkeypatch):
    monkeypatch.setattr(parity_module, "TARGETS", (Target(),))


def test_a_report_has_one_row_per_file_and_comparable_signature(tmp_path):
    write(tmp_path, "exact.json")
    write(tmp_path, "small.json")
    examples = ["usual"] * 5
    report = check_parity(FakeTask(), tmp_path, examples, targets=examples)
    assert (report["examples"], report["metric"]) == (5, "accuracy")
    rows = [(row["target"], row["signature"]) for row in report["targets"]]
    files = [(name, signature) for name in ("exact.json", "small.json") for signature in ("greedy", "beam")]
    assert rows == [("keras", "greedy"), ("keras", "beam"), *files]
    for row in report["targets"][2:]:
        assert (row["max_abs_difference"], row["label_agreement"], row["metric_change"]) == (0.0, 1.0, 0.0)
        assert row["size_bytes"] == (tmp_path / row["target"]).stat().st_size and row["latency_ms"] >= 0
    assert [row.get("ops") for row in report["targets"][2:]] == [None, ["ADD"]] * 2


def test_a_file_that_was_not_exported_is_left_out(tmp_path):
    write(tmp_path, "small.json")
    report = check_parity(FakeTask(), tmp_path, ["usual"])
    assert {row["target"] for row in report["targets"]} == {"keras", "small.json"}
    assert report["targets"][-1]["metric_change"] is None


def test_one_text_in_a_hundred_may_differ_and_its_probability_is_not_compared(tmp_path):
    write(tmp_path, "exact.json")
    rows = check_parity(FakeTask(), tmp_path, ["usual"] * 99 + ["other"])["targets"][2:]
    assert [(row["label_agreement"], row["max_abs_difference"]) for row in rows] == [(0.99, 0.0)] * 2
    with pytest.raises(ParityError, match=r"exact.json.*greedy.*98.00%.*99%"):
        check_parity(FakeTask(), tmp_path, ["usual"] * 98 + ["other"] * 2)


def test_the_scores_of_a_classifier_are_compared_for_all_examples(tmp_path):
    write(tmp_path, "exact.json", close=USUAL._replace(scores=np.array([0.905])))
    (row, _) = check_parity(FakeTask(Task), tmp_path, ["usual", "close"])["targets"][2:]
    assert row["max_abs_difference"] == pytest.approx(0.005)
    write(tmp_path, "exact.json", close=USUAL._replace(scores=np.array([0.8])))
    with pytest.raises(ParityError, match=r"exact.json.*0.1 .*0.01"):
        check_parity(FakeTask(Task), tmp_path, ["usual", "close"])


def test_the_tolerance_depends_on_the_precision_of_the_file(tmp_path):
    write(tmp_path, "small.json", close=USUAL._replace(scores=np.array([0.7])))
    report = check_parity(FakeTask(), tmp_path, ["close", "other"], targets=["", ""])
    assert report["targets"][-1]["label_agreement"] == 0.5 and report["targets"][-1]["metric_change"] == -0.5
    with pytest.raises(ParityError, match=r"small.json.*33.33%.*50%"):
        check_parity(FakeTask(), tmp_path, ["close", "other", "other"])


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_not_finite_fails(tmp_path, score):
    write(tmp_path, "exact.json", broken=USUAL._replace(scores=np.array([score])))
    with pytest.raises(ParityError, match="exact.json.*nan"):
        check_parity(FakeTask(), tmp_path, ["usual"] * 200 + ["broken"])


def test_a_failing_signature_is_named(tmp_path, monkeypatch):
    write(tmp_path, "exact.json")
    usual_open = Target.open

    def open_with_reversed_beam(self, path):
        run = usual_open(self, path)

        def run_reversed(signature, examples):
            outputs = run(signature, examples)
            return {**outputs, "outputs": outputs["outputs"][:, ::-1]} if signature == "beam" else outputs

        return run_reversed

    monkeypatch.setattr(Target, "open", open_with_reversed_beam)
    with pytest.raises(ParityError, match=r"exact.json, signature 'beam', .*agreement 0.00%"):
        check_parity(FakeTask(), tmp_path, ["usual"])
