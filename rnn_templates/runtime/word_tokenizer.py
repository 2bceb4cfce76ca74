"""Word tokenizer for devices; needs the standard library only.

`docs/word_tokenizer.md` of rnn_templates specifies the rule, for ports to other languages.
"""

import json
import re

MAX_JOINED = 6  # tokens of an entry of `joined`


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
    token, is_word = re.compile(f"{word}(?:{joiner}{word})*|[^{space}]"), re.compile(word)
    line_break = re.compile(spec["line_break"].encode())

    def tokenize(text):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        text = line_break.sub(lambda found: b" " * len(found[0]), data).decode("utf-8", "replace")
        original, offsets = text.translate(dropped), [i for i, c in enumerate(text) if ord(c) not in dropped]
        normalized = text.translate(folds)
        spans = regroup(normalized, [found.span() for found in token.finditer(normalized)], spec, is_word.match)
        return [(normalized[i:j], original[i:j], offsets[i], offsets[j - 1] + 1) for i, j in spans]

    return tokenize


def regroup(text, spans, spec, is_word):
    """Returns the spans of a normalized text's tokens, joined and cut by the tables of a treebank.

    Args:
        text: str; normalized text.
        spans: list of (start, end) of its tokens.
        spec: dict with `joined`, `words`, `prefixes` and `suffixes`, or without them: the spans are returned unchanged.
        is_word: function from a token to a value that is true if the token is a run of letters and digits.

    Example:
        >>> tables = {"joined": ["dr."], "words": {}, "prefixes": ["l'"], "suffixes": []}
        >>> regroup("dr. l'eau", [(0, 2), (2, 3), (4, 9)], tables, str.isalnum)
        [(0, 3), (4, 6), (6, 9)]
    """
    if not spans or "joined" not in spec:
        return spans
    joined, affixes = set(spec["joined"]), (set(spec["prefixes"]), set(spec["suffixes"]))
    units = [text[i:j] for i, j in spans]
    exact = ["0" if re.fullmatch("[0-9]+", unit) else unit for unit in units]
    general = [unit if unit == "0" or not is_word(unit) else "A" for unit in exact]
    begins = [True] * len(spans)
    for i in range(len(spans)):
        for j in range(i + 1, min(i + MAX_JOINED, len(spans))):
            if spans[j - 1][1] != spans[j][0]:
                break
            if "".join(exact[i : j + 1]) in joined or "".join(general[i : j + 1]) in joined:
                begins[i + 1 : j + 1] = [False] * (j - i)
    starts = [i for i, begin in enumerate(begins) if begin]
    ends = [*starts[1:], len(spans)]
    tokens = [(spans[i][0], spans[j - 1][1]) for i, j in zip(starts, ends, strict=True)]
    for _ in range(2):  # l'Ann's: l' and Ann's, then Ann and 's
        cuts = [(i, i + cut_position(text[i:j], spec["words"], *affixes), j) for i, j in tokens]
        tokens = [piece for i, k, j in cuts for piece in ([(i, k), (k, j)] if k > i else [(i, j)])]
    return tokens


def cut_position(token, words, prefixes, suffixes):
    """Returns the number of characters before the cut of a token, 0 for none.

    Args:
        token: str; normalized token.
        words: dict of token to position, for tokens that the affixes do not describe.
        prefixes, suffixes: sets of str.
    """
    if token in words or token in prefixes or token in suffixes:
        return words.get(token, 0)
    longest, last = (max(map(len, affixes), default=0) for affixes in (prefixes, suffixes))
    prefix = next((i for i in range(min(longest, len(token) - 1), 0, -1) if token[:i] in prefixes), 0)
    return prefix or next((i for i in range(max(1, len(token) - last), len(token)) if token[i:] in suffixes), 0)


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
