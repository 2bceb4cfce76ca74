"""FolderLock: two processes, and a lock that a killed process leaves behind."""

import subprocess
import sys

import pytest

from rnn_templates.utils.lock import FolderLock, FolderLockedError

HOLD = """
import sys, time
from rnn_templates.utils.lock import FolderLock
with FolderLock(sys.argv[1]):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_a_folder_in_use_names_the_other_process_and_is_free_after_kill_9(tmp_path):
    command = [sys.executable, "-c", HOLD, tmp_path / "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "locked\n"
            message = rf"in use by process {process.pid} on "
            with pytest.raises(FolderLockedError, match=message), FolderLock(tmp_path / "run"):
                pass
        finally:
            process.kill()
    assert (tmp_path / "run" / ".lock").exists()
    with FolderLock(tmp_path / "run") as lock:
        assert str(process.pid) not in lock.path.read_text()
        with pytest.raises(FolderLockedError), FolderLock(tmp_path / "run"):
            pass
    assert not (tmp_path / "run" / ".lock").exists()
