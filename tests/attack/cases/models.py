"""Damaged and crafted model files, cards, checkpoints and vocabularies."""

import io
import json
import zipfile

import numpy as np
from attack import Failure
from base import data_of, train_words
from generators import flip_bits, overwrite, truncate

WEIGHT = 4
INPUT = {
    "sentiment": "not bad",
    "tagging": "Ann Lee is in Oslo",
    "translation": "a b c",
    "forecasting": "oslo|1 2 3 4 5 6 7 8",
    "anomaly_detection": "pump|1 2 3 4 5 6 7 8",
    "text_generation": "abba",
}
ODD_JSON = (
    "",
    "null",
    "[]",
    "3",
    '"x"',
    "{}",
    "{",
    "[" * 100_000,
    '{"a": 1e999}',
    '{"template": null}',
    '{"template": "x"}',
    '{"template": 3}',
    '{"data": [], "metrics": 3, "history": "x"}',
    '{"labels": {}}',
    "\x00",
    "NaN",
)


def attack(attack):
    """Damages one file of a tiny model, and uses the folder."""
    name = attack.rng.choice(tuple(INPUT))
    expected = predict(attack, name, attack.base / name)
    folder = attack.copy(name)
    damage = attack.rng.choice(
        (
            keras_bytes,
            keras_bytes,
            keras_archive,
            keras_archive,
            keras_config,
            keras_config,
            card,
            checkpoint,
            text_files,
        )
    )
    damage(attack, folder, name)
    if damage is checkpoint:
        done = attack.command(*train_words(name, data_of(name, attack.base), folder, epochs=2))
        if done.code == 0 and not (folder / "model.keras").exists():
            raise Failure("no model after exit status 0")
        return
    command = attack.rng.random()
    if command < 0.7:
        found = predict(attack, name, folder)
        if found is not None and not close(found, expected):
            raise Failure(f"exit status 0 with another prediction: {str(found)[:300]}; expected {str(expected)[:300]}")
    elif command < 0.85:
        attack.command("evaluate", folder, "--data", data_of(name, attack.base), "--json")
    else:
        attack.command("export", folder, "--data", data_of(name, attack.base), "--targets", "litert")


def predict(attack, name, folder):
    """The prediction of a folder, or None after an error."""
    seed = ("--seed", 1) * (name == "text_generation")  # continuations are samples
    done = attack.command("predict", folder, "--json", *seed, INPUT[name])
    return done.json() if done.code == 0 else None


def close(found, expected):
    """Whether two results agree but for rounding."""
    if isinstance(expected, dict):
        keys = {key for key in expected if key != "remarks"}
        return isinstance(found, dict) and all(key in found and close(found[key], expected[key]) for key in keys)
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(close, found, expected))
    return abs(found - expected) < 1e-3 if isinstance(expected, float) else found == expected


def keras_bytes(attack, folder, name):
    """Flips, cuts or overwrites bytes of the .keras file."""
    path, rng = folder / "model.keras", attack.rng
    content = path.read_bytes()
    kinds = (
        flip_bits,
        truncate,
        overwrite,
        lambda r, c: b"",
        lambda r, c: r.randbytes(2000),
        lambda r, c: b"PK\x05\x06" + bytes(18),
    )
    path.write_bytes(rng.choice(kinds)(rng, content))


def read_members(path):
    """Dict of member name to bytes."""
    with zipfile.ZipFile(path) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def write_members(path, members):
    """Writes a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in members.items():
            archive.writestr(one, content)


def keras_archive(attack, folder, name):
    """Removes, replaces, shortens or adds members of the .keras file."""
    rng, path = attack.rng, folder / "model.keras"
    members = read_members(path)
    one = rng.choice(sorted(members))
    kind = rng.choice(("remove", "random", "cut", "empty", "large", "lines", "short", "long", "paths"))
    if kind == "remove":
        del members[one]
    elif kind == "large":
        members["config.json"] = b'{"a": "' + b"x" * 300_000_000 + b'"}'
    elif kind in ("lines", "short", "long"):
        texts = [other for other in members if other.endswith(".txt") or "vocab" in other]
        for other in texts or [one]:
            lines = members[other].split(b"\n")
            if kind == "lines":
                rng.shuffle(lines)
            lines = lines[: len(lines) // 2] if kind == "short" else lines + [b"more"] * (kind == "long")
            members[other] = b"\n".join(lines)
    elif kind == "paths":
        members[rng.choice(("../../escaped.txt", "/tmp/escaped.txt", "assets/../../x"))] = b"x"
    else:
        members[one] = {"random": rng.randbytes(500), "cut": members[one][: len(members[one]) // 2], "empty": b""}[kind]
    write_members(path, members)


def keras_config(attack, folder, name):
    """Changes values of the configuration: other types, other numbers, other classes, removed keys."""
    rng, path = attack.rng, folder / "model.keras"
    members = read_members(path)
    target = rng.choice([one for one in members if one.endswith(".json")])
    if rng.random() < 0.2:
        members[target] = rng.choice(ODD_JSON).encode()
    else:
        config = json.loads(members[target])
        for _ in range(rng.choice((1, 1, 3))):
            change(rng, config)
        members[target] = json.dumps(config).encode()
    write_members(path, members)


def change(rng, value):
    """Changes one value of nested dicts and lists in place."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = rng.choice(keys)
        if not isinstance(value[key], (dict, list)) or rng.random() < 0.2:
            break
        value = value[key]
    odd = (
        None,
        -1,
        0,
        10**9,
        1.5,
        "",
        "x",
        "os.system",
        "builtins",
        "eval",
        [],
        {},
        True,
        [None],
        "../x",
        float("inf"),
    )
    if rng.random() < 0.3:
        del value[key]
    else:
        value[key] = rng.choice(odd)


def card(attack, folder, name):
    """Writes another card.json."""
    path, rng = folder / "card.json", attack.rng
    if rng.random() < 0.5:
        path.write_text(rng.choice(ODD_JSON))
    else:
        content = json.loads(path.read_text())
        change(rng, content)
        path.write_text(json.dumps(content))


def checkpoint(attack, folder, name):
    """Writes a checkpoint that is empty, random, or has arrays of other shapes, or pickled objects."""
    rng, path = attack.rng, folder / "checkpoint.npz"
    for left in ("model.keras", "card.json"):
        if rng.random() < 0.7:
            (folder / left).unlink()
    buffer = io.BytesIO()
    np.savez(buffer, state=np.array(rng.choice(ODD_JSON)), **{"0": np.zeros(3), "x": np.array([{}, None], object)})
    kinds = (b"", rng.randbytes(300), buffer.getvalue(), truncate(rng, buffer.getvalue()), b"PK\x05\x06" + bytes(18))
    if path.exists() and rng.random() < 0.5:
        kinds = (flip_bits(rng, path.read_bytes()), truncate(rng, path.read_bytes()))
    path.write_bytes(rng.choice(kinds))


def text_files(attack, folder, name):
    """Removes or replaces the vocabulary, the labels and other texts beside the model."""
    rng = attack.rng
    for path in folder.iterdir():
        if path.suffix in (".txt", ".md", ".json") and path.name != "card.json" and rng.random() < 0.7:
            content = path.read_bytes()
            path.unlink()
            if rng.random() < 0.7:
                path.write_bytes(rng.choice((truncate, flip_bits, lambda r, c: b"", lambda r, c: c + c))(rng, content))
