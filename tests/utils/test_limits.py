"""Limits of the sizes of inputs."""

import pytest

from rnn_templates.utils.limits import MAX_JSON_BYTES, check_limit, find_excess, limit


def test_an_environment_variable_replaces_a_limit_and_is_named_in_the_error(monkeypatch):
    assert limit("MAX_JSON_BYTES") == MAX_JSON_BYTES
    with pytest.raises(ValueError, match="card.json has 99,999,999 bytes, .*RNN_TEMPLATES_MAX_JSON_BYTES changes it"):
        check_limit("card.json", "MAX_JSON_BYTES", 99_999_999)
    monkeypatch.setenv("RNN_TEMPLATES_MAX_JSON_BYTES", "100000000")
    check_limit("card.json", "MAX_JSON_BYTES", 99_999_999)
    assert find_excess("MAX_JSON_BYTES", 100_000_001, "characters").startswith("100,000,001 characters, and the limit")


@pytest.mark.parametrize("value", ["", "0", "-1", "2e9", "many"])
def test_a_limit_that_is_no_positive_integer_is_not_ignored(monkeypatch, value):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_JSON_BYTES", value)
    with pytest.raises(ValueError, match="RNN_TEMPLATES_MAX_JSON_BYTES must be a positive integer"):
        limit("MAX_JSON_BYTES")
