"""The tasks, the cache of results and the page of `benchmarks/cell_table.py`."""

import collections
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn_templates.cells import CELLS

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from cell_table import page, training  # noqa: E402
from cell_table.results import Results  # noqa: E402
from cell_table.tasks import KEYS, MEMORY, PARITY, RECALL, TASKS, majority_of_stored  # noqa: E402


def test_a_result_is_found_with_its_settings_only_and_others_of_the_cell_are_kept(tmp_path):
    results = Results(tmp_path / "new" / "folder")
    assert results.find("gru", "parity", {"units": 4}) is None
    results.save("gru", "parity", {"units": 4}, {"1": {"40": 0.5}})
    results.save("gru", "recall", {"units": 4}, {"1": {"8": 0.25}})
    again = Results(tmp_path / "new" / "folder")
    assert again.find("gru", "parity", {"units": 4}) == {"1": {"40": 0.5}}
    assert again.find("gru", "recall", {"units": 4}) == {"1": {"8": 0.25}}
    assert again.find("gru", "parity", {"units": 8}) is None and again.find("lstm", "parity", {"units": 4}) is None


def test_an_interrupted_measurement_continues_with_the_missing_seeds(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("cell_table_script", ROOT / "benchmarks" / "cell_table.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    trained, interrupted = [], True

    def train_and_test(task, cell, seeds):
        for seed in seeds:
            if interrupted and (task, seed) == (RECALL, 2):
                raise KeyboardInterrupt
            trained.append((task.name, seed))
            yield seed, {column: 1 / seed for column in task.columns}

    monkeypatch.setattr(script.training, "train_and_test", train_and_test)
    results = Results(tmp_path)
    results.save("gru", "properties", script.PROPERTIES, {"accuracy": 1.0})
    with pytest.raises(KeyboardInterrupt):
        list(script._measure(results, "gru", script.SEEDS))
    interrupted = False
    list(script._measure(results, "gru", script.SEEDS))
    assert trained == [(task.name, seed) for task in TASKS for seed in script.SEEDS]
    assert results.find("gru", "recall", script._settings(RECALL))["3"] == {"6": 1 / 3, "12": 1 / 3, "24": 1 / 3}


def test_an_accuracy_counts_the_steps_of_its_column_that_have_a_target():
    targets = np.full((2, 48), -1)
    targets[:, 1::2] = 1
    predictions = np.zeros((2, 48), int)
    predictions[0, 11], predictions[:, 22:24] = 1, 1
    assert RECALL.accuracies(predictions, targets) == {"6": 0.5, "12": 1.0, "24": 0.0}
    assert {name: (one.start, one.stop) for name, one in MEMORY.columns.items()} == {
        "100": (90, 100), "1,000": (990, 1000), "10,000": (9990, 10_000)
    }  # fmt: skip
    for task in TASKS:
        assert max(one.stop for one in task.columns.values()) <= task.generate(1, task.test_size, 0)[1].shape[1]


def test_the_baseline_of_recall_is_the_most_frequent_value_and_ignores_the_keys():
    inputs, targets = RECALL.generate(300, 24, 5)
    predicted = majority_of_stored(inputs)
    for sequence, row in zip(inputs[:20], predicted, strict=False):
        counts = collections.Counter()
        for step, values in enumerate(sequence[:, KEYS:]):
            counts.update(np.flatnonzero(values).tolist())
            assert counts[row[step]] == max(counts.values())
    without_keys = np.concatenate([np.zeros_like(inputs[:, :, :KEYS]), inputs[:, :, KEYS:]], axis=2)
    np.testing.assert_array_equal(majority_of_stored(without_keys), predicted)
    assert 0.5 < RECALL.accuracies(predicted, targets)["24"] < 0.7


def test_a_reset_network_equals_a_new_one_and_windows_pass_the_states_on():
    x, y = (array[None] for array in PARITY.generate(4, 12, 3))
    network = training.Network("lstm", 1, 2, 100, 1e-2)
    network.reset(1)
    first = [weight.numpy() for weight in network.weights]
    network.train(x, y)
    trained = [weight.numpy() for weight in network.weights]
    assert all((a != b).any() for a, b in zip(first, trained, strict=True))
    network.reset(1)
    network.train(x, y)
    for weight, expected in zip(network.weights, trained, strict=True):
        np.testing.assert_allclose(weight.numpy(), expected, atol=1e-6)
    kernel, recurrent_kernel, bias, head, _ = network.weights
    kernel.assign(np.repeat([0.0, 0.0, 2.0, 0.0], 32)[None])  # i, f, g, o: c adds tanh(2 x)
    recurrent_kernel.assign(np.zeros((32, 128)))
    bias.assign(np.repeat([5.0, 5.0, 0.0, 5.0], 32))
    head.assign(np.tile([[0, 1]], (32, 1)))
    network.weights[-1].assign([16.0, 0.0])  # class 1 once a bit was one
    np.testing.assert_array_equal(network.predict(x[0], window=4), np.maximum.accumulate(x[0, :, :, 0], axis=1))


def figures(**cells):
    """Medians of made-up cells: parity of 400 bits, recall of 24 pairs, and memory of 100 and of 10,000 steps."""
    found = {page.CHANCE: {}, page.MAJORITY: {("recall", "24"): 0.6}}
    for name, (parity, recall, short, long) in cells.items():
        found[name] = {
            ("parity", "400"): parity, ("recall", "24"): recall, ("memory", "100"): short, ("memory", "10,000"): long
        }  # fmt: skip
    return found


def test_conclusions_list_the_cells_whose_figures_they_describe():
    accuracies = figures(
        gru=(1.0, 0.8, 1.0, 0.7),
        lstm=(0.95, 0.9, 0.96, 0.99),
        mingru=(0.52, 0.62, 0.97, 0.1),
        vanilla=(0.9, 0.6, 0.4, 0.2),
    )
    speeds = {"gru": 1.0, "lstm": 2.0, "mingru": 3.0, "vanilla": 4.0}
    parity, linear, recall, memory, all_tasks = page.conclusions(accuracies, speeds).splitlines()
    assert "`gru` and `lstm` track it" in parity and "; `mingru` are at chance" in parity
    assert "(`mingru`): at most 0.52" in linear
    assert "`lstm` 0.90, `gru` 0.80 and `mingru` 0.62; `mingru` and `vanilla` are" in recall
    assert "`lstm` 0.99 keep" in memory and memory.endswith("lower after 10,000: `gru` 0.70 and `mingru` 0.10.")
    assert all_tasks.endswith("the fastest first: `lstm` and `gru`.")


def test_a_page_contains_medians_with_ranges_and_is_read_back():
    found = {"parameters": 9, "streams": True, "accuracy": 1, "int8_difference": 0, "int8_change": 0, "built_in": False}
    seeds = [{column: value for task in TASKS for column in task.columns} for value in (0.5, 0.9, 0.7)]
    names, tasks = ("gru", "mingru"), dict.fromkeys((task.name for task in TASKS), seeds)
    text = page.render(dict.fromkeys(names, found), {"gru": 1.25, "mingru": 3}, dict.fromkeys(names, tasks))
    assert "| `gru` | 9 | 1.000 | 0.0000, +0.000 | no | yes | 1.25 |" in text and "| 0.70 (0.50 to 0.90) |" in text
    accuracies = page.read_accuracies(text)
    assert accuracies["gru"] == {(task.name, column): 0.7 for task in TASKS for column in task.columns}
    assert accuracies[page.CHANCE][("memory", "100")] == 0.25 and len(accuracies[page.MAJORITY]) == 3
    assert page.read_speeds(text) == {"gru": 1.25, "mingru": 3.0}
    assert page.conclusions(accuracies, page.read_speeds(text)) in text


def test_the_page_in_docs_has_all_cells_and_conclusions_that_follow_from_its_tables():
    text = page.PATH.read_text(encoding="utf-8")
    accuracies, speeds = page.read_accuracies(text), page.read_speeds(text)
    assert set(accuracies) == {page.CHANCE, page.MAJORITY, *CELLS} and set(speeds) == set(CELLS)
    assert page.conclusions(accuracies, speeds) in text
