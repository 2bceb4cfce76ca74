"""Lines of a file as they are appended, or of standard input."""

import os
import sys
import time

from rnn_templates.utils.limits import check_limit, limit

INTERVAL = 0.2  # seconds between two looks at a file


class Tail:
    """Iterator of the lines of a file, from its beginning on, which waits for further ones; or of standard input.

    A last line without a line feed is returned when its line feed comes, and at the end of standard input. Only
    standard input has an end. If the file becomes shorter or is replaced, it is read from its beginning.

    Args:
        path: `Path`, or "-" for standard input.
        report: function of a str; called when the file became shorter or was replaced.

    Attributes:
        number: int; number of the last line.

    Raises:
        ValueError: if a line is longer than MAX_LINE_CHARACTERS.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.cli.tail import Tail
        >>> _ = Path("mine.csv").write_text("a,b\\n1,2\\n3")
        >>> lines = iter(Tail(Path("mine.csv"), print))
        >>> next(lines), next(lines)
        ('a,b', '1,2')
    """

    def __init__(self, path, report):
        self.path, self._report, self.number = path, report, 0
        self._most = limit("MAX_LINE_CHARACTERS")

    def __iter__(self):
        if str(self.path) == "-":
            while line := sys.stdin.buffer.readline(self._most + 1):
                yield self._decode(line)
            return
        while True:
            yield from self._follow()
            self.number = 0

    def _follow(self):
        """Yields the lines of the file until it is replaced or becomes shorter."""
        with open(self.path, "rb") as file:
            pending, position = b"", 0
            while True:
                part = file.readline(self._most + 1 - len(pending))
                pending, position = pending + part, position + len(part)
                if pending.endswith(b"\n") or len(pending) > self._most:
                    line, pending = pending, b""
                    yield self._decode(line)
                elif not part:
                    if reason := self._is_replaced(file, position):
                        self._report(f"{self.path} {reason}; it is read from its beginning.")
                        return
                    time.sleep(INTERVAL)

    def _is_replaced(self, file, position):
        """Why the file must be opened again, or None."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:  # between the two steps of a rotation
            return None
        if found.st_ino != os.fstat(file.fileno()).st_ino:
            return "was replaced"
        return "became shorter" if found.st_size < position else None

    def _decode(self, line):
        self.number += 1
        check_limit(f"Line {self.number} of {self.path}", "MAX_LINE_CHARACTERS", len(line))
        return line.decode("utf-8-sig" if self.number == 1 else "utf-8", "replace").rstrip("\r\n")
