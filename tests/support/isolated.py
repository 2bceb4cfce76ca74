"""Code that runs in a process of its own."""

import json
import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ADDRESS = "TESTS_FORK_SERVER"  # the environment variable with the path of a server's socket


def run_isolated(code, *arguments, input=None, tensorflow=False):
    """Runs Python code in a new process, and returns the JSON document that it prints last."""
    process = run_python(code, *arguments, input=input, tensorflow=tensorflow)
    assert process.returncode == 0, process.stderr[-2000:]
    return json.loads(process.stdout.strip().splitlines()[-1])


def run_python(code, *arguments, input=None, tensorflow=False):
    """Runs Python code in a new process; returns a `subprocess.CompletedProcess`.

    With `tensorflow`, the process may be forked from one that has imported TensorFlow and nothing else of this
    environment (`serve_forks`), which saves the seconds of that import.
    """
    command = [sys.executable, "-c", code, *map(str, arguments)]
    if not tensorflow or ADDRESS not in os.environ:
        return subprocess.run(command, input=input, capture_output=True, text=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        paths[0].write_text(input or "")
        request = {"code": code, "arguments": command[3:], "folder": os.getcwd(), "streams": [*map(str, paths)]}
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(os.environ[ADDRESS])
            connection.sendall(json.dumps(request).encode() + b"\n")
            reply = connection.makefile().read()  # empty if the process crashed
        code = int(reply) if reply else -1
        return subprocess.CompletedProcess(command, code, paths[1].read_text(), paths[2].read_text())


class _Runner(socketserver.StreamRequestHandler):
    """Runs the code of a request in a process that the server has forked for it."""

    def handle(self):
        request = json.loads(self.rfile.readline())
        os.chdir(request["folder"])
        for number, path in enumerate(request["streams"]):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
        sys.argv = ["-c", *request["arguments"]]
        code = 0
        try:
            exec(compile(request["code"], "<string>", "exec"), {"__name__": "__main__"})
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush(), sys.stderr.flush()
        self.wfile.write(str(code).encode())


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 16


def serve_forks(path):
    """Serves requests of `run_python` until the process is killed."""
    with _Server(str(path), _Runner) as server:
        server.serve_forever()
