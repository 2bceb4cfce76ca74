"""`load`: kinds of sources, splits of files, held-out examples, errors that name the right template."""

import json

import pytest
import tensorflow as tf
from support.files import IMAGES, image_rows, pack, put, text_rows, write

from rnn_templates import registry
from rnn_templates.data import load
from rnn_templates.data.loading import find_source, read_labeled_file
from rnn_templates.data.splits import Splits
from rnn_templates.data.tfds.specs import DATASETS

LABELED = "text,label\na,yes\nb,no\nc,yes\nd,no\n"
PAIRS = "source,target\na,A\nb,B\nc,C\nd,D\n"
CONLL = "Ann B-PER\nleft O\n\nOslo B-LOC\n. O\n\n. O\n"
CAPTIONS = "image,caption\na.png,A letter.\nb.png,The b.\nc.png,The c.\n"
CLASSES = "image,label\na.png,x\nb.png,y\nc.png,x\n"
FILES = {
    "labeled.csv": LABELED, "pairs.csv": PAIRS, "tags.conll": CONLL, "tags.txt": CONLL, "x,y.csv": LABELED,
    "a.en": "a\nb\nc\n", "a.de": "A\nB\nC\n", "captions.csv": CAPTIONS, "classes.csv": CLASSES,
    **{f"images/{name}": content for name, content in IMAGES.items()},
    **{f"folders/{'xy'[n % 2]}/{name}": content for n, (name, content) in enumerate(IMAGES.items())},
}  # fmt: skip


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(put(tmp_path, FILES))
    return tmp_path


@pytest.mark.parametrize(
    ("source", "options", "kind"),
    [
        ("labeled.csv", {}, "labeled_texts"),
        ("x,y.csv", {}, "labeled_texts"),
        ("pairs.csv", {}, "text_pairs"),
        ("labeled.csv", {"kind": "text_pairs", "input_column": "text", "target_column": "label"}, "text_pairs"),
        ("pairs.csv", {"kind": "labeled_texts", "input_column": "source", "target_column": "target"}, "labeled_texts"),
        ("tags.conll", {}, "tagged_sentences"),
        ("tags.txt", {"kind": "tagged_sentences"}, "tagged_sentences"),
        ("a.en,a.de", {}, "text_pairs"),
        (("a.en", "a.de"), {}, "text_pairs"),
        ("folders", {}, "classified_images"),
        ("images,captions.csv", {}, "captioned_images"),
        ("images,classes.csv", {}, "classified_images"),
        ("images,captions.csv", {"target_column": "caption"}, "captioned_images"),
        ("images,captions.csv", {"kind": "classified_images", "target_column": "caption"}, "classified_images"),
        (("images", "classes.csv"), {"kind": "captioned_images", "target_column": "label"}, "captioned_images"),
    ],
    ids=str,
)
def test_the_kind_of_a_file_is_inferred_or_given(files, source, options, kind):
    columns = {name: value for name, value in options.items() if name != "kind"}
    form, found = find_source(source, options.get("kind"), **columns)
    assert (found, form.is_file) == (kind, True)
    splits = load(source, **options, validation=0.34)
    example = next(iter(splits.train))
    assert splits.sizes["train"] >= 2 and splits.sizes["validation"] >= 1
    assert example[0].dtype == tf.string
    assert bool(splits.labels) == (kind not in ("text_pairs", "captioned_images"))
    assert splits.name == (",".join(source) if isinstance(source, tuple) else source)


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("tags.conll", "labeled_texts", "a file of tags .*not labeled texts; use `train tagging`"),
        ("labeled.csv", "tagged_sentences", "not tagged sentences; use `train sentiment`"),
        ("pairs.csv", "labeled_texts", "not labeled texts; use `train translation`"),
        ("labeled.csv", "text_pairs", "not text pairs; use `train sentiment`"),
        ("a.en,a.de", "labeled_texts", "two parallel text files .*use `train translation`"),
        ("images,captions.csv", "labeled_texts", "use `train captioning`"),
        ("images,classes.csv", "captioned_images", "use `train image_classification`"),
        ("folders", "tagged_sentences", "use .*`train image_classification`"),
        ("mnist", "captioned_images", "mnist is a data set .*use `train image_classification`.*: scenes, coco_capt"),
        ("reviews", "text_pairs", r"use `train sentiment`.*dates, dates/\*, ted_hrlr"),
        ("conll2003", "labeled_texts", "use `train tagging`.*imdb_reviews"),
    ],
)
def test_a_source_of_another_kind_names_the_template_that_fits(files, source, kind, message):
    with pytest.raises(ValueError, match=message):
        load(source, kind=kind)
    with pytest.raises(ValueError, match=message):
        read_labeled_file(source, kind)


def test_every_kind_of_a_template_has_data_sets_and_file_forms():
    kinds = {registry.get(name).data_kind for name in registry.names()}
    assert kinds <= {spec.kind for spec in DATASETS.values()}
    for name in registry.names():
        template = registry.get(name)
        assert {DATASETS[dataset].kind for dataset in template.datasets} == {template.data_kind}


def test_further_files_are_validation_and_test(files):
    write(files, "v.csv", "text,label\nv,no\n")
    write(files, "t.jsonl", '{"text": "t", "label": "yes"}\n{"text": "u", "label": "other"}\n')
    splits = load("labeled.csv", validation_data="v.csv", test_data="t.jsonl")
    assert text_rows(splits.train) == [("a", 1), ("b", 0), ("c", 1), ("d", 0)]
    assert (text_rows(splits.validation), text_rows(splits.test)) == ([("v", 0)], [("t", 1)])
    assert splits.sizes == {"train": 4, "validation": 1, "test": 1}
    assert splits.rejected_rows == (("t.jsonl", 2, "the label 'other' is none of 'no', 'yes'"),)


def test_further_files_determine_the_kind_of_a_table(files):
    table = write(files, "any.csv", "source,target,text,label\na,A,a,x\nb,B,b,y\n")
    splits = load(table, validation_data="a.en,a.de", test_data=("a.en", "a.de"))
    assert text_rows(splits.train) == [("a", "A"), ("b", "B")]
    assert text_rows(splits.validation) == text_rows(splits.test) == [("a", "A"), ("b", "B"), ("c", "C")]
    assert splits.train.element_spec == (tf.TensorSpec((), tf.string),) * 2


def test_sources_with_splits_of_their_own_take_no_further_files(files):
    write(files, "s.csv", "image,caption,split\na.png,An a.,train\n")
    for source in ("dates", "images,s.csv"):
        with pytest.raises(ValueError, match="`validation_data` and `test_data` must be None"):
            load(source, test_data=("a.en", "a.de") if source == "dates" else "images,captions.csv")


def test_further_images_are_validation_and_test(files):
    for split, name in zip("xyz", "abc", strict=True):
        write(files, f"{split}.csv", f"image,caption\n{name}.png,Of {split}.\n")
    splits = load("images,x.csv", validation_data="images,y.csv", test_data="images,z.csv")
    found = [image_rows(split) for split in (splits.train, splits.validation, splits.test)]
    assert found == [[(0, [b"Of x."])], [(1, [b"Of y."])], [(2, [b"Of z."])]]


@pytest.mark.parametrize(
    ("source", "options", "error", "message"),
    [
        ("none.csv", {}, FileNotFoundError, "none.csv"),
        ("a.en,b.de", {}, FileNotFoundError, r"b\.de"),
        ("none", {}, ValueError, "There is no data set 'none'.*imdb_reviews"),
        ("revews", {}, ValueError, "There is no data set 'revews'. Did you mean 'reviews'"),
        ("a.en,a.de", {"label_separator": ","}, ValueError, "`label_separator`"),
        ("a.en,a.de", {"label_names": {"0": "no"}}, ValueError, "`label_names`"),
        ("a.en,a.de", {"test_data": "a.en"}, ValueError, "two text files"),
        ("tags.conll", {"label_separator": ","}, ValueError, "`label_separator`"),
        ("folders", {"label_separator": ","}, ValueError, "`label_separator`"),
        ("images,captions.csv", {"kind": "captioned_images", "label_names": {"1": "a"}}, ValueError, "captioned|label"),
        ("imdb_reviews", {"label_names": {"1": "a"}}, ValueError, "`label_names`"),
    ],
    ids=str,
)
def test_a_missing_source_or_an_unused_option_is_named(files, source, options, error, message):
    with pytest.raises(error, match=message):
        load(source, **options)


def test_a_file_is_read_for_a_model(files):
    examples = read_labeled_file("labeled.csv", "labeled_texts", labels=("yes",))
    assert (len(examples), examples.labels, [row.line for row in examples.rejected]) == (2, ("yes",), [3, 5])
    assert text_rows(examples.dataset()) == [("a", 0), ("c", 0)]
    assert len(read_labeled_file("tags.txt", "tagged_sentences", labels=["O", "B-PER", "B-LOC"])) == 3
    assert read_labeled_file("a.en,a.de", "text_pairs", labels=()).sources == [b"a", b"b", b"c"]
    with pytest.raises(ValueError, match="`source` must be a file"):
        read_labeled_file("reviews", "labeled_texts")


def test_a_folder_with_the_name_of_a_data_set_needs_a_dot(tmp_path, monkeypatch):
    monkeypatch.chdir(put(tmp_path, {f"mnist/{name[8:]}": one for name, one in FILES.items() if "folders" in name}))
    assert load("./mnist", validation=0.34).labels == ("x", "y")
    assert not find_source("mnist")[0].is_file


def test_splits_are_returned_with_a_validation_split(files):
    splits = load("labeled.csv", validation=0.25)
    assert load(splits) is splits
    bare = Splits("mine", splits.train, None, None, splits.labels, sizes={"train": 3})
    assert load(bare, validation=0.34).sizes == {"train": 2, "validation": 1}


def test_held_out_examples_are_a_function_of_the_seed(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\n" + "".join(f"t{i},{i % 2}\n" for i in range(50)))
    first, again, other = (load(str(path), validation=0.2, seed=seed) for seed in (1, 1, 2))
    assert first.sizes == {"train": 40, "validation": 10}
    assert text_rows(first.validation) == text_rows(again.validation) != text_rows(other.validation)
    texts = [{text for text, _ in text_rows(split)} for split in (first.train, first.validation)]
    assert texts[0] | texts[1] == {f"t{i}" for i in range(50)} and not texts[0] & texts[1]
    assert int(first.train.cardinality()) == 40


def test_held_out_images_keep_all_their_captions(tmp_path):
    put(tmp_path, {f"images/{name}": content for name, content in IMAGES.items()})
    captions = {name: [f"{name} {number}" for number in range(1 + index)] for index, name in enumerate(IMAGES)}
    rows = [{"image": name, "caption": one} for name, several in captions.items() for one in several]
    write(tmp_path, "t.jsonl", "\n".join(map(json.dumps, rows)))
    found = load((tmp_path / "images", tmp_path / "t.jsonl"), validation=0.34, seed=2)
    assert found.sizes == {"train": 4, "validation": 2}
    both = image_rows(found.train) + image_rows(found.validation)
    assert sorted(both) == [(n, [one.encode() for one in several]) for n, several in enumerate(captions.values())]


def test_consecutive_examples_are_held_out_together(tmp_path):
    path = write(tmp_path, "a.csv", "text,label\n" + "".join(f"{i},{i % 2}\n" for i in range(53)))
    held = [int(text) for text, _ in text_rows(load(str(path), validation=0.2, validation_block_size=5).validation)]
    assert len(held) >= 8
    for start in {number // 5 for number in held}:
        assert {number for number in range(5 * start, 5 * start + 5) if number < 53} <= set(held)
    for size in (0, 10**20):
        with pytest.raises(ValueError, match="`validation_block_size`"):
            load(str(path), validation_block_size=size)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 0.001])
def test_a_fraction_that_leaves_a_split_empty_is_rejected(files, fraction):
    with pytest.raises(ValueError, match="hold out"):
        load("labeled.csv", validation=fraction)


def test_a_tar_of_class_folders_is_loaded(tmp_path):
    path = pack(tmp_path / "i.tar", [(name, content) for name, content in FILES.items() if "folders" in name])
    assert load(path, validation=0.34).labels == ("x", "y")
