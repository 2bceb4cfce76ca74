"""Tagged sentences of CoNLL and CoNLL-U files: columns, schemes, invalid sentences."""

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from support.files import rejections, write

from rnn_templates.data.files.tagged_sentences import read_tagged_sentences
from rnn_templates.preprocessing.text.tag_schemes import find_violation

BIO = "Ann B-PER\nLee I-PER\nleft O\n\nOslo B-LOC\n. O\n"
TOKENS = [["Ann", "Lee", "left"], ["Oslo", "."]]
TAGS = [["B-PER", "I-PER", "O"], ["B-LOC", "O"]]
LABELS = ("O", "B-LOC", "B-PER", "I-PER")
PIECES = ["a", "O", "B-P", "I-P", "E-P", "S-P", "NN", "#", "1", "2", "_", "\ud8ff", "\x00", "\r", "\ufeff"]
CONLLU = """\
# text = Don't go
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\tVBP\tMood=Imp\t3\taux\t_\t_
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_
3.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t_\t_

# only a comment

# text = a #
1\ta b\ta\tDET\tDT\t_\t2\tdet\t_\t_
2\t#\t#\tSYM\tNN\t_\t0\troot\t_\t_
"""


@pytest.mark.parametrize("suffix", [".conll", ".bio.gz", ".iob", ".iob2.xz", ".txt.bz2", ".TXT"])
def test_every_suffix_is_read(tmp_path, suffix):
    tagged = read_tagged_sentences(write(tmp_path, f"a{suffix}", BIO))
    assert (tagged.tokens, tagged.tags, tagged.labels) == (TOKENS, TAGS, LABELS)
    assert (tagged.scheme, tagged.rejected, len(tagged)) == ("bio", [], 2)


@pytest.mark.parametrize("suffix", [".conllu", ".conllu.xz"])
def test_words_of_conllu_are_read_without_multiword_tokens_and_empty_nodes(tmp_path, suffix):
    tagged = read_tagged_sentences(write(tmp_path, f"a{suffix}", CONLLU))
    assert tagged.tokens == [["Do", "n't", "go"], ["a b", "#"]]
    assert tagged.tags == [["AUX", "PART", "VERB"], ["DET", "SYM"]]
    assert tagged.labels == ("AUX", "DET", "PART", "SYM", "VERB")
    assert (tagged.scheme, tagged.rejected) == (None, [])


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("-1", ["AUX", "PART", "VERB"]),
        ("upos", ["AUX", "PART", "VERB"]),
        ("xpos", ["VBP", "RB", "VB"]),
        ("XPOS", ["VBP", "RB", "VB"]),
        ("deprel", ["aux", "advmod", "root"]),
        ("feats", ["Mood=Imp", "_", "_"]),
        ("2", ["do", "not", "go"]),
        (-4, ["3", "3", "0"]),
    ],
)
def test_the_tags_of_conllu_are_selected_by_name_or_number(tmp_path, label, first):
    assert read_tagged_sentences(write(tmp_path, "a.conllu", CONLLU), target_column=label).tags[0] == first


@pytest.mark.parametrize(
    ("columns", "content"),
    [
        ({}, "Ann\tB-PER\nLee\tI-PER\nleft\tO\n\nOslo\tB-LOC\n.\tO"),
        ({}, "Ann\tB-PER \n Lee \tI-PER\nleft\tO\n\nOslo\tB-LOC\n.\tO"),
        ({}, "Ann  NNP   B-PER\nLee NNP I-PER\nleft VBD O\n\nOslo NNP B-LOC \n. . O\n"),
        ({"target_column": "1"}, "Ann B-PER x\nLee I-PER x\nleft O x\n\nOslo B-LOC x\n. O x\n"),
        ({"input_column": 1, "target_column": 0}, "B-PER Ann\nI-PER Lee\nO left\n\nB-LOC Oslo\nO .\n"),
        (
            {"input_column": "-2", "target_column": "-1"},
            "1\tAnn\tB-PER\n2\tLee\tI-PER\n3\tleft\tO\n\n1\tOslo\tB-LOC\n2\t.\tO\n",
        ),
        ({}, BIO.replace("\n", "\r\n")),
        ({}, b"\xef\xbb\xbf" + BIO.encode()),
        ({}, BIO.removesuffix("\n")),
        ({}, "\n  \n" + BIO.replace("\n\n", "\n \t \n\r\n\n") + "\n   \n"),
        ({}, "-DOCSTART- -X- O\n\n" + BIO.replace("\n\n", "\n-DOCSTART- O\n")),
    ],
)
def test_columns_line_ends_and_empty_lines_may_vary(tmp_path, columns, content):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", content), **columns)
    assert (tagged.tokens, tagged.tags, tagged.rejected) == (TOKENS, TAGS, [])


def test_a_hash_and_a_no_break_space_in_a_token_are_no_comment_and_no_separator(tmp_path):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", "# O\n10\u00a0000 B-NUM\n"))
    assert tagged.tokens == [["#", "10\u00a0000"]]


@pytest.mark.parametrize(
    ("content", "labels", "tags", "scheme"),
    [
        ("a I-P\nb I-P\nc B-P\nd I-L\n", ("O", "B-L", "B-P", "I-P"), ["B-P", "I-P", "B-P", "B-L"], "bio"),
        ("a B-P\nb L-P\nc U-L\nd O\n", ("O", "S-L", "B-P", "E-P"), ["B-P", "E-P", "S-L", "O"], "bioes"),
        ("a B-P\nb I-P\nc E-P\nd S-P\n", ("B-P", "I-P", "E-P", "S-P"), ["B-P", "I-P", "E-P", "S-P"], "bioes"),
        ("a NN\nb -LRB-\nc ,\nd O\n", (",", "-LRB-", "NN", "O"), ["NN", "-LRB-", ",", "O"], None),
    ],
)
def test_the_scheme_is_inferred_and_iob1_and_bilou_are_converted(tmp_path, content, labels, tags, scheme):
    labels = tuple(label for label in labels if label in tags)
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", content))
    assert (tagged.tags, tagged.labels, tagged.scheme) == ([tags], labels, scheme)


def test_a_sentence_that_breaks_the_scheme_is_rejected_at_the_line_of_the_tag(tmp_path):
    content = BIO + "\n-DOCSTART- O\n\nin O\nRome I-LOC\n\nBob I-PER\n\nyes O\nb B_PER\n\n" + BIO + "\n" + BIO
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", content))
    assert (tagged.scheme, len(tagged.tokens)) == ("bio", 6)
    assert rejections(tagged) == [
        (11, "I-LOC after O: a span begins with B-"),
        (13, "I-PER at the start: a span begins with B-"),
        (16, "'B_PER' is neither O nor a prefix and a type, such as B-PER"),
    ]


def test_rejected_sentences_are_in_the_order_of_their_lines(tmp_path):
    content = BIO + "\nin O\nRome I-LOC\n\nword\n\n" + BIO
    assert [line for line, _ in rejections(read_tagged_sentences(write(tmp_path, "a.conll", content)))] == [9, 11]


def test_a_given_scheme_is_enforced(tmp_path):
    path = write(tmp_path, "a.conll", "a B-P\nb O\n\na I-P\nb O\n\nc O\nd O\n\nd O\n")
    assert rejections(read_tagged_sentences(path, scheme="bio")) == [(4, "I-P at the start: a span begins with B-")]
    assert [line for line, _ in rejections(read_tagged_sentences(path, scheme="iob1"))] == [1]


def test_plain_tags_with_an_o_among_them_stay_plain(tmp_path):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", "a O\n\nb O\n\nc O\nd PER\n\ne O\n"))
    assert (tagged.labels, tagged.scheme, tagged.rejected) == (("O", "PER"), None, [])


@pytest.mark.parametrize(
    ("labels", "tags"),
    [
        (["O", "B-LOC", "E-PER", "B-PER", "I-PER", "S-LOC"], [["B-PER", "E-PER", "O"], ["S-LOC", "O"]]),
        (["I-PER", "O", "B-PER", "B-LOC"], TAGS),
    ],
)
def test_tags_are_converted_to_the_scheme_of_a_models_labels(tmp_path, labels, tags):
    for name, content in (("bio", BIO), ("bioes", "Ann B-PER\nLee E-PER\nleft O\n\nOslo S-LOC\n. O\n")):
        tagged = read_tagged_sentences(write(tmp_path, f"{name}.conll", content), labels=labels)
        assert (tagged.tags, tagged.labels, tagged.rejected) == (tags, tuple(labels), [])
        assert tagged.scheme == ("bioes" if "E-PER" in labels else "bio")


def test_tags_that_a_model_does_not_have_are_rejected(tmp_path):
    path = write(tmp_path, "a.conll", BIO)
    tagged = read_tagged_sentences(path, labels=["O", "B-PER", "I-PER"])
    assert rejections(tagged) == [(5, "the tag 'B-LOC' is none of 'O', 'B-PER', 'I-PER'")]
    assert tagged.labels == ("O", "B-PER", "I-PER")
    with pytest.raises(ValueError, match="2 of 2 sentences cannot be used .*'B-PER' is none of 'NOUN', 'VERB'"):
        read_tagged_sentences(path, labels=["NOUN", "VERB"])


def test_one_label_is_enough_for_a_model_with_more(tmp_path):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", "a O\n"), labels=["O", "S-PER"])
    assert (tagged.tags, tagged.scheme) == ([["O"]], "bioes")


def test_tags_stay_as_they_are_for_a_model_with_plain_labels(tmp_path):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", "a I-X\n"), labels=["I-X", "NOUN"])
    assert (tagged.tags, tagged.scheme) == ([["I-X"]], None)


def test_spans_in_a_column_of_conllu_are_converted_to_the_scheme_of_a_model(tmp_path):
    content = "1\tAnn\t_\t_\tI-P\t_\t_\t_\t_\t_\n2\tLee\t_\t_\tI-P\t_\t_\t_\t_\t_\n"
    tagged = read_tagged_sentences(
        write(tmp_path, "a.conllu", content), target_column="xpos", labels=["O", "B-P", "E-P"]
    )
    assert (tagged.tags, tagged.scheme) == ([["B-P", "E-P"]], "bioes")


def test_plain_tags_are_not_converted_to_the_scheme_of_a_model(tmp_path):
    content = "a O\n\nb O\n\nc O\n\nd O\n\ne NOUN\n\nf VERB\n\ng I-PER\n"
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", content), labels=["O", "B-PER", "I-PER"])
    assert [line for line, _ in rejections(tagged)] == [9, 11, 13]


@pytest.mark.parametrize(
    ("bad", "line", "reason"),
    [
        (b"word", 8, "too few columns (1) for token 0 and tag -1"),
        (b"fine O\nword", 9, "1 columns, where line 8 has 2"),
        (b"New York B-LOC\nfine O", 9, "2 columns, where line 8 has 3"),
        (b"fine\tO\n\tO", 9, "the token is empty"),
        (b"word\t", 8, "the tag is empty"),
        (b"\xc2\xa0\tO", 8, "the token is empty"),
        (b"fine O\nw\xffrd O", 9, "not UTF-8"),
        (b"wo\x00rd O", 8, "a NUL byte"),
        (b"one O\rtwo O", 8, "a carriage return inside the line"),
    ],
)
def test_a_bad_sentence_is_reported_with_file_and_line_and_the_others_are_kept(tmp_path, bad, line, reason):
    path = write(tmp_path, "a.conll", BIO.encode() + b"\n" + bad + b"\nrest O\n\n" + BIO.encode())
    tagged = read_tagged_sentences(path)
    (rejected,) = tagged.rejected
    assert (rejected.file, rejected.line, rejected.reason) == (str(path), line, reason)
    assert tagged.tokens == TOKENS * 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1\ta\ta\tDET", "4 columns, where CoNLL-U has 10 with tabs between them"),
        ("1 a a DET DT _ 2 det _ _", "1 columns, where CoNLL-U has 10"),
        ("2\ta\ta\tDET\tDT\t_\t2\tdet\t_\t_", "the id '2' instead of 1"),
        ("x\ta\ta\tDET\tDT\t_\t2\tdet\t_\t_", "the id 'x' instead of 1"),
        ("1\ta\ta\t_\tDT\t_\t2\tdet\t_\t_", "no upos, only '_'"),
        ("1\ta\ta\t\tDT\t_\t2\tdet\t_\t_", "the tag is empty"),
        ("1\t\ta\tDET\tDT\t_\t2\tdet\t_\t_", "the token is empty"),
        ("1-2\ta\t_", "3 columns, where CoNLL-U has 10"),
    ],
)
def test_a_bad_sentence_of_conllu_is_reported_with_its_line(tmp_path, row, reason):
    tagged = read_tagged_sentences(write(tmp_path, "a.conllu", CONLLU + "\n# text = bad\n" + row + "\n"))
    ((line, found),) = rejections(tagged)
    assert line == 15
    assert found.startswith(reason)
    assert len(tagged.tokens) == 2


@pytest.mark.parametrize("label", ["xpos", "4", "-6"])
def test_a_column_of_conllu_without_annotation_is_not_a_tag(tmp_path, label):
    content = CONLLU.replace("\tDT\t", "\t_\t")
    assert rejections(read_tagged_sentences(write(tmp_path, "a.conllu", content), target_column=label)) == [
        (11, "no xpos, only '_'")
    ]


def test_sentences_of_conllu_without_an_empty_line_between_them_are_not_joined(tmp_path):
    joined = CONLLU.replace("\n# only a comment\n", "").replace("\n\n", "\n")
    tagged = read_tagged_sentences(write(tmp_path, "a.conllu", joined + "\n" + CONLLU))
    assert rejections(tagged) == [(8, "the id '1' instead of 4")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.conll", "", "there are no sentences in it"),
        ("a.conll", " \n\n-DOCSTART- O\n", "there are no sentences in it"),
        ("a.conllu", "# text = none\n\n", "there are no sentences in it"),
        ("a.conll", "a O\nb O\n\nc O\n", "only the tag 'O' in 2 sentences"),
        ("a.conll", "a NOUN\n", "only the tag 'NOUN' in 1 sentences"),
        ("a.conll", "a\n\nb\n\nc O\n", "2 of 3 sentences cannot be used .line 1: too few columns"),
        ("a.conllu", BIO, "2 of 2 sentences cannot be used .line 1: 1 columns, where CoNLL-U has 10"),
        ("a.conll", BIO.encode("utf-16-le"), "not UTF-8 text .* binary data"),
        ("a.tsv", BIO, "unknown format '.tsv'; use .conll, .conllu"),
        ("a", BIO, "unknown format ''"),
    ],
)
def test_a_file_without_tagged_sentences_is_rejected(tmp_path, name, content, message):
    with pytest.raises(ValueError, match=message):
        read_tagged_sentences(write(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.conll", {"target_column": "ner"}, "`target_column`"),
        ("a.conll", {"input_column": "1.5"}, "`input_column`"),
        ("a.conll", {"input_column": "1", "target_column": "1"}, "`input_column` and `target_column`"),
        ("a.conll", {"input_column": "1", "target_column": "-1"}, r"too few columns \(2\) for token 1 and tag -1"),
        ("a.conll", {"target_column": "5"}, r"too few columns \(2\) for token 0 and tag 5"),
        ("a.conll", {"scheme": "bilou"}, "`scheme`.*bio, iob1, bioes"),
        ("a.conllu", {"target_column": "pos"}, "`target_column`.*upos, xpos, feats, deprel"),
        ("a.conllu", {"target_column": "10"}, "`target_column`"),
        ("a.conllu", {"input_column": "2"}, "`input_column`"),
        ("a.conllu", {"scheme": "bio"}, "2 of 2 sentences cannot be used .*'AUX' is neither O"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, name, options, message):
    with pytest.raises(ValueError, match=message):
        read_tagged_sentences(write(tmp_path, name, CONLLU if name == "a.conllu" else BIO), **options)


@pytest.mark.slow
@pytest.mark.parametrize("sentence", ["word O\n" * 150_000, "x" * (1 << 20) + " O\n"], ids=["many tokens", "one token"])
def test_a_megabyte_in_one_sentence_is_read(tmp_path, sentence):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", sentence + "\n" + BIO))
    assert "\n".join(tagged.tokens[0]) == "\n".join(line.split()[0] for line in sentence.splitlines())
    assert len(next(iter(tagged.dataset()))[0]) == len(tagged.tokens[0])


@settings(deadline=None)
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=40),
    gaps=st.lists(
        st.sampled_from([" ", "\t", "\n", "\n\n", "\t_\t_\tNN\t_\t_\t_\t_\t_\t_\n"]), min_size=40, max_size=40
    ),
    ending=st.sampled_from([".conll", ".conllu"]),
)
def test_any_file_gives_valid_sentences_or_a_reason(tmp_path_factory, pieces, gaps, ending):
    content = "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=False)).encode("utf-8", "surrogatepass")
    path = write(tmp_path_factory.getbasetemp(), f"any{ending}", content)
    try:
        tagged = read_tagged_sentences(path)
    except ValueError as error:
        assert str(error).startswith(str(path))
        return
    for tokens, tags in zip(tagged.tokens, tagged.tags, strict=True):
        assert len(tokens) == len(tags) > 0
        assert all(token.strip() for token in tokens)
        assert set(tags) <= set(tagged.labels)
        assert find_violation(tags, tagged.scheme) is None
    assert 2 * len(tagged.rejected) <= len(tagged.tokens) + len(tagged.rejected)


def test_the_dataset_gives_tokens_and_numbers_of_labels_a_sentence_at_a_time(tmp_path):
    tagged = read_tagged_sentences(write(tmp_path, "a.conll", BIO.replace("Ann", "Åse")))
    dataset = tagged.dataset()
    assert dataset.element_spec == (tf.TensorSpec((None,), tf.string), tf.TensorSpec((None,), tf.int64))
    assert int(dataset.cardinality()) == 2
    found = [([token.decode() for token in tokens], tags.tolist()) for tokens, tags in dataset.as_numpy_iterator()]
    assert found == [(["Åse", "Lee", "left"], [2, 3, 0]), (["Oslo", "."], [1, 0])]


@pytest.mark.slow
def test_wnut17_is_read_whole(shared_data):
    splits = {
        name: read_tagged_sentences(shared_data / "tagging" / "wnut17" / f"{name}.conll")
        for name in ("train", "dev", "test")
    }
    assert [len(split.tokens) for split in splits.values()] == [3394, 1009, 1287]
    assert [len(split.rejected) for split in splits.values()] == [0, 0, 0]
    assert {(split.scheme, len(split.labels)) for split in splits.values()} == {("bio", 13)}
    assert sum(map(len, splits["train"].tokens)) == 62730


@pytest.mark.slow
def test_the_english_web_treebank_is_read_whole(shared_data):
    folder = shared_data / "tfds_manual"
    splits = [read_tagged_sentences(folder / f"en_ewt-ud-{name}.conllu") for name in ("train", "dev", "test")]
    assert [len(split.tokens) for split in splits] == [12543, 2001, 2077]
    assert [len(split.rejected) for split in splits] == [0, 0, 0]
    assert {(split.scheme, len(split.labels)) for split in splits} == {(None, 17)}
    assert sum(map(len, splits[0].tokens)) == 204578
    assert len(read_tagged_sentences(folder / "en_ewt-ud-train.conllu", target_column="xpos").labels) == 50
