"""Tables in memory: DataFrames, dicts and arrays as splits; Parquet files."""

import numpy as np
import pandas as pd
import pyarrow
import pytest
from support.files import rejections, text_rows, write

import rnn_templates as rt
from rnn_templates.data.files.labeled_texts import read_labeled_texts, read_texts
from rnn_templates.data.frames import Frame, list_examples
from rnn_templates.data.loading import read_labeled_file

TEXTS = ["good", "bad", "fine", "poor"]
LABELS = ["yes", "no", "yes", "no"]
ROWS = [("good", 1), ("bad", 0), ("fine", 1), ("poor", 0)]
HALF = {"validation": 0.5}


def all_rows(splits):
    """The (text, target) of all splits, in the order of the texts in TEXTS."""
    rows = text_rows(splits.train) + text_rows(splits.validation)
    return sorted(rows, key=lambda row: TEXTS.index(row[0]))


@pytest.mark.parametrize(
    "source",
    [
        {"text": TEXTS, "label": LABELS},
        {"text": np.array(TEXTS), "label": tuple(LABELS)},
        pd.DataFrame({"text": TEXTS, "label": LABELS}),
        pd.DataFrame({"text": pd.array(TEXTS, "string"), "label": pd.Categorical(LABELS)}, index=[3, 9, 1, 1]),
        pyarrow.table({"text": TEXTS, "label": LABELS}),
    ],
    ids=["dict", "arrays", "DataFrame", "string and category", "pyarrow"],
)
def test_a_table_in_memory_is_not_read_like_a_file(source, tmp_path):
    splits = rt.load(source, **HALF)
    assert (all_rows(splits), splits.labels, splits.kind) == (ROWS, ("no", "yes"), "labeled_texts")
    assert splits.options == {} and splits.held_out["validation"] == 0.5
    assert splits.name == f"the {type(source).__name__}"


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([True, False, True, False], ("False", "True")),
        ([1, 0, 1, 0], ("0", "1")),
        ([1.0, 0.0, 1.0, 0.0], ("0", "1")),
        (pd.array([1, 0, 1, 0], "Int64"), ("0", "1")),
        (pd.array([True, False, True, False], "boolean"), ("False", "True")),
    ],
    ids=["bool", "int", "float", "Int64", "boolean"],
)
def test_labels_of_a_data_frame_are_not_named_by_their_storage(labels, names):
    splits = rt.load(pd.DataFrame({"text": TEXTS, "label": labels}), **HALF)
    assert (splits.labels, all_rows(splits)) == (names, ROWS)


def test_missing_values_of_a_data_frame_are_not_trained_on_as_texts_or_labels():
    frame = pd.DataFrame({"text": [*TEXTS, None, np.nan, "x", "y"], "label": [1, 0, 1, 0, 1, 0, np.nan, None]})
    splits = rt.load(frame, **HALF)
    reasons = [(row.line, row.reason) for row in splits.rejected_rows]
    missing = [(5, "'text' is missing"), (6, "'text' is missing")]
    assert reasons == [*missing, (7, "no label in 'label'"), (8, "no label in 'label'")]
    assert (splits.labels, all_rows(splits)) == (("0", "1"), ROWS)


def test_columns_further_tables_and_options_of_a_data_frame_are_not_ignored():
    frame = pd.DataFrame({"review": TEXTS, "stars": [1, 0, 1, 0]})
    columns = {"input_column": "review", "target_column": "stars", "label_names": {"1": "good"}}
    splits = rt.load(frame, **columns, validation_data=frame[:2], test_data=frame[2:])
    assert (splits.labels, splits.sizes) == (("0", "good"), {"train": 4, "validation": 2, "test": 2})
    assert splits.options == columns
    examples = read_labeled_file(
        frame, "labeled_texts", labels=("0", "1"), input_column="review", target_column="stars"
    )
    assert len(examples) == 4
    with pytest.raises(
        ValueError, match=r"the DataFrame: no column 'text'; the columns are \['Text', 'label'\]. Did you"
    ):
        rt.load(pd.DataFrame({"Text": TEXTS, "label": LABELS}))


def test_a_table_in_memory_holds_sentences_pairs_and_lists_of_labels():
    sentences = {"tokens": [["Ann", "left"], ["Oslo", "."]], "tags": [["B-PER", "O"], ["B-LOC", "O"]]}
    for source in (sentences, pd.DataFrame(sentences), pyarrow.table(sentences)):
        splits = rt.load(source, **HALF)
        assert (splits.kind, splits.labels) == ("tagged_sentences", ("O", "B-LOC", "B-PER"))
    pairs = rt.load({"source": TEXTS, "target": LABELS}, **HALF)
    assert (pairs.kind, pairs.sizes["train"]) == ("text_pairs", 2)
    several = {"text": TEXTS, "label": [["a", "b"], ["b"], [], ["a"]]}
    splits = rt.load(several, label_separator=",", **HALF)
    assert splits.multi_label and all_rows(splits)[:3] == [("good", [1, 1]), ("bad", [0, 1]), ("fine", [0, 0])]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"text": ["a"], "label": ["x", "y"]}, "same length; received 1 of 'text', 2 of 'label'"),
        ({"text": "good", "label": ["x"]}, "'text' must be a list of values; received str"),
        (pd.DataFrame([["a", "b"]], columns=["text", "text"]), "the column 'text' occurs twice"),
        ({"text": [], "label": []}, "no rows"),
        ({"text": ["a", "b"], "label": ["x", "x"]}, "only the label 'x' in 2 rows"),
        (pd.DataFrame(), "no column 'text'"),
    ],
    ids=["lengths", "str", "twice", "empty", "one class", "no columns"],
)
def test_a_table_in_memory_that_cannot_be_used_is_not_trained_on(source, message):
    with pytest.raises(ValueError, match=message):
        rt.load(source)


def test_arrays_become_splits_without_a_file():
    splits = rt.Splits.from_arrays(pd.Series(TEXTS), np.array([1, 0, 1, 0]), **HALF)
    assert (all_rows(splits), splits.labels) == (ROWS, ("0", "1"))
    held = rt.Splits.from_arrays(TEXTS, LABELS, validation_data=(TEXTS[:1], LABELS[:1]), test_data=(TEXTS, LABELS))
    assert held.sizes == {"train": 4, "validation": 1, "test": 4}
    several = rt.Splits.from_arrays(TEXTS, [["a", "b"], ["b"], [], ["a"]], **HALF)
    assert several.multi_label and several.labels == ("a", "b")
    tagged = rt.Splits.from_arrays([["Ann", "left"], ["Oslo"]], [["PER", "O"], ["LOC"]], **HALF)
    assert (tagged.kind, tagged.labels) == ("tagged_sentences", ("LOC", "O", "PER"))
    pairs = rt.Splits.from_arrays(TEXTS, LABELS, kind="text_pairs", **HALF)
    assert pairs.kind == "text_pairs" and pairs.labels == ()
    with pytest.raises(ValueError, match="same length; received 4 of 'text', 3 of 'label'"):
        rt.Splits.from_arrays(TEXTS, LABELS[:3])
    with pytest.raises(ValueError, match="`kind` must be one of labeled_texts"):
        rt.Splits.from_arrays(TEXTS, LABELS, kind="images")
    with pytest.raises(TypeError, match="received a single str"):
        rt.Splits.from_arrays("good", LABELS)


def test_a_parquet_file_is_read_like_a_csv_file(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"text": [*TEXTS, None], "label": [1, 0, 1, 0, 1], "other": [b"x"] * 5}).to_parquet(path)
    found = read_labeled_texts(path)
    assert (text_rows(found.dataset()), found.labels) == (ROWS, ("0", "1"))
    assert rejections(found) == [(5, "'text' is missing")]
    assert rt.load(path, validation=0.5).kind == rt.load(str(path), validation=0.5).kind == "labeled_texts"
    assert read_texts(path, input_column="other") == ["x"] * 5
    with pytest.raises(ValueError, match="is no Parquet file, or is damaged"):
        rt.load(write(tmp_path, "cut.parquet", path.read_bytes()[:-20]))
    with pytest.raises(FileNotFoundError, match="Did you mean 'a.parquet'"):
        rt.load(tmp_path / "b.parquet")


def test_a_missing_pyarrow_is_not_a_traceback_without_the_extra(tmp_path, monkeypatch):
    path = write(tmp_path, "a.parquet", b"PAR1")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"Parquet files needs `pip install 'rnn_templates\[tables\]'`"):
        rt.load(path)


def test_raw_examples_of_a_container_are_a_list():
    frame = pd.DataFrame({"text": TEXTS, "label": LABELS})
    for container in (TEXTS, tuple(TEXTS), frame, frame[["text"]], frame["text"], np.array(TEXTS), np.array([TEXTS]).T):
        assert list_examples(container) == TEXTS
    assert list_examples(frame, "label") == LABELS
    assert list_examples(pd.DataFrame({"review": TEXTS})) == TEXTS
    with pytest.raises(ValueError, match=r"as in `df\['text'\]`; it has a, b"):
        list_examples(pd.DataFrame({"a": TEXTS, "b": TEXTS}))
    assert str(Frame({"text": TEXTS})) == "the dict" and len(Frame({})) == 0
