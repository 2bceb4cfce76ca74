"""Classified images: class folders, splits, tables of classes."""

import pytest
import tensorflow as tf
from support.files import IMAGES, encode_image, image_rows, pack, put, rejections

from rnn_templates.data import load
from rnn_templates.data.files.classified_images import read_classified_images, read_classified_splits

CLASSES = {f"{label}/{name}": content for label, (name, content) in zip("xyxyxy", IMAGES.items(), strict=True)}


@pytest.mark.parametrize(("form", "parent"), [("folder", ""), ("folder", "flowers/all/"), ("tar", "flowers/")])
def test_folders_are_classes(form, parent, tmp_path):
    files = {f"{parent}{name}": content for name, content in CLASSES.items()}
    source = put(tmp_path / "i", files) if form == "folder" else pack(tmp_path / "i.tar", files.items())
    found = read_classified_images(source)
    assert (found.labels, found.multi_label, found.rejected, len(found)) == (("x", "y"), False, [], 6)
    assert found.dataset().element_spec == (tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int64))
    assert sorted(image_rows(found.dataset())) == [(n, n % 2) for n in range(6)]


def test_folders_above_the_classes_are_splits(tmp_path):
    names = ["train/10/a", "train/9/b", "val/9/c", "test/10/d", "test/11/e", "f"]
    put(tmp_path, dict(zip(names, IMAGES.values(), strict=True)))
    put(tmp_path, {"train/9/note.txt": "daisies", "train/9/.hidden": "x", "test/10/g": encode_image(6)})
    found = load(tmp_path)
    assert found.labels == ("9", "10")
    splits = [image_rows(split) for split in (found.train, found.validation, found.test)]
    assert splits == [[(0, 1), (1, 0)], [(2, 0)], [(3, 1), (6, 1)]]
    reasons = {row.file.removeprefix(f"{tmp_path}/"): row.reason for row in found.rejected_rows}
    assert set(reasons) == {"f", "train/9/note.txt", "test/11/e"}
    assert reasons["f"] == "it is not in the folder of a class"
    assert reasons["train/9/note.txt"].startswith("train/9/note.txt")
    assert reasons["test/11/e"] == "the class '11' is none of '9', '10'"
    assert image_rows(read_classified_images(tmp_path, labels=("10", "9")).dataset()) == [(3, 0), (6, 0)]


def test_a_table_holds_classes(tmp_path):
    put(tmp_path / "images", IMAGES)
    rows = ["image,label,split", "a.png,1,train", "b.png,2,train", "a.png,2,train", "c.png,,train", "d.png,2,test"]
    put(tmp_path, {"t.csv": "\n".join(rows)})
    source = f"{tmp_path / 'images'},{tmp_path / 't.csv'}"
    splits, rejected = read_classified_splits(source, label_names={"1": "one", "2": "two"})
    assert (splits["train"].labels, {name: len(one) for name, one in splits.items()}) == (
        ("one", "two"),
        {"train": 2, "test": 1},
    )
    assert [(row.line, row.reason) for row in rejected] == [
        (4, "a.png has a class already"),
        (5, "no label in 'label'"),
    ]
    assert image_rows(splits["test"].dataset()) == [(3, 1)]
    found = read_classified_images(source, labels=["2", "1"])
    assert (image_rows(found.dataset()), rejections(found)[0][0]) == ([(3, 0)], 4)
    put(tmp_path, {"k.csv": "\n".join(rows).replace("label", "kind")})
    assert read_classified_images((tmp_path / "images", tmp_path / "k.csv"), target_column="kind").labels == ("2",)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"x/a.png": encode_image()}, "only the class 'x' to train on"),
        (IMAGES, "6 of 6 images cannot be used .*it is not in the folder of a class"),
        ({"test/x/a.png": encode_image(), "test/y/a.png": encode_image()}, "there is no image to train on"),
    ],
    ids=["one class", "no folders", "no training split"],
)
def test_a_source_without_two_classes_is_rejected(files, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        load(put(tmp_path / "i", files))


def test_a_member_of_a_tar_without_a_name_is_rejected(tmp_path):
    members = [("./", encode_image()), *((f"{label}/a.png", encode_image()) for label in "xy")]
    found = read_classified_images(pack(tmp_path / "i.tar", members))
    assert (found.labels, len(found.rejected)) == (("x", "y"), 1)
