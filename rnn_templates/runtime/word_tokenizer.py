"""A reader for a device: the files of an exported folder to numbers, with the standard library alone.

It knows nothing of rnn_templates, and is what `docs/splitting.md` asks to be ported.
"""

import json
import re


def load(folder):
    with open(f"{folder}/preprocessing.json", encoding="utf-8") as file:
        rule = json.load(file)
    with open(f"{folder}/vocabulary.txt", encoding="utf-8", newline="\n") as file:
        return rule, {token: line for line, token in enumerate(file.read().split("\n")[:-1])}


def make_splitter(rule):
    def characters(*ranges):
        return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in sum(ranges, []))

    dropped = {c: None for first, last in rule["dropped"] for c in range(first, last + 1)}
    folds = {c: c + by for first, last, step, by in rule["case_folds"] for c in range(first, last + 1, step)} | dropped
    joiner, space = rule["joiner"], characters(rule["space"])
    word = f"[^{joiner}{space}{characters(rule['single'])}]+"
    token = re.compile(f"{word}(?:{joiner}{word})*|[^{space}]")
    line_break = re.compile(rule["line_break"].encode())

    def split(text):  # tokens as the vocabulary knows them, as they are written, their starts and ends
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        text = line_break.sub(lambda found: b" " * len(found[0]), data).decode("utf-8", "replace")
        written, places = text.translate(dropped), [i for i, c in enumerate(text) if ord(c) not in dropped]
        spans = [(found[0], *found.span()) for found in token.finditer(text.translate(folds))]
        return [(folded, written[i:j], places[i], places[j - 1] + 1) for folded, i, j in spans]

    return split


def make_reader(folder):  # for a model that reads one row of ids
    rule, number = load(folder)
    split = make_splitter(rule)

    def read(text):
        ids = [number.get(folded, 1) for folded, *_ in split(text)]
        most = rule["max_tokens"] or len(ids)  # null keeps all words
        return ids if len(ids) <= most else ids[: most - most // 2] + ids[len(ids) - most // 2 :]

    return read


def make_tagger_reader(folder):  # for a model that reads each word's id and its letters
    rule, number = load(folder)
    split, most = make_splitter(rule), rule["max_word_bytes"]

    def read(text):  # pieces of at most max_tokens tokens: their words, spellings, and (written, start, end)
        words, spellings, tokens = [], [], []
        for folded, written, start, end in split(text):
            data = written.encode()
            data = data if len(data) <= most else data[: most - most // 2] + data[len(data) - most // 2 :]
            words.append(number.get(folded, 1))
            spellings.append([byte + 1 for byte in data])
            tokens.append((written, start, end))
        cuts = [slice(i, i + rule["max_tokens"]) for i in range(0, len(words), rule["max_tokens"])]
        return [(words[cut], spellings[cut], tokens[cut]) for cut in cuts]

    return read
