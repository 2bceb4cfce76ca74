"""Available memory: of the machine, the control group and the address space."""

import pytest

from rnn_templates.utils import memory
from rnn_templates.utils.memory import available_memory
from rnn_templates.utils.model_size import check_model_size


def test_the_smallest_of_machine_control_group_and_address_space_is_available(monkeypatch, tmp_path):
    resource = pytest.importorskip("resource")
    assert 10**6 < available_memory() < 10**14
    (tmp_path / "memory.stat").write_text("anon 400000\nfile 500000\n")
    (tmp_path / "memory.max").write_text("max\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    assert available_memory() > 10**6
    (tmp_path / "memory.max").write_text("1000000\n")
    assert available_memory() == 600_000  # the page cache can be freed
    (tmp_path / "memory.max").write_text("300000\n")
    assert available_memory() == 0
    (tmp_path / "memory.max").unlink()
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (5000, 5000))
    assert available_memory() == 0
    monkeypatch.setenv("RNN_TEMPLATES_MEMORY_BYTES", "123")
    assert available_memory() == 123


def test_a_model_larger_than_the_memory_is_an_error_that_names_the_largest_sizes(monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_MEMORY_BYTES", "24000000000")
    check_model_size("example_model", 10**9, units=9)
    sizes = {"a": 1, "b": 5, "c": 4, "d": 3, "e": 2}
    with pytest.raises(ValueError, match=r"^example_model: `b` 5, `c` 4, `d` 3, `e` 2 give .* takes 48.0 GB; 24.0 GB"):
        check_model_size("example_model", 2 * 10**9, **sizes)
