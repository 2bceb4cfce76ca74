"""Odd texts through the shipped models, in Python and on the command line."""

import math
import unicodedata

from attack import Failure
from generators import odd_text, text
from support.specs import SPECS

WEIGHT = 2


def attack(attack):
    """Predicts texts in Python, and some of them by the command."""
    import rnn_templates as rt

    folder = models().joinpath(attack.rng.choice(("sentiment", "entities", "dates", "tagging", "translation")))
    for _ in range(3):
        given = text(attack.rng, 8)
        done = attack.command("predict", folder, "--", given)
        shown = "".join(given.split())
        if (
            done.code == 0
            and folder.name == "sentiment"
            and given.isascii()
            and given.isprintable()
            and len(given) < 30
        ) and shown not in "".join(done.out.split()).replace("│", ""):
            raise Failure(f"the input {given!r} is not in the output")
    longest = 3000 if folder.name in ("dates", "translation") else None  # they translate a long text in segments
    lines = [odd_text(attack.rng)[:longest] for _ in range(20)]
    attack.command("predict", folder, "--json", stdin="\n".join(lines).encode("utf-8", "surrogatepass"))
    model = rt.load_model(folder)
    texts = [odd_text(attack.rng)[:longest] for _ in range(40)] + ["\ud800", "a\udfff"]
    together = model.predict(texts, return_labels=True)
    if len(together) != len(texts):
        raise Failure(f"{len(texts)} texts, {len(together)} predictions")
    for given, prediction in zip(texts, together, strict=True):
        check(given, prediction)
    index = attack.rng.randrange(len(texts))
    alone = model.predict([texts[index]], return_labels=True)[0]
    key = next(key for key in ("label", "tokens", "translation", "text", "spans") if key in alone)
    if str(alone[key])[:40] != str(together[index][key])[:40]:
        raise Failure(f"{texts[index][:100]!r} alone: {str(alone)[:300]}; among others: {str(together[index])[:300]}")


def models():
    """The folder of the shipped models."""
    from pathlib import Path

    return Path(SPECS["sentiment"].__file__).parents[2] / "saved_models"


def check(given, prediction):
    """Raises `Failure` unless probabilities are in [0, 1], and offsets are those of the text."""
    if isinstance(given, str):
        given = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in given)
    for one in walk(prediction):
        if not (math.isfinite(one) and -1e-6 <= one <= 1 + 1e-6):
            raise Failure(f"a probability of {one} for {given[:100]!r}")
    for one in [*prediction.get("tokens", ()), *prediction.get("spans", ())]:
        found = given[one.get("start", 0) : one.get("end", 0)]
        if "start" in one and visible(found) != visible(one["text"]):
            raise Failure(f"offsets {one['start']}:{one['end']} are of {found[:60]!r}, not of {one['text'][:60]!r}")


def visible(text):
    """A text without format characters such as the zero width space, which tokens do not have."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


def walk(value, name=""):
    """Yields all numbers named "probability" or "probabilities" in a nested value."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from walk(one, key if key.startswith("probabilit") else name)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from walk(one, name)
    elif isinstance(value, float) and name:
        yield value
