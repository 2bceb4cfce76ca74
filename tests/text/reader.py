"""A reader for a device: the files of an exported folder to ids, with the standard library alone.

It knows nothing of rnn_templates, and is what `docs/splitting.md` asks to be ported.
"""

import json
import re


def make_reader(folder):
    with open(f"{folder}/splitting.json", encoding="utf-8") as file:
        rule = json.load(file)
    with open(f"{folder}/vocabulary.txt", encoding="utf-8", newline="\n") as file:
        number = {token: line for line, token in enumerate(file.read().split("\n")[:-1])}

    def characters(*ranges):
        return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in sum(ranges, []))

    folds = {c: c + by for first, last, step, by in rule["folds"] for c in range(first, last + 1, step)}
    folds |= {c: None for first, last in rule["dropped"] for c in range(first, last + 1)}
    joiner, space = rule["joiner"], characters(rule["space"])
    word = f"[^{joiner}{space}{characters(rule['single'])}]+"
    token = re.compile(f"{word}(?:{joiner}{word})*|[^{space}]")
    line_break = re.compile(rule["line_break"].encode())

    def read(text):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        text = line_break.sub(b" ", data).decode("utf-8", "replace").translate(folds)
        ids = [number.get(found, 1) for found in token.findall(text)]
        most = rule["max_words"] or len(ids)  # null keeps all words
        return ids if len(ids) <= most else ids[: most - most // 2] + ids[len(ids) - most // 2 :]

    return read
