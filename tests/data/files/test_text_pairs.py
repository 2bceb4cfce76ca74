"""Own pairs: every form, and every way in which a file or a pair can be bad."""

import bz2
import gzip
import json
import lzma

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_templates.data import load
from rnn_templates.data.files.text_pairs import read_text_pairs

COMPRESS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress}
ENGLISH, GERMAN = "Good morning.\nHow are you?\nFine.\n", "Guten Morgen.\nWie geht's?\nGut.\n"
SOURCES, TARGETS = ["Good morning.", "How are you?", "Fine."], ["Guten Morgen.", "Wie geht's?", "Gut."]
TSV = 'id\tde\ten\n1\tGuten "Morgen\tGood "morning\n2\tGut.\tFine.\n'


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def both(folder, english=ENGLISH, german=GERMAN, names=("a.en", "a.de")):
    return tuple(write(folder, name, text) for name, text in zip(names, (english, german), strict=True))


def texts(pairs):
    return [one.decode() for one in pairs.sources], [one.decode() for one in pairs.targets]


def rows(dataset):
    return [(source.decode(), target.decode()) for source, target in dataset.as_numpy_iterator()]


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("names", [("a.en", "a.de"), ("en.txt", "de.TXT"), ("sources", "targets"), ("a.b.c", "a.b.d")])
def test_two_files_are_read_whatever_their_endings(tmp_path, names, compression):
    squeezed = [COMPRESS[compression](text.encode()) for text in (ENGLISH, GERMAN)]
    pairs = read_text_pairs(both(tmp_path, *squeezed, names=[name + compression for name in names]))
    assert texts(pairs) == (SOURCES, TARGETS)
    assert pairs.rejected == []


@pytest.mark.parametrize("form", ["tuple", "list", ",", " , "])
def test_two_paths_are_a_tuple_or_have_a_comma_between(tmp_path, form):
    paths = both(tmp_path)
    source = {"tuple": paths, "list": list(paths)}.get(form) or form.join(map(str, paths))
    splits = load(source, validation=0.4)
    assert (splits.labels, splits.multi_label, splits.sizes) == ((), False, {"train": 2, "validation": 1})
    assert splits.name == f"{tmp_path}/a.en,{tmp_path}/a.de"


def test_a_file_with_a_comma_in_its_name_is_one_file(tmp_path):
    path = write(tmp_path, "x,y.tsv", "source\ttarget\na\tb\nc\td\n")
    assert texts(read_text_pairs(str(path))) == (["a", "c"], ["b", "d"])
    labeled = write(tmp_path, "x,z.csv", "text,label\na,yes\nb,no\n")
    assert load(str(labeled), validation=0.5).labels == ("no", "yes")


def test_the_splits_are_what_the_files_hold(tmp_path):
    train = both(tmp_path)
    held = both(tmp_path, "one\n", "eins\n", ("v.en", "v.de"))
    test = both(tmp_path, "two\nthree\n", "zwei\ndrei", ("t.en", "t.de"))
    splits = load(train, validation_data=held, test_data=",".join(map(str, test)))
    assert rows(splits.train) == list(zip(SOURCES, TARGETS, strict=True))
    assert rows(splits.validation) == [("one", "eins")]
    assert rows(splits.test) == [("two", "zwei"), ("three", "drei")]
    assert splits.sizes == {"train": 3, "validation": 1, "test": 2}
    assert splits.train.element_spec == (tf.TensorSpec((), tf.string),) * 2


def test_what_is_held_out_is_pairs_too(tmp_path):
    lines = [[f"{side} {n}" for n in range(20)] for side in "st"]
    splits = load(both(tmp_path, *("\n".join(side) for side in lines)), validation=0.25, seed=3)
    train, held = rows(splits.train), rows(splits.validation)
    assert (len(train), len(held)) == (15, 5)
    assert sorted(train + held) == sorted(zip(*lines, strict=True))


def test_windows_line_ends_and_a_byte_order_mark_are_no_part_of_a_sentence(tmp_path):
    pairs = read_text_pairs(both(tmp_path, b"\xef\xbb\xbfone\r\ntwo\x0bt\xe2\x80\xa8wo\r\n", b"eins\nzwei"))
    assert texts(pairs) == (["one", "two\x0bt\u2028wo"], ["eins", "zwei"])


@pytest.mark.parametrize(
    ("english", "german", "side", "line", "reason"),
    [
        ("a\n\nc\nd\n", "1\n2\n3\n4\n", "en", 2, "the line is empty"),
        ("a\nb\nc\nd\n", "1\n2\n \t\u00a0\n4\n", "de", 3, "the line is empty"),
        ("a\n\nc\nd\n", "1\n\n3\n4\n", "en", 2, "the line is empty"),
        (b"a\nb\xff\nc\nd\n", "1\n2\n3\n4\n", "en", 2, "not UTF-8"),
        ("a\nb\nc\nd\n", b"1\n2\n3\n4\x00\n", "de", 4, "a NUL byte"),
        ("a\nb\rb\nc\nd\n", "1\n2\n3\n4\n", "en", 2, "a carriage return inside the line"),
    ],
)
def test_a_bad_pair_is_left_out_and_named(tmp_path, english, german, side, line, reason):
    paths = both(tmp_path, english, german)
    splits = load(paths, validation=0.3)
    assert splits.rejected_rows == ((f"{tmp_path}/a.{side}", line, reason),)
    kept = [number for number in (1, 2, 3, 4) if number != line]
    assert texts(read_text_pairs(paths)) == (["abcd"[number - 1] for number in kept], [str(number) for number in kept])


@pytest.mark.parametrize(
    ("english", "german", "message"),
    [
        ("a\nb\n", "1\n2\n3\n", r"a\.en has 2 lines and .*a\.de has 3; line by line"),
        ("a\n" * 1201, "1\n", r"a\.en has 1,201 lines and .*a\.de has 1;"),
        ("", "", r"a\.en and .*a\.de: there are no pairs in it"),
        ("", "1\n", "has 0 lines and .* has 1;"),
        ("a\n\n\n", "1\n2\n3\n", r"2 of 3 pairs cannot be used \(line 2: the line is empty"),
        (bytes(range(256)), bytes(range(256)), "cannot be used"),
        (gzip.compress(b"a\n", mtime=0), "1\n", r"a\.en is a gzip file, not \.en text"),
        ("a\n".encode("utf-16"), "1\n", r"a\.en is UTF-16 text; save it as UTF-8"),
    ],
)
def test_files_that_are_no_pairs_are_refused(tmp_path, english, german, message):
    with pytest.raises(ValueError, match=message):
        read_text_pairs(both(tmp_path, english, german))


def test_a_file_that_is_not_compressed_or_cut_short_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"a\.en\.gz is not a complete \.gz file"):
        read_text_pairs(both(tmp_path, names=("a.en.gz", "a.de")))
    cut = gzip.compress(b"line\n" * 100_000)[:-200]
    with pytest.raises(ValueError, match=r"b\.en\.gz is (truncated or damaged|not a complete)"):
        read_text_pairs(both(tmp_path, cut, names=("b.en.gz", "b.de")))


@pytest.mark.parametrize(
    ("ending", "content", "first"),
    [
        (".tsv", TSV, 'Good "morning'),
        (".csv", 'id,de,en\n1,"Guten\nMorgen","Good ""morning"\n2,Gut.,Fine.\n', 'Good "morning'),
        (".jsonl", '{"en": "Good \\"morning", "de": "x"}\n{"en": "Fine.", "de": "Gut."}\n', 'Good "morning'),
    ],
)
@pytest.mark.parametrize("compression", COMPRESS)
def test_a_table_of_pairs_is_read_by_its_columns(tmp_path, ending, content, first, compression):
    path = write(tmp_path, f"a{ending}{compression}", COMPRESS[compression](content.encode()))
    pairs = read_text_pairs(path, input_column="en", target_column="de")
    assert pairs.sources == [first.encode(), b"Fine."]
    assert pairs.targets[1] == b"Gut."
    back = load(str(path), kind="text_pairs", input_column="de", target_column="en", validation=0.5)
    assert (back.labels, back.sizes) == ((), {"train": 1, "validation": 1})
    assert ("Gut.", "Fine.") in rows(back.train) + rows(back.validation)


def test_the_columns_of_a_table_are_source_and_target(tmp_path):
    path = write(tmp_path, "a.csv", "target,source\n1,a\n2,b\n")
    assert texts(read_text_pairs(path)) == (["a", "b"], ["1", "2"])
    with pytest.raises(ValueError, match=r"a\.tsv:1: no column 'source'; the columns are \['id', 'de', 'en'\]"):
        load(write(tmp_path, "a.tsv", TSV), kind="text_pairs")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"source": "a", "target": " "}, "'target' is empty"),
        ({"source": 3, "target": "b"}, "'source' is int, not a text"),
        ({"source": "a\0", "target": "b"}, "'source' holds a NUL byte"),
        ({"source": "a"}, "no 'target'"),
        ({"source": "a", "target": "\ud83d"}, "half of a surrogate pair"),
    ],
    ids=str,
)
def test_a_bad_row_of_a_table_is_left_out_and_named(tmp_path, row, reason):
    lines = [{"source": "x", "target": "y"}, row, {"source": "z", "target": "w"}]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    pairs = read_text_pairs(path)
    assert texts(pairs) == (["x", "z"], ["y", "w"])
    assert pairs.rejected == [(str(path), 2, reason)]


@pytest.mark.parametrize(
    ("source", "options", "error", "message"),
    [
        ("a.en,b.de", {}, FileNotFoundError, r"There is no file .*b\.de"),
        ("a.en,a.de,a.fr", {}, ValueError, r"wanted two text files .*train\.en,train\.de"),
        ("a.en,", {}, ValueError, "wanted two text files"),
        ((), {}, ValueError, "wanted two text files"),
        (("a.en",), {}, ValueError, "wanted two text files"),
        ("a.en", {"pairs": True}, ValueError, "a.en: wanted two text files"),
        ("a.conll", {"pairs": True}, ValueError, "a.conll: wanted two text files"),
        ("a.en,a.de", {"text": "en"}, ValueError, "name the columns of a table"),
        ("a.en,a.de", {"label_separator": ","}, ValueError, "label_separator and label_names go with labels"),
        ("a.en,a.de", {"label_names": {"0": "no"}}, ValueError, "label_separator and label_names go with labels"),
        ("a.csv", {"pairs": True}, FileNotFoundError, r"There is no file .*a\.csv"),
        ("dates", {"test_data": ("a.en", "a.de")}, ValueError, "dates has splits of its own"),
        ("a.en,a.de", {"test_data": "a.en"}, ValueError, "a.en: wanted two text files"),
    ],
    ids=str,
)
def test_a_source_that_does_not_fit_is_told_what_would(tmp_path, monkeypatch, source, options, error, message):
    monkeypatch.chdir(tmp_path)
    both(tmp_path)
    with pytest.raises(error, match=message):
        load(source, **options)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_refused_and_every_pair_is_kept_or_told(tmp_path_factory, data):
    line = st.lists(st.sampled_from([b"a", b"\xc3\xa9", b" ", b"\xff", b"\x00", b"\r", b"\t"]), max_size=4).map(
        b"".join
    )
    sides = [data.draw(st.lists(line, min_size=1, max_size=6)) for _ in range(2)]
    folder = tmp_path_factory.mktemp("fuzz")
    paths = [write(folder, name, b"".join(one + b"\n" for one in side)) for name, side in zip("ab", sides, strict=True)]
    try:
        pairs = read_text_pairs(tuple(paths))
    except ValueError as error:
        assert str(folder) in str(error)
    else:
        assert len(sides[0]) == len(sides[1]) == len(pairs.sources) + len(pairs.rejected)
        assert all(text.strip() and text.decode() for text in pairs.sources + pairs.targets)


def test_the_real_pairs_are_read(shared_data):
    folder = shared_data / "translation" / "multi30k"
    pairs = read_text_pairs(f"{folder}/val.en.gz,{folder}/val.de.gz")
    assert (len(pairs.sources), len(pairs.targets), pairs.rejected) == (1014, 1014, [])
    assert len(list(pairs.dataset())) == 1014
