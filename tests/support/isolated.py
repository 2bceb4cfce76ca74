"""Code that runs in a process of its own."""

import json
import subprocess
import sys


def run_isolated(code, *arguments, input=None):
    """Runs Python code in a new process, and returns the JSON document that it prints last."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.run(command, input=input, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr[-2000:]
    return json.loads(process.stdout.strip().splitlines()[-1])
