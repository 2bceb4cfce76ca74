"""Memory that is available to the process."""

import contextlib
import os
from pathlib import Path

from rnn_templates.utils.limits import limit

try:
    import resource
except ImportError:  # Windows
    resource = None

CGROUP = Path("/sys/fs/cgroup")  # version 2; in a container the files of its own group


def available_memory():
    """Returns the memory that the process can still allocate in bytes, an int; None if the system does not report it.

    It is the minimum of the free memory of the machine, of the control group (container), and of the address space that
    `ulimit -v` allows. The environment variable RNN_TEMPLATES_MEMORY_BYTES replaces it.

    Example:
        >>> from rnn_templates.utils.memory import available_memory
        >>> available_memory() is None or available_memory() > 0
        True
    """
    known = limit("MEMORY_BYTES")
    if known is None:
        sizes = [size for size in (_machine(), _control_group(), _address_space()) if size is not None]
        known = max(0, min(sizes)) if sizes else None
    return known


def _machine():
    with contextlib.suppress(OSError, ValueError, KeyError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(dict(line.split(":", 1) for line in lines)["MemAvailable"].split()[0]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _control_group():
    with contextlib.suppress(OSError, ValueError, KeyError):
        used = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        return int((CGROUP / "memory.max").read_text()) - int(used["anon"])
    return None


def _address_space():
    if resource is None:
        return None
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed == resource.RLIM_INFINITY:
        return None
    with contextlib.suppress(OSError, ValueError, IndexError):
        return allowed - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return allowed
