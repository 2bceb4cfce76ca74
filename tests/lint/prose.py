"""Lints the prose of docstrings, comments, messages and Markdown: field terms and American spelling, by a word list.

python tests/lint/prose.py [paths]    exit status 1 and one line a finding, with file and line
"""

import re
import subprocess
import sys
from pathlib import Path

# Word -> the term to use instead.
WORDS = {
    r"asks?|asked|asking": "run, call, request",
    r"says?|said|saying": "state, report, return",
    r"tells?|told": "report, return, state",
    r"knows?|knew": "is in the vocabulary, holds, is trained on",
    r"whoever|somebody": "name the caller",
    r"otherwise than": "different from",
    r"by itself": "alone, independently",
    r"to be had|to be read|to be seen": "available, encode, detect",
    r"answers?|answered": "prediction, output, hypothesis",
    r"pictures?|photographs?": "image; figure or plot for a drawing by Matplotlib",
    r"gazes?": "attention",
    r"by heart": "memorizes",
    r"surest|unsure": "most confident",
    r"colou?red? by|colours?|coloured|grey|neighbours?|neighbouring|behaviour|catalogue|favour|honour": "American",
    r"(?:normal|initial|token|recogn|summar|regular)is\w+|optimis(?!ti)\w+|labell\w+|modell\w+": "American",
}
PATTERN = re.compile(r"\b(?:" + "|".join(f"(?P<w{i}>{word})" for i, word in enumerate(WORDS)) + r")\b", re.IGNORECASE)
FOLDERS = ("rnn_templates/*.py", "rnn_templates/*.mjs", "docs/*.md", "README.md", "CONTRIBUTING.md", "recipes/*.toml")
# Data, not prose: sentences that the generators draw from, and vocabulary files.
DATA = ("rnn_templates/data/synthetic/",)


def findings(path):
    """Yields (line number, word, term) for every word of the list in a file."""
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        for match in PATTERN.finditer(line):
            index = next(i for i in range(len(WORDS)) if match.group(f"w{i}"))
            yield number, match.group(), list(WORDS.values())[index]


def main(paths):
    """Prints all findings; returns the exit status."""
    if not paths:
        listed = subprocess.run(["git", "ls-files", *FOLDERS], capture_output=True, text=True, check=True).stdout
        paths = [path for path in listed.splitlines() if not path.startswith(DATA) and Path(path).exists()]
    found = [(path, *finding) for path in paths for finding in findings(path)]
    for path, number, word, term in found:
        print(f"{path}:{number}: {word!r}: use {term}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
