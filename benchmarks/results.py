"""Writes a generated table into benchmarks/RESULTS.md, between its two markers."""

import pathlib

RESULTS = pathlib.Path(__file__).parent / "RESULTS.md"


def replace_table(name, lines, path=RESULTS):
    """Replaces the lines between `<!-- NAME: begin -->` and `<!-- NAME: end -->`."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = path.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{path}: the markers {begin} and {end} are missing.")
    before, rest = text.split(begin)
    path.write_text(before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1], encoding="utf-8")
