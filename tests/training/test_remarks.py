"""Remarks on the end of a training, and lines of its progress."""

import io
from types import SimpleNamespace

import numpy as np
from rich.console import Console

from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.remarks import end_of_training, imbalance


def make_loop(stopped="patience", epochs=None, best_epoch=1, targets=(0, 1), **history):
    history = {"val_loss": [0.5, 1.8e-07, 0.4], **history}
    return SimpleNamespace(
        settings=SimpleNamespace(epochs=epochs, monitor="val_loss"),
        best=SimpleNamespace(best_epoch=best_epoch),
        num_epochs=3,
        stopped=stopped,
        history=history,
        train=SimpleNamespace(targets=np.array(targets)),
    )


def test_the_reason_of_the_end_and_the_weights_that_are_kept_are_stated():
    assert end_of_training(make_loop()) == [
        "training ended after epoch 3: val_loss stopped improving; the weights of epoch 2 are kept (val_loss 1.8e-07)"
    ]
    assert "more epochs would help" in end_of_training(make_loop("epochs", epochs=3, best_epoch=2))[1]
    assert len(end_of_training(make_loop("epochs", epochs=3))) == 1
    without = make_loop("epochs", epochs=3)
    without.best = None
    assert end_of_training(without)[0].endswith("all 3 epochs are done; the last weights are kept")


def test_a_classifier_that_neglects_rare_classes_has_a_remark_that_names_the_flag():
    weighted, plain = SimpleNamespace(class_weights=[1.0, 2.0]), SimpleNamespace(class_weights=None)
    model = SimpleNamespace(labels=("no", "yes"), loss=plain)
    most = [0] * 93 + [1] * 7
    (remark,) = imbalance(model, make_loop(targets=most, val_accuracy=[0.93] * 3, val_macro_f1=[0.482] * 3))
    assert remark.startswith("93% of the training examples are 'no': see macro F1 0.482 beside accuracy 0.930; try ")
    assert "--balanced-class-weights" in remark and "balanced_class_weights(targets, num_labels)" in remark
    balanced = {"targets": [0, 1] * 9, "val_accuracy": [0.9] * 3}
    assert imbalance(model, make_loop(**balanced, val_macro_f1=[0.89] * 3)) == []
    assert imbalance(model, make_loop(**balanced, val_macro_f1=[0.5] * 3)) == []
    assert imbalance(model, make_loop(**{**balanced, "targets": [0, 0, 1] * 9}, val_macro_f1=[0.5] * 3))
    assert imbalance(SimpleNamespace(labels=("no", "yes"), loss=weighted), make_loop(targets=most)) == []


def test_progress_has_a_line_for_the_compilation_seconds_an_epoch_and_no_rounded_zero():
    out = io.StringIO()
    bar = TrainingProgress(epochs=3, remark=lambda epoch: f"remark {epoch}", console=Console(file=out, width=40))
    bar.set_params({"epochs": 3, "steps": 2})
    bar.set_model(SimpleNamespace(train_function=None))
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0, {"loss": 0.5})
    bar.on_epoch_end(0, {"loss": 1.8e-07, "accuracy": 1.0})
    compiling, epoch, remark = out.getvalue().splitlines()
    assert compiling.startswith("compiling the training step") and remark == "remark 0"
    assert epoch.startswith("epoch 1/3  loss 1.8e-07  accuracy 1.0000  ") and epoch.endswith(" s")
    bar.set_model(SimpleNamespace(train_function=print))
    assert len(out.getvalue().splitlines()) == 3
