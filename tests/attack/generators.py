"""Random bytes, texts and mutations."""

import bz2
import gzip
import json
import lzma

WORDS = [
    "not",
    "bad",
    "good",
    "really",
    "it",
    "was",
    "great",
    ",",
    ".",
    "the",
    "a",
    "and",
    "I",
    "Ann",
    "Oslo",
    "1234",
    "is",
    "in",
    "don't",
    "e-mail",
    "www.x.org",
]
MARKUP = (
    "[bold]",
    "[/quote]",
    "[/]",
    "[red",
    "\\[x]",
    "<br>",
    "<script>",
    "&amp;",
    "{x}",
    "{0}",
    "%s",
    "%",
    "\\n",
    "`",
)
SCRIPTS = (
    "é",
    "ß",
    "İ",
    "ŉ",
    "東京",
    "😀",
    "👩\u200d👧",
    "\u0301",
    "مرحبا",
    "עברית",
    "ไทย",
    "\ufeff",
    "\u2028",
    "\u00a0",
    "\u200b",
    "\ufffd",
    "ﬁ",
    "①",
    "\U0010ffff",
)
CONTROLS = (
    "\x00",
    "\x01",
    "\x07",
    "\x08",
    "\x1b[31m",
    "\x1b]0;x\x07",
    "\x7f",
    "\x85",
    "\t",
    "\r",
    "\n",
    "\x0b",
    "\x0c",
)


def text(rng, longest=30):
    """A random text of words, scripts, control characters and markup."""
    kinds = rng.choices((WORDS, MARKUP, SCRIPTS, CONTROLS), weights=(6, 2, 3, 1), k=rng.randrange(longest))
    return rng.choice((" ", "", " ")).join(rng.choice(kind) for kind in kinds)


def long_text(rng):
    """A text of up to two million characters: one word, many words, or one character."""
    return rng.choice(("a", "é", "a ", "not bad ", "😀", " ", "\u0301", "a-", "'")) * rng.choice(
        (1000, 50_000, 250_000)
    )


def odd_text(rng):
    """A text, rarely a long or an empty one."""
    draw = rng.random()
    if draw < 0.05:
        return rng.choice(("", " ", "\n", "\x00", "-", "--", "-h", "--help", "@file", "=", "\u200b"))
    return long_text(rng) if draw < 0.1 else text(rng)


def flip_bits(rng, content, count=None):
    """Bytes with some bits flipped."""
    content = bytearray(content)
    for _ in range(count or rng.choice((1, 2, 10, 100))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def truncate(rng, content):
    """The first bytes."""
    return content[: rng.randrange(len(content) + 1)]


def insert(rng, content, piece):
    """Bytes with a piece at a random place."""
    place = rng.randrange(len(content) + 1)
    return content[:place] + piece + content[place:]


def overwrite(rng, content):
    """Bytes with a random range replaced by zeros or random bytes."""
    start = rng.randrange(len(content) + 1)
    length = rng.randrange(1, 2000)
    piece = bytes(length) if rng.random() < 0.5 else rng.randbytes(length)
    return content[:start] + piece + content[start + length :]


def shuffle_lines(rng, content):
    """The lines in another order, some twice, some missing."""
    lines = content.split(b"\n")
    return b"\n".join(rng.choices(lines, k=len(lines)))


def recode(rng, content):
    """The text in another encoding."""
    encoding = rng.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"))
    return content.decode("utf-8", "replace").encode(encoding, "replace")


def odd_cell(rng, content):
    """A cell of up to eight million characters in the middle of a table."""
    return insert(
        rng, content, rng.choice((b"x", b"word ", b"\xff", b'"', b",")) * rng.choice((300, 100_000, 4_000_000))
    )


TABLE_MUTATIONS = {
    "truncated": truncate,
    "bits": flip_bits,
    "overwritten": overwrite,
    "shuffled": shuffle_lines,
    "encoding": recode,
    "cell": odd_cell,
    "quote": lambda rng, content: insert(rng, content, b'"'),
    "nul": lambda rng, content: insert(rng, content, b"\x00"),
    "carriage returns": lambda rng, content: content.replace(b"\n", b"\r"),
    "crlf": lambda rng, content: content.replace(b"\n", b"\r\n"),
    "header only": lambda rng, content: content.split(b"\n")[0] + b"\n",
    "no header": lambda rng, content: content.partition(b"\n")[2],
    "header twice": lambda rng, content: content.split(b"\n")[0] + b"," + content,
    "empty": lambda rng, content: b"",
    "blank": lambda rng, content: rng.choice((b"\n", b" ", b"\n\n\n", b"\t\n", b"\xef\xbb\xbf")),
    "random": lambda rng, content: rng.randbytes(rng.choice((1, 100, 10_000))),
    "one label": lambda rng, content: content.replace(b"positive", b"negative"),
    "odd text": lambda rng, content: insert(rng, content, odd_text(rng).encode("utf-8", "replace")),
}


def jsonl(rng, rows):
    """Lines of JSON with odd values."""
    values = (None, 3, 1e999, float("nan"), [], ["a", "b"], {"a": {}}, True, "", "\ud800", "a" * 100_000, -0.0, 10**400)
    lines = []
    for one, label in rows:
        row = {"text": one, "label": label}
        if rng.random() < 0.2:
            row[rng.choice(("text", "label", "other", ""))] = rng.choice(values)
        line = json.dumps(row)
        draw = rng.random()
        if draw < 0.03:
            line = "[" * rng.choice((1, 5000, 200_000)) + line
        elif draw < 0.06:
            line = rng.choice(
                ("", "{}", "[]", "null", "3", '"text"', line[:-3], line + line, '{"text": "a", "text": "b"}')
            )
        lines.append(line)
    return "\n".join(lines).encode("utf-8", "replace")


def compress(rng, name, content):
    """A name and content, sometimes compressed, sometimes with the suffix of another format, sometimes damaged."""
    suffix, function = rng.choice(
        (("", bytes), ("", bytes), ("", bytes), (".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress))
    )
    content = function(content)
    if suffix and rng.random() < 0.3:
        content = rng.choice((truncate, flip_bits, overwrite))(rng, content)
    if rng.random() < 0.1:
        suffix = rng.choice(("", ".gz", ".xz", ".bz2", ".zip", ".tar", ".txt", ".json", ".parquet", ".xlsx", ".npz"))
    return name + suffix, content
