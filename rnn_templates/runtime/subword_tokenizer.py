"""SubwordVocabulary on a device: the files of an exported folder to ids and back, with the standard library alone.

It knows nothing of rnn_templates, and is what `docs/subwords.md` asks to be ported.
"""

import json
import re


def make_subwords(folder):
    with open(f"{folder}/preprocessing.json", encoding="utf-8") as file:
        rule = json.load(file)
    spaces = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in rule["space"]) + "]+")

    def spellings(side):
        with open(f"{folder}/{side}_vocabulary.txt", encoding="utf-8", newline="\n") as file:
            pieces = file.read().split("\n")[rule["first_subword_id"] : -1]
        written = [piece.replace(rule["word_start"], " ").encode() for piece in pieces]
        return [b""] * rule["first_byte_id"] + [bytes([byte]) for byte in range(256)] + written

    number = {spelling: id for id, spelling in enumerate(spellings("source")) if spelling}
    spelling = spellings("target")

    def read(text):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        words, ids = spaces.sub(" ", data.decode("utf-8", "replace")).strip(" "), []
        data = f" {words}".encode() if words else b""
        while data and len(ids) < rule["max_source_length"] - 1:
            length = next(length for length in range(rule["max_token_bytes"], 0, -1) if data[:length] in number)
            ids.append(number[data[:length]])
            data = data[length:]
        return [*ids, rule["end_id"]]

    def write(ids):
        ids = [int(id) for id in ids]
        ids = ids[: ids.index(rule["end_id"])] if rule["end_id"] in ids else ids
        return b"".join(spelling[id] for id in ids).decode("utf-8", "replace").removeprefix(" ")

    return read, write
