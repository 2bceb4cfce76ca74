"""Signatures that are read from the source: equal to those of the imported functions, or an error."""

import inspect
import sys

import pytest

from rnn_templates import registry
from rnn_templates.training import fit
from rnn_templates.utils.arguments import argument_help
from rnn_templates.utils.declaration import declare


def test_the_declaration_of_every_template_equals_its_imported_function():
    pairs = [(declare("rnn_templates.training.fit:fit"), fit)]
    for template in map(registry.get, registry.names()):
        pairs += [(template.declaration(part), template.load(part)) for part in ("builder", "data_kwargs")]
    for declared, function in pairs:
        assert inspect.signature(declared) == inspect.signature(function, eval_str=True), function
        assert (declared.__name__, declared.__doc__) == (function.__name__, function.__doc__)
        assert argument_help(declared) == argument_help(function)
        assert declared is not function


def test_a_function_that_is_not_read_from_the_source_is_an_error_and_its_template_imports_it(tmp_path, monkeypatch):
    (tmp_path / "declared_package").mkdir()
    (tmp_path / "declared_package" / "__init__.py").write_text("raise AssertionError('imported')")
    (tmp_path / "declared_package" / "forms.py").write_text(
        "import functools\nfrom pathlib import Path\nSIZE = 2 * 3\n"
        "def plain(splits, /, name, *rest, size: int | None = SIZE, folder: 'Path | None' = None, **options): ...\n"
        "@functools.cache\ndef decorated(units=3): ...\n"
        "def computed(units=open): ...\n"
        "def unknown(units=missing): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    declared = declare("declared_package.forms:plain")
    assert str(inspect.signature(declared)) == (
        "(splits, /, name, *rest, size: int | None = 6, folder: 'Path | None' = None, **options)"
    )
    assert "declared_package" not in sys.modules
    for name, message in (("decorated", "decorators"), ("unknown", "missing"), ("absent", "absent")):
        with pytest.raises(ValueError, match=message):
            declare(f"declared_package.forms:{name}")
    with pytest.raises(ValueError, match="no source"):
        declare("declared_package.nothing:plain")
