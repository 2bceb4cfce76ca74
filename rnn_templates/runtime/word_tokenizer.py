"""Word tokenizer for devices; needs the standard library only.

`docs/word_tokenizer.md` of rnn_templates specifies the rule, for ports to other languages.
"""

import json
import re


def load(folder):
    """Returns the tokenizer specification and the id of every token.

    Args:
        folder: str; folder with `preprocessing.json` and `vocabulary.txt`.
    """
    with open(f"{folder}/preprocessing.json", encoding="utf-8") as file:
        spec = json.load(file)
    with open(f"{folder}/vocabulary.txt", encoding="utf-8", newline="\n") as file:
        return spec, {token: line for line, token in enumerate(file.read().split("\n")[:-1])}


def make_tokenizer(spec):
    """Returns a function from a text to tokens (normalized, original, start, end).

    A text is str or UTF-8 bytes; offsets count code points.

    Args:
        spec: dict; the content of `preprocessing.json`.

    Example:
        >>> from rnn_templates.preprocessing.text.word_tokenizer import word_tokenizer_spec
        >>> make_tokenizer(word_tokenizer_spec())("In Oslo")
        [('in', 'In', 0, 2), ('oslo', 'Oslo', 3, 7)]
    """

    def characters(*ranges):
        return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in sum(ranges, []))

    dropped = {c: None for first, last in spec["dropped"] for c in range(first, last + 1)}
    runs = ((range(first, last + 1, step), shift) for first, last, step, shift in spec["case_folds"])
    folds = {c: c + shift for codes, shift in runs for c in codes} | dropped
    joiner, space = spec["joiner"], characters(spec["space"])
    word = f"[^{joiner}{space}{characters(spec['single'])}]+"
    token = re.compile(f"{word}(?:{joiner}{word})*|[^{space}]")
    line_break = re.compile(spec["line_break"].encode())

    def tokenize(text):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        text = line_break.sub(lambda found: b" " * len(found[0]), data).decode("utf-8", "replace")
        original, offsets = text.translate(dropped), [i for i, c in enumerate(text) if ord(c) not in dropped]
        matches = [(found[0], *found.span()) for found in token.finditer(text.translate(folds))]
        return [(normalized, original[i:j], offsets[i], offsets[j - 1] + 1) for normalized, i, j in matches]

    return tokenize


def truncate(values, limit):
    """Returns the first and last `limit / 2` values; all if `limit` is None."""
    if limit is None or len(values) <= limit:
        return values
    return values[: limit - limit // 2] + values[len(values) - limit // 2 :]


def make_text_encoder(folder):
    """Returns a function from a text to ids, for a text classifier.

    Args:
        folder: str; folder with `preprocessing.json` and `vocabulary.txt`.

    Example:
        >>> from rnn_templates.preprocessing.text.word_tokenizer import word_tokenizer_spec
        >>> with open("preprocessing.json", "w") as file:
        ...     json.dump({**word_tokenizer_spec(), "max_tokens": 2}, file)
        >>> rt.Vocabulary(["not", "bad"]).save("vocabulary.txt")
        >>> make_text_encoder(".")("Not so bad")
        [2, 3]
    """
    spec, ids = load(folder)
    tokenize = make_tokenizer(spec)
    return lambda text: truncate([ids.get(normalized, 1) for normalized, *_ in tokenize(text)], spec["max_tokens"])


def make_token_encoder(folder):
    """Returns a function from a text to its segments, for a tagger.

    A segment has at most `max_tokens` tokens and is a tuple `(word_ids, byte_ids, tokens)`: a list of int, a list with
    one list of int per token, and a list of (original, start, end).

    Args:
        folder: str; folder with `preprocessing.json` and `vocabulary.txt`.
    """
    spec, ids = load(folder)
    tokenize, limit = make_tokenizer(spec), spec["max_tokens"]

    def encode(text):
        word_ids, byte_ids, tokens = [], [], []
        for normalized, original, start, end in tokenize(text):
            word_ids.append(ids.get(normalized, 1))
            byte_ids.append([byte + 1 for byte in truncate(original.encode(), spec["max_word_bytes"])])
            tokens.append((original, start, end))
        segments = [slice(i, i + limit) for i in range(0, len(tokens), limit)]
        return [(word_ids[segment], byte_ids[segment], tokens[segment]) for segment in segments]

    return encode
