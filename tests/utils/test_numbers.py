"""Numbers in tables and in JSON."""

import json

import numpy as np
import pytest

from rnn_templates.utils.numbers import format_number, to_json


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.8e-7, "1.8e-07"), (-2e-5, "-2.0e-05"), (0.0, "0.0000"), (0.001, "0.0010"), (0.0003, "0.0003"),
     (float("inf"), "inf"), (3, "3"), (12000, "12,000"), (True, "True"), (np.float32(0.5), "0.5000"),
     (np.int64(7), "7")],
)  # fmt: skip
def test_a_small_number_is_not_rounded_to_zero(value, text):
    assert format_number(value) == text


def test_json_has_no_bare_nan_and_takes_numpy_values():
    value = {"nan": [float("nan"), -float("inf")], "array": np.array([1.5, np.nan]), "count": np.int64(3), "ü": None}
    parsed = json.loads(to_json(value), parse_constant=pytest.fail)
    assert parsed == {"nan": [None, None], "array": [1.5, None], "count": 3, "ü": None}
    surrogate = to_json({"\ud800": "a\udc80"})
    assert surrogate.isascii() and json.loads(surrogate) == {"\ud800": "a\udc80"}
    assert "ü" in to_json(value, indent=None) and "\n" not in to_json(value, indent=None)
