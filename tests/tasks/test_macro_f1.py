"""MacroF1: compared with scikit-learn, batch by batch."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from rnn_templates.tasks.macro_f1 import MacroF1


@pytest.mark.parametrize("multi_label", [False, True])
def test_batches_give_the_score_of_scikit_learn(multi_label):
    generator = np.random.default_rng(1)
    logits = generator.normal(size=(90, 4)).astype("float32")
    logits[:, 3] -= 9  # the last label is never predicted
    targets = generator.integers(0, 2, (90, 4)) if multi_label else generator.integers(0, 4, 90)
    metric = MacroF1(4, multi_label=multi_label)
    for rows in np.split(np.arange(90), 3):
        metric.update_state(targets[rows], logits[rows])
    predicted = logits > 0 if multi_label else logits.argmax(1)
    expected = f1_score(targets, predicted, average="macro", zero_division=0)
    assert float(metric.result()) == pytest.approx(expected, abs=1e-6)
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_a_label_that_does_not_occur_is_left_out():
    metric = MacroF1.from_config(MacroF1(3).get_config())
    metric.update_state([[0], [1]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    assert float(metric.result()) == 1.0
