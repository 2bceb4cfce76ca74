"""Text pairs of parallel files and of tables, and invalid pairs."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.files import COMPRESS, write

from rnn_templates.data.files.text_pairs import pair_paths, read_text_pairs

ENGLISH, GERMAN = "Good morning.\nHow are you?\nFine.\n", "Guten Morgen.\nWie geht's?\nGut.\n"
SOURCES, TARGETS = ["Good morning.", "How are you?", "Fine."], ["Guten Morgen.", "Wie geht's?", "Gut."]
TSV = 'id\tde\ten\n1\tGuten "Morgen\tGood "morning\n2\tGut.\tFine.\n'


def write_both(folder, english=ENGLISH, german=GERMAN, names=("a.en", "a.de")):
    return tuple(write(folder, name, text) for name, text in zip(names, (english, german), strict=True))


def texts(pairs):
    return [one.decode() for one in pairs.sources], [one.decode() for one in pairs.targets]


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("names", [("a.en", "a.de"), ("sources", "targets")])
def test_parallel_files_are_read_plain_and_compressed(tmp_path, names, compression):
    pairs = read_text_pairs(write_both(tmp_path, names=[name + compression for name in names]))
    assert (texts(pairs), pairs.rejected, len(pairs)) == ((SOURCES, TARGETS), [], 3)


@pytest.mark.parametrize("names", [("en.txt", "de.TXT"), ("a.b.c", "a.b.d"), ("a,b.en", "c.de")])
def test_parallel_files_can_have_any_names(tmp_path, names):
    assert texts(read_text_pairs(write_both(tmp_path, names=names))) == (SOURCES, TARGETS)


@pytest.mark.parametrize("source", [("a.en", "a.de"), ["a.en", "a.de"], "a.en,a.de", " a.en , a.de"], ids=str)
def test_two_paths_are_a_tuple_or_are_separated_by_a_comma(source):
    assert [str(path) for path in pair_paths(source)] == ["a.en", "a.de"]


def test_line_ends_and_a_byte_order_mark_are_not_part_of_a_text(tmp_path):
    pairs = read_text_pairs(write_both(tmp_path, b"\xef\xbb\xbfone\r\ntwo\x0bt\xe2\x80\xa8wo\r\n", b"eins\nzwei"))
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
def test_an_invalid_pair_is_rejected_with_file_line_and_reason(tmp_path, english, german, side, line, reason):
    pairs = read_text_pairs(write_both(tmp_path, english, german))
    assert pairs.rejected == [(f"{tmp_path}/a.{side}", line, reason)]
    kept = [number for number in (1, 2, 3, 4) if number != line]
    assert texts(pairs) == (["abcd"[number - 1] for number in kept], [str(number) for number in kept])


@pytest.mark.parametrize(
    ("english", "german", "message"),
    [
        ("a\nb\n", "1\n2\n3\n", r"a\.en has 2 lines and .*a\.de has 3; "),
        ("a\n" * 1201, "1\n", r"a\.en has 1,201 lines and .*a\.de has 1;"),
        ("", "", r"a\.en and .*a\.de: there are no pairs"),
        ("", "1\n", "has 0 lines and .* has 1;"),
        ("a\n\n\n", "1\n2\n3\n", r"2 of 3 pairs cannot be used \(line 2: the line is empty"),
        (bytes(range(256)), bytes(range(256)), r"a\.en is not UTF-8 text \(60% .* binary data"),
        (gzip.compress(b"a\n", mtime=0), "1\n", r"a\.en is a gzip file, not \.en text"),
    ],
)
def test_files_that_are_not_parallel_texts_are_rejected(tmp_path, english, german, message):
    with pytest.raises(ValueError, match=message):
        read_text_pairs(write_both(tmp_path, english, german))


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("a.tsv.bz2", TSV, 'Good "morning'),
        ("a.csv", 'id,de,en\n1,"Guten\nMorgen","Good ""morning"\n2,Gut.,Fine.\n', 'Good "morning'),
        ("a.jsonl", '{"en": "Good \\"morning", "de": "x"}\n{"en": "Fine.", "de": "Gut."}\n', 'Good "morning'),
    ],
)
def test_two_columns_of_a_table_are_pairs_in_either_direction(tmp_path, name, content, first):
    path = write(tmp_path, name, content)
    pairs = read_text_pairs(path, input_column="en", target_column="de")
    assert texts(pairs)[0] == [first, "Fine."]
    assert texts(read_text_pairs(path, input_column="de", target_column="en")) == texts(pairs)[::-1]


def test_the_default_columns_are_source_and_target(tmp_path):
    assert texts(read_text_pairs(write(tmp_path, "a.csv", "target,source\n1,a\n2,b\n"))) == (["a", "b"], ["1", "2"])
    with pytest.raises(ValueError, match=r"a\.tsv:1: no column 'source'; the columns are \['id', 'de', 'en'\]"):
        read_text_pairs(write(tmp_path, "a.tsv", TSV))


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
def test_an_invalid_row_of_a_table_is_rejected(tmp_path, row, reason):
    lines = [{"source": "x", "target": "y"}, row, {"source": "z", "target": "w"}]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    pairs = read_text_pairs(path)
    assert texts(pairs) == (["x", "z"], ["y", "w"])
    assert pairs.rejected == [(str(path), 2, reason)]


@pytest.mark.parametrize("source", ["a.en,a.de,a.fr", "a.en,", (), ("a.en",), "a.en", "a.conll"], ids=str)
def test_a_source_that_is_neither_two_files_nor_a_table_is_rejected(source):
    with pytest.raises(ValueError, match="two text files"):
        read_text_pairs(source)


def test_parallel_files_have_no_columns(tmp_path):
    with pytest.raises(ValueError, match="`input_column`"):
        read_text_pairs(write_both(tmp_path), input_column="en")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_rejected_and_no_pair_is_lost(tmp_path_factory, data):
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


def test_multi30k_is_read_whole(shared_data):
    folder = shared_data / "translation" / "multi30k"
    pairs = read_text_pairs(f"{folder}/val.en.gz,{folder}/val.de.gz")
    assert (len(pairs.sources), len(pairs.targets), pairs.rejected) == (1014, 1014, [])
    assert len(list(pairs.dataset())) == 1014
