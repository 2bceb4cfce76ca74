"""Checks of arguments: owner and argument are named."""

import pytest

from rnn_templates.utils.validation import (
    check_depth,
    check_fractions,
    check_int,
    check_ints,
    check_sizes,
    validate_labels,
)


def test_valid_values_pass():
    check_int("units", 1)
    check_ints("model", 2, units=2, layers=5)
    check_fractions("model", dropout=0, rate=0.999)
    assert validate_labels("model", "labels", [1, 2]) == ("1", "2")


def test_wrong_values_are_errors_that_name_owner_and_argument():
    for value in (0, -1, True, 1.0, "1", None):
        with pytest.raises(ValueError, match="`units`"):
            check_int("units", value)
        with pytest.raises(ValueError, match="model: `units`"):
            check_ints("model", units=value)
    for value in (-0.1, 1, float("nan")):
        with pytest.raises(ValueError, match="model: `dropout`"):
            check_fractions("model", dropout=value)
    for labels in ([], ["a"], ["a", "a"]):
        with pytest.raises(ValueError, match="model: `labels`"):
            validate_labels("model", "labels", labels)


def test_an_integer_that_is_no_int32_is_named():
    with pytest.raises(ValueError, match=r"model: `units`.*2,147,483,647"):
        check_ints("model", units=10**20)


def test_a_size_or_depth_beyond_the_limit_is_named_and_the_environment_changes_the_limit(monkeypatch):
    with pytest.raises(ValueError, match=r"model: `units` .*from 1 to 16,384 \(RNN_TEMPLATES_MAX_LAYER_SIZE.*1.6 GB"):
        check_sizes("model", units=20_000)
    with pytest.raises(ValueError, match=r"model: `num_layers` .*from 1 to 100 \(RNN_TEMPLATES_MAX_LAYERS changes"):
        check_depth("model", num_layers=101)
    monkeypatch.setenv("RNN_TEMPLATES_MAX_LAYER_SIZE", "20000")
    monkeypatch.setenv("RNN_TEMPLATES_MAX_LAYERS", "101")
    check_sizes("model", 0, units=20_000, filters=0)
    check_depth("model", num_layers=101)
