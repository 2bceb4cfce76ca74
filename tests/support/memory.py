"""Limits the memory of test processes: a session fails if one of its processes exceeds the limit."""

import resource

import pytest

MAX_GB = 2.5
_PEAKS = {}


def peak_gb():
    """Peak of the resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Stores the peak of this process; the controller of xdist fails the session if a worker exceeded the limit."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["peak_gb"] = peak_gb()
        return
    _PEAKS.setdefault("main", peak_gb())
    if max(_PEAKS.values()) > MAX_GB and not session.exitstatus:
        session.exitstatus = 1


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Collects the peak of a worker of xdist."""
    _PEAKS[node.gateway.id] = getattr(node, "workeroutput", {}).get("peak_gb", 0.0)


def pytest_terminal_summary(terminalreporter):
    """Prints the largest peak."""
    name, peak = max(_PEAKS.items(), key=lambda item: item[1], default=("main", peak_gb()))
    terminalreporter.write_line(f"peak memory of a test process: {peak:.2f} GB ({name}), limit {MAX_GB} GB")
