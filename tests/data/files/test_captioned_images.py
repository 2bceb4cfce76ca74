"""Own pictures: folders and tars, tables of captions and of classes, and what is wrong with them."""

import io
import json
import lzma
import tarfile

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from rnn_templates.data import load
from rnn_templates.data.files.captioned_images import read_captioned_images
from rnn_templates.data.files.classified_images import read_classified_images
from rnn_templates.data.files.image_archive import ImageArchive


def picture(value=0, form="PNG", **options):
    """An encoded picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (4, 3), (value, value, value)).save(file, form, **options)
    return file.getvalue()


PICTURES = {f"{name}.png": picture(number) for number, name in enumerate("abcdef")}
CUT = picture(9, "JPEG")[:-200]


def put(root, files):
    """Writes files of bytes or str."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def pack(path, members, mode="w"):
    """Writes a tar of a list of (name, bytes)."""
    with tarfile.open(path, mode) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def rows_of(dataset):
    """(first pixel, target) of every example."""
    return [
        (int(tf.io.decode_image(image)[0, 0, 0]), target.tolist() if isinstance(target, np.ndarray) else int(target))
        for image, target in dataset.as_numpy_iterator()
    ]


TABLE = "image,caption\na.png,First a.\nb.png,The b.\na.png,Second a.\nc.png,The c.\n"
WANTED = [(0, [b"First a.", b"Second a."]), (1, [b"The b."]), (2, [b"The c."])]


@pytest.mark.parametrize("ending", ["", "tar", "tar.gz", "tgz", "tar.xz", "tar.bz2"])
@pytest.mark.parametrize("base", [False, True], ids=["path", "base"])
def test_folder_and_tar_give_the_same_captions(ending, base, tmp_path):
    members = [(f"deep/er/{name}", content) for name, content in PICTURES.items()]
    if ending:
        mode = {"tar": "w", "tgz": "w:gz"}.get(ending, f"w:{ending[4:]}")
        images = pack(tmp_path / f"images.{ending}", [(f"./{name}", content) for name, content in members], mode)
    else:
        images = put(tmp_path / "images", dict(members))
    table = put(tmp_path, {"t.csv": TABLE if base else TABLE.replace("\n", "\ndeep/er/").removesuffix("deep/er/")})
    found = read_captioned_images((images, table / "t.csv"))
    assert (rows_of(found.dataset()), found.rejected) == (WANTED, [])
    assert found.dataset().element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((None,), tf.string))
    assert int(found.dataset().cardinality()) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.tsv", "picture\tsentence\na.png\tAn a.\nb.png\tA b.\n"),
        ("t.jsonl", '{"picture": "a.png", "sentence": "An a."}\n{"picture": "b.png", "sentence": "A b."}\n'),
        ("t.csv.xz", "sentence,more,picture\nAn a.,1,a.png\nA b.,2,b.png\n"),
    ],
    ids=["tsv", "jsonl", "xz"],
)
def test_columns_can_have_other_names(name, text, tmp_path):
    put(tmp_path / "images", PICTURES)
    put(tmp_path, {name: lzma.compress(text.encode()) if name.endswith("xz") else text})
    found = read_captioned_images(
        f"{tmp_path / 'images'},{tmp_path / name}", input_column="picture", target_column="sentence"
    )
    assert rows_of(found.dataset()) == [(0, [b"An a."]), (1, [b"A b."])]


def test_a_column_of_splits_makes_the_splits_and_unusable_rows_are_told(tmp_path):
    put(tmp_path / "images", {**PICTURES, "cut.jpg": CUT, "text.jpg": "a text", "empty.png": b""})
    lines = [
        "split\timage\tcaption",
        "train\ta.png\tAn a.",
        "Train\tb.png\tA b.",
        "val\tc.png\tA c.",
        "dev\td.png\tA d.",
        "TEST\te.png\tAn e.",
        "train\ta.png\tAgain.",
        "restval\tf.png\tAn f.",
        "train\tmissing.png\tNothing.",
        "train\tcut.jpg\tHalf.",
        "train\ttext.jpg\tNone.",
        "train\tempty.png\tNone.",
        "train\tb.png\t",
        "train\tb.png\t . ! ",
        "test\ta.png\tA leak.",
        "train\tb.png\tMore b.",
        "train\tb.png\tMost b.",
        *["train\tf.png\tStill f."] * 9,
    ]
    put(tmp_path, {"t.tsv": "\n".join(lines).encode() + b"\ntrain\tb.png\t\xff\xfe\n"})
    found = load(f"{tmp_path / 'images'},{tmp_path / 't.tsv'}")
    assert found.sizes == {"train": 3, "validation": 2, "test": 1}
    assert (found.labels, found.multi_label) == ((), False)
    assert rows_of(found.train)[:2] == [(0, [b"An a.", b"Again."]), (1, [b"A b.", b"More b.", b"Most b."])]
    assert [rows_of(split) for split in (found.validation, found.test)] == [
        [(2, [b"A c."]), (3, [b"A d."])],
        [(4, [b"An e."])],
    ]
    told = {row.line: row.reason for row in found.rejected_rows}
    assert {row.file for row in found.rejected_rows} == {str(tmp_path / "t.tsv")}
    assert sorted(told) == [8, 9, 10, 11, 12, 13, 14, 15, 27]
    for line, reason in {
        8: "the split 'restval' is none of train, validation, test",
        9: "there is no 'missing.png' in ",
        10: "cut.jpg is damaged or truncated",
        11: "text.jpg is not an image",
        12: "empty.png is empty (0 bytes)",
        13: "'caption' is empty",
        14: "no word in 'caption'",
        15: "a.png is in the split 'train' already",
        27: "not UTF-8",
    }.items():
        assert told[line].startswith(reason)
    assert rows_of(read_captioned_images((tmp_path / "images", tmp_path / "t.tsv")).dataset()) == [(4, [b"An e."])]


def test_a_row_without_a_split_is_not_silently_trained_on(tmp_path):
    put(tmp_path / "images", PICTURES)
    rows = [{"image": f"{name}.png", "caption": "A letter."} for name in "abcd"]
    rows = [rows[0], *({**row, "split": split} for row, split in zip(rows[1:], ("train", "val", "test"), strict=True))]
    put(tmp_path, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    found = load((tmp_path / "images", tmp_path / "t.jsonl"))
    assert found.sizes == {"train": 1, "validation": 1, "test": 1}
    assert [(row.line, row.reason) for row in found.rejected_rows] == [(1, "no 'split'")]


def test_held_out_pictures_keep_their_captions(tmp_path):
    put(tmp_path / "images", PICTURES)
    captions = {name: [f"{name} {number}" for number in range(1 + index)] for index, name in enumerate(PICTURES)}
    rows = [{"image": name, "caption": one} for name, several in captions.items() for one in several]
    put(tmp_path, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    found = load((tmp_path / "images", tmp_path / "t.jsonl"), validation=0.34, seed=2)
    assert found.sizes == {"train": 4, "validation": 2}
    both = rows_of(found.train) + rows_of(found.validation)
    assert sorted(both) == [(n, [one.encode() for one in several]) for n, several in enumerate(captions.values())]


def test_further_files_are_validation_and_test(tmp_path):
    put(tmp_path / "images", PICTURES)
    tables = {
        f"{split}.csv": f"image,caption\n{name}.png,Of {split}.\n" for split, name in zip("xyz", "abc", strict=True)
    }
    put(tmp_path, {**tables, "s.csv": "image,caption,split\na.png,An a.,train\n"})
    sources = [f"{tmp_path / 'images'},{tmp_path / table}" for table in tables]
    found = load(sources[0], validation_data=sources[1], test_data=sources[2])
    assert rows_of(found.train) + rows_of(found.validation) + rows_of(found.test) == [
        (0, [b"Of x."]), (1, [b"Of y."]), (2, [b"Of z."])
    ]  # fmt: skip
    with pytest.raises(ValueError, match="s.csv has splits of its own"):
        load((tmp_path / "images", tmp_path / "s.csv"), test_data=sources[2])


def test_pictures_of_a_folder_are_read_when_they_are_wanted(tmp_path):
    images = put(tmp_path / "images", PICTURES)
    put(tmp_path, {"t.csv": TABLE})
    dataset = read_captioned_images((images, tmp_path / "t.csv")).dataset()
    (images / "b.png").write_bytes(picture(77))
    assert [value for value, _ in rows_of(dataset)] == [0, 77, 2]
    (images / "b.png").write_bytes(b"spoilt")
    with pytest.raises(tf.errors.InvalidArgumentError, match="b.png is not an image"):
        rows_of(dataset)


def test_unusual_pictures_are_turned_into_what_tensorflow_reads(tmp_path):
    padded = picture(50, "JPEG") + b"\0\0"
    members = [("a.webp", picture(40, "WEBP", lossless=True)), ("b.jpg", padded), ("c.tif", picture(60, "TIFF"))]
    pack(tmp_path / "i.tar", members)
    put(tmp_path / "i", dict(members))
    put(tmp_path, {"t.csv": "image,caption\na.webp,An a.\nb.jpg,A b.\nc.tif,A c.\n"})
    for images in ("i.tar", "i"):
        found = read_captioned_images((tmp_path / images, tmp_path / "t.csv")).dataset()
        assert [value for value, _ in rows_of(found)] == [40, 50, 60]
        assert list(found.as_numpy_iterator())[1][0] == padded


def test_a_tar_cannot_reach_outside_and_links_are_left_out(tmp_path):
    path = pack(
        tmp_path / "i.tar", [(name, picture()) for name in ("../a.png", "/b.png", "x/../../c.png", ".d.png", "e.png")]
    )
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("f.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert ImageArchive(path).names == ["e.png"]
    assert [one.name for one in tmp_path.iterdir()] == ["i.tar"]


def test_damaged_tars_are_told(tmp_path):
    members = [(name, np.random.default_rng(1).bytes(4000)) for name in PICTURES]
    whole = pack(tmp_path / "whole.tar", members).read_bytes()
    zipped = pack(tmp_path / "whole.tar.gz", members, "w:gz").read_bytes()
    header = bytearray(whole)
    header[4608 + 100] ^= 64  # in the second header
    damaged = {
        "data.tar": whole[:6000],
        "header.tar": whole[: 4608 + 100],
        "flipped.tar": bytes(header),
        "cut.tar.gz": zipped[: len(zipped) // 2],
        "text.tar": b"no tar\n" * 200,
        "empty.tar": b"",
    }
    for name in put(tmp_path, damaged) and damaged:
        with pytest.raises(ValueError, match=rf"{name} is no tar, or cut short or damaged \(.*get it anew"):
            ImageArchive(tmp_path / name)
    pack(tmp_path / "nothing.tar", [])
    with pytest.raises(ValueError, match=r"nothing.tar: there are no files in it"):
        ImageArchive(tmp_path / "nothing.tar")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("image,text\na.png,An a.\n", r"t.csv:1: no column 'caption'; the columns are \['image', 'text'\]"),
        ("image,caption\n", "t.csv: there are no rows below the header"),
        ("", "t.csv is empty"),
        ("image,caption\na.png,An a.\ntwice.png,Which?\n", "t.csv:3: 'twice.png' could be x/twice.png or y/twice.png"),
        (
            "image,caption\nz.png,A.\nx/a.png,B.\na.png,C.\n",
            "2 of 3 rows cannot be used .line 2: there is no 'z.png' in",
        ),
        ("image,caption,split\na.png,An a.,test\n", "there is nothing to train on; the splits are test"),
    ],
    ids=["column", "rows", "empty", "ambiguous", "half", "train"],
)
def test_what_is_wrong_with_a_table_is_named(table, message, tmp_path):
    put(tmp_path / "images", {**PICTURES, "x/twice.png": picture(), "y/twice.png": picture()})
    put(tmp_path, {"t.csv": table})
    with pytest.raises(ValueError, match=message):
        load((tmp_path / "images", tmp_path / "t.csv"), kind="captioned_images")


def test_what_is_not_there_is_named(tmp_path):
    put(tmp_path / "images", PICTURES)
    put(tmp_path, {"t.csv": TABLE})
    for source, error, message in (
        (("images", "no.csv"), FileNotFoundError, "There is no file .*no.csv"),
        (("no.tar", "t.csv"), FileNotFoundError, "There is no folder and no tar .*no.tar"),
        (
            ("images",),
            ValueError,
            "images: wanted pictures and a table that names them, such as images.tar,captions.tsv",
        ),
        (("images", "images"), ValueError, "images: wanted pictures and a table"),
    ):
        with pytest.raises(error, match=message):
            load(tuple(tmp_path / one for one in source), kind="captioned_images")
    (tmp_path / "hollow").mkdir()
    with pytest.raises(ValueError, match="hollow: there are no files in it"):
        load(tmp_path / "hollow")


CLASSES = {
    f"{label}/{name}": content for label, name, content in zip("xyxyxy", PICTURES, PICTURES.values(), strict=True)
}


@pytest.mark.parametrize("around", ["", "flowers/", "flowers/all/"])
@pytest.mark.parametrize("form", ["folder", "tar"])
def test_folders_are_classes(form, around, tmp_path):
    files = {f"{around}{name}": content for name, content in CLASSES.items()}
    source = put(tmp_path / "i", files) if form == "folder" else pack(tmp_path / "i.tar", files.items())
    found = load(str(source), validation=0.34)
    assert (found.labels, found.multi_label, found.rejected_rows) == (("x", "y"), False, ())
    assert found.train.element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int64))
    assert sorted(rows_of(found.train) + rows_of(found.validation)) == [(n, n % 2) for n in range(6)]


def test_folders_above_the_classes_are_splits(tmp_path):
    files = dict(
        zip(["train/10/a", "train/9/b", "val/9/c", "test/10/d", "test/11/e", "f"], PICTURES.values(), strict=True)
    )
    put(tmp_path, {**files, "train/9/note.txt": "daisies", "train/9/.hidden": "x", "test/10/g": picture(6)})
    found = load(tmp_path)
    assert found.labels == ("9", "10")
    splits = [rows_of(split) for split in (found.train, found.validation, found.test)]
    assert splits == [[(0, 1), (1, 0)], [(2, 0)], [(3, 1), (6, 1)]]
    told = {row.file.removeprefix(f"{tmp_path}/"): row.reason for row in found.rejected_rows}
    assert told == {
        "f": "it is in no folder of a class",
        "train/9/note.txt": "train/9/note.txt is not an image, or its header is damaged; "
        "it must be JPEG, PNG, GIF, BMP, WebP or TIFF.",
        "test/11/e": "the class '11' is none of '9', '10'",
    }
    assert rows_of(read_classified_images(tmp_path, labels=("10", "9")).dataset()) == [(3, 0), (6, 0)]


def test_a_table_names_classes(tmp_path):
    put(tmp_path / "images", PICTURES)
    rows = ["image,label,split", "a.png,1,train", "b.png,2,train", "a.png,2,train", "c.png,,train", "d.png,2,test"]
    put(tmp_path, {"t.csv": "\n".join(rows)})
    source = f"{tmp_path / 'images'},{tmp_path / 't.csv'}"
    found = load(source, label_names={"1": "one", "2": "two"}, validation=0.5)
    assert (found.labels, found.sizes) == (("one", "two"), {"train": 1, "validation": 1, "test": 1})
    told = [(row.line, row.reason) for row in found.rejected_rows]
    assert told == [(4, "a.png has a class already"), (5, "no label in 'label'")]
    assert rows_of(found.test) == [(3, 1)]
    assert rows_of(read_classified_images(source, labels=["2", "1"]).dataset()) == [(3, 0)]
    put(tmp_path, {"k.csv": "\n".join(rows).replace("label", "kind")})
    assert load((tmp_path / "images", tmp_path / "k.csv"), target_column="kind", validation=0.5).labels == ("1", "2")


def test_what_is_wrong_with_classes_is_named(tmp_path):
    put(tmp_path / "one", {"x/a.png": picture()})
    with pytest.raises(ValueError, match="one: there is only the class 'x' to train on"):
        load(tmp_path / "one")
    put(tmp_path / "flat", PICTURES)
    with pytest.raises(ValueError, match="6 of 6 pictures cannot be used .*it is in no folder of a class"):
        load(tmp_path / "flat")
    put(tmp_path / "tested", {"test/x/a.png": picture(), "test/y/a.png": picture()})
    with pytest.raises(ValueError, match="tested: there is no picture to train on"):
        load(tmp_path / "tested")
    with pytest.raises(ValueError, match="label_separator goes with texts"):
        load(tmp_path / "flat", label_separator=",")
    put(tmp_path, {"t.csv": TABLE})
    with pytest.raises(ValueError, match="label_names go with classes"):
        load((tmp_path / "flat", tmp_path / "t.csv"), kind="captioned_images", label_names={"1": "one"})


def test_a_folder_with_the_name_of_a_data_set_needs_a_dot(tmp_path, monkeypatch):
    monkeypatch.chdir(put(tmp_path, {f"mnist/{name}": content for name, content in CLASSES.items()}))
    assert load("./mnist").labels == ("x", "y")
    with pytest.raises(ValueError, match="mnist has pictures with classes"):
        load("mnist", kind="captioned_images")


def test_the_real_flickr8k_is_read_whole(shared_data):
    folder = shared_data / "captioning" / "flickr8k"
    found = load(f"{folder / 'flickr8k_160px.tar'},{folder / 'captions.tsv.xz'}")
    assert found.sizes == {"train": 6000, "validation": 1000, "test": 1000}
    assert len(found.rejected_rows) < 30
    image, captions = next(found.train.as_numpy_iterator())
    assert max(tf.io.decode_image(image).shape) >= 160
    assert captions[1] == b"Black dog chasing brown dog through snow"
    assert len(captions) == 5
