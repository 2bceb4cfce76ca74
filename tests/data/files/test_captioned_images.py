"""Captioned images: archives with tables of captions, splits, invalid rows."""

import json

import pytest
import tensorflow as tf
from support.files import IMAGES, encode_image, image_rows, pack, put

from rnn_templates.data import load
from rnn_templates.data.files.captioned_images import read_captioned_images, read_captioned_splits

TABLE = "image,caption\na.png,First a.\nb.png,The b.\na.png,Second a.\nc.png,The c.\n"
EXPECTED = [(0, [b"First a.", b"Second a."]), (1, [b"The b."]), (2, [b"The c."])]


@pytest.mark.parametrize(
    ("suffix", "full_path"),
    [("", True), ("", False), ("tar", True), ("tar.gz", False), ("tgz", True), ("tar.xz", True), ("tar.bz2", False)],
)
def test_folder_and_tar_give_the_same_captions(suffix, full_path, tmp_path):
    members = [(f"deep/er/{name}", content) for name, content in IMAGES.items()]
    if suffix:
        mode = {"tar": "w", "tgz": "w:gz"}.get(suffix, f"w:{suffix[4:]}")
        images = pack(tmp_path / f"images.{suffix}", [(f"./{name}", content) for name, content in members], mode)
    else:
        images = put(tmp_path / "images", dict(members))
    table = TABLE.replace("\n", "\ndeep/er/").removesuffix("deep/er/") if full_path else TABLE
    put(tmp_path, {"t.csv": table})
    found = read_captioned_images((images, tmp_path / "t.csv"))
    assert (image_rows(found.dataset()), found.rejected) == (EXPECTED, [])
    assert found.dataset().element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((None,), tf.string))
    assert int(found.dataset().cardinality()) == len(found) == 3


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
    put(tmp_path / "images", IMAGES)
    put(tmp_path, {name: text})
    source = f"{tmp_path / 'images'},{tmp_path / name}"
    found = read_captioned_images(source, input_column="picture", target_column="sentence")
    assert image_rows(found.dataset()) == [(0, [b"An a."]), (1, [b"A b."])]


def test_a_column_of_splits_assigns_splits_and_invalid_rows_are_rejected(tmp_path):
    cut = encode_image(9, "JPEG")[:-200]
    put(tmp_path / "images", {**IMAGES, "cut.jpg": cut, "text.jpg": "a text", "empty.png": b""})
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
    source = f"{tmp_path / 'images'},{tmp_path / 't.tsv'}"
    found = load(source)
    assert found.sizes == {"train": 3, "validation": 2, "test": 1}
    assert (found.labels, found.multi_label) == ((), False)
    assert image_rows(found.train)[:2] == [(0, [b"An a.", b"Again."]), (1, [b"A b.", b"More b.", b"Most b."])]
    assert [image_rows(split) for split in (found.validation, found.test)] == [
        [(2, [b"A c."]), (3, [b"A d."])],
        [(4, [b"An e."])],
    ]
    reasons = {row.line: row.reason for row in found.rejected_rows}
    assert {row.file for row in found.rejected_rows} == {str(tmp_path / "t.tsv")}
    assert sorted(reasons) == [8, 9, 10, 11, 12, 13, 14, 15, 27]
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
        assert reasons[line].startswith(reason)
    assert image_rows(read_captioned_images(source).dataset()) == [(4, [b"An e."])]  # the test split


def test_a_row_without_a_split_is_not_trained_on(tmp_path):
    put(tmp_path / "images", IMAGES)
    rows = [{"image": f"{name}.png", "caption": "A letter."} for name in "abcd"]
    rows = [rows[0], *({**row, "split": split} for row, split in zip(rows[1:], ("train", "val", "test"), strict=True))]
    put(tmp_path, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    splits, rejected = read_captioned_splits((tmp_path / "images", tmp_path / "t.jsonl"))
    assert {name: len(examples) for name, examples in splits.items()} == {"train": 1, "validation": 1, "test": 1}
    assert [(row.line, row.reason) for row in rejected] == [(1, "no 'split'")]


def test_images_of_a_folder_are_read_on_access(tmp_path):
    images = put(tmp_path / "images", IMAGES)
    put(tmp_path, {"t.csv": TABLE})
    dataset = read_captioned_images((images, tmp_path / "t.csv")).dataset()
    (images / "b.png").write_bytes(encode_image(77))
    assert [value for value, _ in image_rows(dataset)] == [0, 77, 2]
    (images / "b.png").write_bytes(b"spoilt")
    with pytest.raises(tf.errors.InvalidArgumentError, match="b.png is not an image"):
        image_rows(dataset)


def test_other_image_formats_are_converted_to_one_that_tensorflow_decodes(tmp_path):
    padded = encode_image(50, "JPEG") + b"\0\0"
    members = [
        ("a.webp", encode_image(40, "WEBP", lossless=True)),
        ("b.jpg", padded),
        ("c.tif", encode_image(60, "TIFF")),
    ]
    pack(tmp_path / "i.tar", members)
    put(tmp_path / "i", dict(members))
    put(tmp_path, {"t.csv": "image,caption\na.webp,An a.\nb.jpg,A b.\nc.tif,A c.\n"})
    for images in ("i.tar", "i"):
        found = read_captioned_images((tmp_path / images, tmp_path / "t.csv")).dataset()
        assert [value for value, _ in image_rows(found)] == [40, 50, 60]
        assert list(found.as_numpy_iterator())[1][0] == padded


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("image,text\na.png,An a.\n", r"t.csv:1: no column 'caption'; the columns are \['image', 'text'\]"),
        ("image,caption\n", "t.csv: there are no rows below the header"),
        ("", "t.csv is empty"),
        ("image,caption\na.png,An a.\ntwice.png,Which?\n", "t.csv:3: 'twice.png' .*x/twice.png and y/twice.png"),
        ("image,caption\nz.png,A.\nx/a.png,B.\na.png,C.\n", "2 of 3 rows cannot be used .line 2: there is no 'z.png'"),
        ("image,caption,split\na.png,An a.,test\n", "there is no training split, only test"),
    ],
    ids=["column", "rows", "empty", "ambiguous", "half", "train"],
)
def test_an_invalid_table_is_reported(table, message, tmp_path):
    put(tmp_path / "images", {**IMAGES, "x/twice.png": encode_image(), "y/twice.png": encode_image()})
    put(tmp_path, {"t.csv": table})
    with pytest.raises(ValueError, match=message):
        load((tmp_path / "images", tmp_path / "t.csv"), kind="captioned_images")


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        (("images", "no.csv"), FileNotFoundError, "no.csv"),
        (("no.tar", "t.csv"), FileNotFoundError, "no.tar"),
        (("images",), ValueError, "images: give images and a table .*images.tar,captions.tsv"),
        (("images", "images"), ValueError, "images: give images and a table"),
    ],
)
def test_missing_images_or_a_missing_table_are_reported(source, error, message, tmp_path):
    put(tmp_path / "images", IMAGES)
    put(tmp_path, {"t.csv": TABLE})
    with pytest.raises(error, match=message):
        load(tuple(tmp_path / one for one in source), kind="captioned_images")


@pytest.mark.slow
def test_flickr8k_is_read_whole(shared_data):
    folder = shared_data / "captioning" / "flickr8k"
    found = load(f"{folder / 'flickr8k_160px.tar'},{folder / 'captions.tsv.xz'}")
    assert found.sizes == {"train": 6000, "validation": 1000, "test": 1000}
    assert len(found.rejected_rows) < 30
    image, captions = next(found.train.as_numpy_iterator())
    assert max(tf.io.decode_image(image).shape) >= 160
    assert captions[1] == b"Black dog chasing brown dog through snow"
    assert len(captions) == 5
