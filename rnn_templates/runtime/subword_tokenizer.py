"""Subword tokenizer for devices; needs the standard library only.

`docs/subword_tokenizer.md` of rnn_templates specifies the rule, for ports to other languages.
"""

import json
import re


def load(folder, vocabulary):
    """Returns the tokenizer specification and the bytes of every id.

    Args:
        folder: str; folder with `preprocessing.json` and vocabularies.
        vocabulary: str; file name of the vocabulary.
    """
    with open(f"{folder}/preprocessing.json", encoding="utf-8") as file:
        spec = json.load(file)
    with open(f"{folder}/{vocabulary}", encoding="utf-8", newline="\n") as file:
        subwords = file.read().split("\n")[spec["first_subword_id"] : -1]
    single_bytes = [bytes([byte]) for byte in range(256)]
    subwords = [subword.replace(spec["word_start"], " ").encode() for subword in subwords]
    return spec, [b""] * spec["first_byte_id"] + single_bytes + subwords


def make_encoder(folder, vocabulary="source_vocabulary.txt"):
    """Returns a function from a text (str or UTF-8 bytes) to ids.

    Args:
        folder: str; folder with `preprocessing.json` and vocabularies.
        vocabulary: str; file name of the vocabulary of the input.

    Example:
        >>> from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
        >>> with open("preprocessing.json", "w") as file:
        ...     json.dump({**subword_tokenizer_spec(), "max_source_length": 8}, file)
        >>> rt.SubwordVocabulary(["▁low", "er"]).save("source_vocabulary.txt")
        >>> make_encoder(".")("lower")
        [259, 260, 2]
    """
    spec, token_bytes = load(folder, vocabulary)
    ids_of_bytes = {data: id for id, data in enumerate(token_bytes) if data}
    spaces = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spec["space"]) + "]+")

    def encode(text):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        words, ids = spaces.sub(" ", data.decode("utf-8", "replace")).strip(" "), []
        data, limit = f" {words}".encode() if words else b"", spec.get("max_source_length", len(words.encode()) + 2)
        while data and len(ids) < limit - 1:
            length = next(n for n in range(spec["max_token_bytes"], 0, -1) if data[:n] in ids_of_bytes)
            ids.append(ids_of_bytes[data[:length]])
            data = data[length:]
        return [*ids, spec["end_id"]]

    return encode


def make_decoder(folder, vocabulary="target_vocabulary.txt"):
    """Returns a function from ids to text, up to `<END>`.

    Args:
        folder: str; folder with `preprocessing.json` and vocabularies.
        vocabulary: str; file name of the vocabulary of the output, for captions `vocabulary.txt`.

    Example:
        >>> from rnn_templates.preprocessing.text.subword_preprocessor import subword_tokenizer_spec
        >>> with open("preprocessing.json", "w") as file:
        ...     json.dump(subword_tokenizer_spec(), file)
        >>> rt.SubwordVocabulary(["▁low", "er"]).save("vocabulary.txt")
        >>> make_decoder(".", "vocabulary.txt")([259, 260, 2, 0])
        'lower'
    """
    spec, token_bytes = load(folder, vocabulary)

    def decode(ids):
        ids = [int(id) for id in ids]
        ids = ids[: ids.index(spec["end_id"])] if spec["end_id"] in ids else ids
        return b"".join(token_bytes[id] for id in ids).decode("utf-8", "replace").removeprefix(" ")

    return decode
