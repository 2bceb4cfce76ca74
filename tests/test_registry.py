"""The registry: records by name and by model, templates of other packages, errors."""

import dataclasses
import os
import sys
import types
from importlib import metadata

import pytest
from support import toy_package

from rnn_templates import registry
from rnn_templates.registry import Demo, Template

OTHER = Template(
    name="other",
    summary="One to one: for a test.",
    builder="other_package:other_model",
    task="other_package:OtherTask",
    evaluate="other_package:evaluate",
    data_kind="labeled_texts",
    datasets=("reviews",),
    headline_metric="accuracy",
)


@pytest.fixture
def package(monkeypatch):
    """A package with a template, and an empty list of registered templates."""
    module = types.ModuleType("other_package")
    module.other_model = lambda **options: options
    module.data_kwargs = lambda splits: {}
    module.OtherTask = type("OtherTask", (), {"__module__": "other_package"})
    monkeypatch.setitem(sys.modules, "other_package", module)
    monkeypatch.setattr(registry, "_REGISTERED", {})
    return module


def test_an_unknown_name_is_an_error_that_lists_the_names():
    with pytest.raises(ValueError, match="weather.*captioning.*translation"):
        registry.get("weather")


def test_a_registered_template_is_found_by_name_and_by_its_models(package):
    registry.register(OTHER)
    assert "other" in registry.names() and registry.get("other") is OTHER
    assert registry.of(package.OtherTask()) is OTHER
    assert registry.of(type("Special", (package.OtherTask,), {})()) is OTHER
    assert OTHER.load("builder")(units=3) == {"units": 3}
    assert OTHER.load("data_kwargs") is package.data_kwargs


def test_two_templates_cannot_have_one_name(package):
    with pytest.raises(ValueError, match="sentiment"):
        registry.register(dataclasses.replace(OTHER, name="sentiment"))
    registry.register(OTHER)
    registry.register(OTHER)
    with pytest.raises(ValueError, match="other"):
        registry.register(dataclasses.replace(OTHER, demo=Demo(fit={"epochs": 2})))
    with pytest.raises(TypeError, match="`template`"):
        registry.register("sentiment")


def test_templates_of_packages_are_found_once_installed_and_looked_for_once(monkeypatch, tmp_path):
    def read(group):
        reads.append(group)
        return metadata.entry_points(group=group)

    reads = []
    monkeypatch.setattr(registry, "metadata", types.SimpleNamespace(entry_points=read))
    monkeypatch.setattr(registry, "_REGISTERED", {})
    monkeypatch.delitem(sys.modules, "toy_template", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert "toy" not in registry.names()
    os.utime(tmp_path, (0, 0))  # installed within the resolution of the time stamps
    toy_package.install(tmp_path)
    assert registry.get("toy").builder == "toy_template.builder:toy_model" and "toy" in registry.names()
    assert reads == [registry.ENTRY_POINTS] * 2
    sys.path.remove(str(tmp_path))
    assert "toy" not in registry.names()


def test_a_missing_part_and_a_model_without_a_template_are_errors(package):
    with pytest.raises(ImportError, match="other_package.*search_space"):
        OTHER.load("search_space")
    with pytest.raises(ImportError, match="`evaluate`"):
        OTHER.load("evaluate")
    with pytest.raises(ValueError, match="object"):
        registry.of(object())
