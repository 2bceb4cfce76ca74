"""Damaged and odd data files for every command that reads data."""

import io
import os
import tarfile
from pathlib import Path

from attack import Failure
from base import TEMPLATES, data_of, train_words
from generators import TABLE_MUTATIONS, compress, flip_bits, insert, jsonl, overwrite, truncate
from support.specs import SPECS

from rnn_templates import registry

WEIGHT = 5
IMAGE_MUTATIONS = (truncate, flip_bits, overwrite)


def attack(attack):
    """Mutates the data of a template, and gives it to a command that reads it."""
    name = attack.rng.choice(TEMPLATES + ("sentiment", "tagging"))
    write = attack.rng.choice(
        {
            "captioning": (images,),
            "image_classification": (images, tar_of_images),
            "tagging": (table, foreign, special),
            "translation": (table, special),
            "sentiment": (table, json_table, foreign, special, bomb),
            "forecasting": (table, foreign, special, bomb),
            "anomaly_detection": (table, foreign, special, bomb),
            "text_generation": (table, special, bomb),
        }[name]
    )
    data, must_fail = write(attack, name)
    done = read(attack, name, data)
    if must_fail and done.code == 0:
        raise Failure(f"exit status 0 for {must_fail}")


def read(attack, name, data):
    """Runs a command that reads data."""
    draw = attack.rng.random()
    if draw < 0.6:
        return attack.command(*train_words(name, data, attack.folder / "out"), "--json")
    if draw < 0.75 and name == "sentiment":
        return attack.command("predict", attack.base / name, "--file", data, "--json")
    if draw < 0.9:
        return attack.command("evaluate", attack.copy(name), "--data", data, "--json")
    words = ["export", attack.base / name, "--data", data, "--targets", "litert", "--output", attack.folder / "out"]
    return attack.command(*words, "--json")


def table(attack, name):
    """A mutated file of a template; the second of two files stays as it is."""
    rng, (first, *others) = attack.rng, data_of(name, attack.base).split(",")
    content = Path(first).read_bytes() * rng.choice((1, 1, 5))
    chosen = rng.sample(sorted(TABLE_MUTATIONS), rng.choice((1, 1, 2)))
    for mutation in chosen:
        content = TABLE_MUTATIONS[mutation](rng, content)
    base = os.path.basename(first)
    if rng.random() < 0.1:
        base = os.path.splitext(base)[0] + rng.choice(
            (".csv", ".tsv", ".jsonl", ".conll", ".conllu", ".txt", ".png", "")
        )
    base, content = compress(rng, base, content)
    (attack.folder / base).write_bytes(content)
    return ",".join([str(attack.folder / base), *others]), None


def json_table(attack, name):
    """Lines of JSON with odd values."""
    spec = SPECS[name]
    rows = [pair for pair in zip(spec.examples, spec.targets, strict=True) if pair[0]] * 4
    base, content = compress(attack.rng, "mine.jsonl", jsonl(attack.rng, rows))
    (attack.folder / base).write_bytes(content)
    return attack.folder / base, None


def foreign(attack, name):
    """The data of a template that is trained on another kind of data."""
    kind = registry.get(name).data_kind
    others = [one for one in TEMPLATES if registry.get(one).data_kind != kind]
    other = attack.rng.choice([one for one in others if one not in ("translation", "captioning")])
    return data_of(other, attack.base), f"the data of {other} given to {name}"


def special(attack, name):
    """What is not a regular file."""
    path, kind = attack.folder / "mine.csv", attack.rng.choice(("fifo", "zero", "folder", "missing", "loop", "name"))
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "name":
        path = attack.rng.choice(
            ("", " ", ",", ",,", "\n", "/", ".", "a" * 5000, "~", "[bold].csv", "\udcff.csv", "-", "--")
        )
    return path, f"a {kind}"


def bomb(attack, name):
    """A file that is 1,000 times as large when it is decompressed."""
    path = attack.rng.choice((attack.base / "bomb.csv.gz", attack.base / "bomb.tar.gz"))
    return path, "a file that needs 400 MB"


def images(attack, name):
    """A folder of images of which some are damaged, or are not regular files."""
    rng = attack.rng
    folder = attack.copy(f"{name}-data")
    files = sorted(path for path in folder.rglob("*.png"))
    for path in rng.sample(files, rng.choice((1, 3, len(files)))):
        content = path.read_bytes()
        path.unlink()
        kind = rng.choice(("mutated", "mutated", "text", "empty", "fifo", "zero", "large", "name", "missing", "folder"))
        if kind == "mutated":
            path.write_bytes(rng.choice(IMAGE_MUTATIONS)(rng, content))
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "zero":
            path.symlink_to("/dev/zero")
        elif kind == "large":
            path.write_bytes(large_image())
        elif kind == "folder":
            path.mkdir()
        elif kind == "name":
            odd = rng.choice(
                (b"\xff\xfe.png", "é\n.png".encode(), b"[bold].png", b"-x.png", b".png", b"a" * 200 + b".PNG")
            )
            (path.parent / os.fsdecode(odd)).write_bytes(content)
        elif kind != "missing":
            path.write_bytes({"text": b"not an image", "empty": b""}[kind])
    return data_of(name, attack.folder), None


def large_image():
    """A PNG of 30,000 by 30,000 pixels in a few bytes."""
    import zlib

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (30_000).to_bytes(4, "big")
    pixels = zlib.compress(bytes(10_000_000), 9)
    header = chunk(b"IHDR", size + size + b"\x08\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def tar_of_images(attack, name):
    """A tar of images with odd members, sometimes damaged."""
    rng, buffer = attack.rng, io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in sorted((attack.base / f"{name}-data" / "halves").rglob("*.png")):
            content, member = path.read_bytes(), tarfile.TarInfo(f"{path.parent.name}/{path.name}")
            draw = rng.random()
            if draw < 0.05:
                member.name = rng.choice(
                    ("../../escaped.png", "/tmp/escaped.png", "a/../../b.png", "./", "left/é\n.png")
                )
            if draw < 0.1:
                content = rng.choice(IMAGE_MUTATIONS)(rng, content)
            elif draw < 0.15:
                member.type = rng.choice((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE))
                member.linkname = rng.choice(("/etc/passwd", member.name, "../x"))
                content = b""
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    content = buffer.getvalue()
    if rng.random() < 0.5:
        content = rng.choice((truncate, flip_bits, overwrite, lambda r, c: insert(r, c, r.randbytes(700))))(
            rng, content
        )
    base, content = compress(rng, "halves.tar", content)
    (attack.folder / base).write_bytes(content)
    return attack.folder / base, None
