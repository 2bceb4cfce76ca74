"""Atomic writing: the previous file stays until the new one is complete."""

import os
import subprocess
import sys

import pytest

from rnn_templates.utils.atomic import atomic_write, temporary_folder, write_text


def test_an_error_leaves_the_previous_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "labels.txt"
    write_text(path, "good\n")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"good\n" and list(tmp_path.iterdir()) == [path]
    write_text(path, "gut\n")
    assert path.read_text() == "gut\n" and path.stat().st_mode & 0o777 == 0o644


def test_temporary_files_of_killed_processes_are_deleted_by_the_next_write_and_those_of_running_ones_kept(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from rnn_templates.utils.atomic import atomic_write, temporary_folder\n"
        "with temporary_folder(sys.argv[1] + '/model'), atomic_write(sys.argv[1] + '/model.keras') as file:\n"
        "    file.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path])
    assert killed.returncode == -9
    assert len(list(tmp_path.glob(".model-*"))) == 2
    running = tmp_path / f".model-{os.getpid()}-abcdefgh.keras"
    others = [running, tmp_path / ".model-1x-abcdefgh.keras", tmp_path / ".other-999999999-abcdefgh.keras"]
    for path in others:
        path.write_text("kept")
    write_text(tmp_path / "model.keras", "whole")
    with temporary_folder(tmp_path / "model"):
        pass
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "model.keras", *others])
