"""OptionGroup: from a signature and a docstring to parameters for typer."""

import dataclasses
from pathlib import Path
from typing import get_args

import pytest

from rnn_templates.cli.options import Command, OptionGroup


@dataclasses.dataclass(frozen=True)
class Search:
    """Search.

    Args:
        width: int; number of hypotheses.
    """

    width: int = 5


def example(
    model: Path,
    inputs: list[str] | None = None,
    *,
    units: int = 8,
    rate: float | None = None,
    crf: bool = True,
    labels=(),
    shape: tuple[int, ...] = (1,),
    search: Search = Search(),  # noqa: B008
):
    """Example.

    Args:
        model: folder
            of the model.
        inputs: the inputs.
        units, rate: shared text.
    """


def test_parameters_have_flags_defaults_and_help():
    group = OptionGroup(example, defaults={"units": 16})
    assert group.names == ["model", "inputs", "units", "rate", "crf", "width"]
    declared = {parameter.name: get_args(parameter.annotation) for parameter in group.parameters}
    assert declared["model"][1].help == "Folder of the model."
    assert declared["units"][1].default == "--units" and declared["units"][1].help == "Shared text."
    assert declared["rate"][0] == float | None and declared["rate"][1].help == "Shared text."
    assert declared["crf"][1].default == "--crf/--no-crf"
    assert declared["width"][1].help == "Number of hypotheses."
    assert group.defaults() == {"inputs": None, "units": 16, "rate": None, "crf": True, "width": 5}
    assert OptionGroup(example, skip=("model", "crf")).names == ["inputs", "units", "rate", "width"]


def test_values_are_picked_by_name_and_checked_by_type():
    group = OptionGroup(example)
    assert group.pick({"units": 3, "epochs": 2}) == {"units": 3}
    for name, value in (("units", 3), ("rate", 1), ("rate", 0.5), ("model", "runs/mine"), ("crf", False)):
        group.check_type(name, value)
    for name, value in (("units", 0.5), ("units", True), ("units", "3"), ("crf", 1), ("rate", "low"), ("model", 3)):
        with pytest.raises(ValueError, match=f"`{name}`"):
            group.check_type(name, value)


def test_a_command_calls_its_function_with_the_values_of_every_group():
    calls = []
    command = Command(lambda *values: calls.append(values), [OptionGroup(example, skip=("model",))], "Help.")
    assert command.__doc__ == "Help." and "json" in command.__signature__.parameters
    command(units=2, json=False)
    assert calls == [({"units": 2},)]
