"""An exported tagger answers as the model does, in processes that know nothing of this package."""

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.export import export_model
from rnn_templates.export.targets.litert import LiteRTModel, list_ops
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.tagging.builder import tagging_model

TAGS = ("O", "B-CITY", "B-NAME", "I-NAME")
SENTENCES = [["Ann", "Lee", "is", "in", "Oslo"], ["Rome", "!"], ["Bo", "Ray", "left", "Rome"], ["Ann", "left"]]
TRUTH = [
    ["B-NAME", "I-NAME", "O", "O", "B-CITY"],
    ["B-CITY", "O"],
    ["B-NAME", "I-NAME", "O", "B-CITY"],
    ["B-NAME", "O"],
]
TEXTS = ["Ann Lee is in Oslo", "L’Eau<br>👩\u200d👧 never-seen" + "x" * 20, "", "é Bo Ray 東京!", "Ann left Rome. " * 7]
RUNTIME = Path(__file__).parents[2] / "rnn_templates" / "runtime"


def build(**options):
    keras.utils.set_random_seed(1)
    small = {"units": 6, "embedding_dim": 6, "char_units": 8, "max_word_bytes": 7, "max_tokens": 8, "dropout": 0.0,
             "unk_dropout": 0.0, "learning_rate": 0.02}  # fmt: skip
    return build_flat(tagging_model, Vocabulary.from_tokens(SENTENCES), TAGS, **{**small, **options})


def alone(code, *arguments):
    """Runs code in a process of its own, and returns the JSON that it prints last."""
    answer = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.strip().splitlines()[-1])


def in_words(model, sentences):
    return [
        [[token[name] for name in ("text", "start", "end", "tag", "probability")] for token in answer["tokens"]]
        for answer in model.predict(sentences, return_labels=True)
    ]


def assert_alike(answers, expected, tolerance):
    """The same tokens, places and tags; probabilities up to a tolerance."""
    for own, wanted in zip(answers, expected, strict=True):
        assert [token[:-1] for token in own] == [token[:-1] for token in wanted]
        np.testing.assert_allclose([token[-1] for token in own], [token[-1] for token in wanted], atol=tolerance)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "model"
    model = build()
    model.fit(SENTENCES * 4, TRUTH * 4, epochs=20, batch_size=4, verbose=0)
    return model, folder, export_model(model, folder, examples=(SENTENCES, TRUTH), data="four sentences")


def test_the_certificate_counts_words_and_stands_in_the_card(exported):
    _, folder, parity = exported
    reports = {report["target"]: report for report in parity["targets"]}
    assert parity["examples"] == 4
    for name in ("saved_model", "model.tflite"):
        assert reports[name]["max_abs_difference"] < 1e-5
        assert (reports[name]["label_agreement"], reports[name]["metric_change"]) == (1.0, 0.0)
    assert reports["model_int8.tflite"]["label_agreement"] >= 0.98
    card = json.loads((folder / "card.json").read_text())
    assert (card["template"], card["labels"]) == ("tagging", list(TAGS))
    assert card["parity"]["targets"][1]["label_agreement"] == 1.0
    assert "model_int8.tflite" in (folder / "README.md").read_text()
    assert (folder / "labels.txt").read_text().splitlines() == list(TAGS)


def test_the_saved_model_answers_texts_and_tokens_where_there_is_only_tensorflow(exported):
    model, folder, _ = exported
    code = (
        "import sys, json, tensorflow as tf\n"
        "served, texts, names = tf.saved_model.load(sys.argv[1]), json.loads(sys.argv[2]), ('tags', 'probabilities')\n"
        "ours = {k: v.numpy() for k, v in served.serve(tf.constant(texts)).items()}\n"
        "theirs = {k: v.numpy() for k, v in served.serve_tokens(ours['tokens']).items()}\n"
        "assert 'rnn_templates' not in sys.modules\n"
        "rows = [[[w.decode(), int(a), int(b), t.decode(), float(p)] for w, a, b, t, p in zip(*row) if w]\n"
        "        for row in zip(*(ours[k] for k in ('tokens', 'starts', 'ends', *names)))]\n"
        "padding = ours['tokens'] == b''\n"
        "assert (ours['tags'][padding] == b'').all() and (ours['probabilities'][padding] == 0).all()\n"
        "equal = (ours['tags'] == theirs['tags']).all() and abs(ours[names[1]] - theirs[names[1]]).max() < 1e-6\n"
        "print(json.dumps([rows, bool(equal)]))"
    )
    rows, equal = alone(code, folder / "saved_model", json.dumps(TEXTS))
    assert equal
    assert_alike(rows, in_words(model, TEXTS), 1e-5)


def test_wider_padding_changes_no_served_answer(exported):
    model, folder, _ = exported
    served = tf.saved_model.load(str(folder / "saved_model"))
    tokens = tf.constant([["Ann", "Lee", "", ""], ["", "", "", ""], ["Bo", "", "Rome", ""]])
    found = served.serve_tokens(tokens)
    assert found["tags"].shape == found["probabilities"].shape == (3, 4)
    for row, sentence in zip(found["tags"].numpy(), (["Ann", "Lee"], [], ["Bo", "", "Rome"]), strict=True):
        expected = [TAGS[tag].encode() for tag in model.predict([sentence])[0]]
        assert row.tolist() == expected + [b""] * (4 - len(expected))
    assert served.serve(tf.constant([""]))["tags"].numpy().tolist() == [[b""]]


@pytest.mark.parametrize(("name", "tolerance"), [("model.tflite", 1e-5), ("model_int8.tflite", 0.05)])
def test_the_litert_file_answers_with_numpy_and_a_short_reader(exported, name, tolerance):
    model, folder, _ = exported
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1])\n"
        "import numpy as np\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        "from word_tokenizer import make_token_encoder\n"
        "read, rows = make_token_encoder(sys.argv[2]), []\n"
        "labels = open(sys.argv[2] + '/labels.txt').read().splitlines()\n"
        "run = Interpreter(sys.argv[2] + '/' + sys.argv[3]).get_signature_runner('serve')\n"
        "shapes = {name: detail['shape'] for name, detail in run.get_input_details().items()}\n"
        "for text in json.loads(sys.argv[4]):\n"
        "    rows.append([])\n"
        "    for words, spellings, tokens in read(text):\n"
        "        inputs = {name: np.zeros(shape, np.int32) for name, shape in shapes.items()}\n"
        "        inputs['word_ids'][0, :len(words)] = words\n"
        "        for place, letters in enumerate(spellings): inputs['byte_ids'][0, place, :len(letters)] = letters\n"
        "        found = run(**inputs)\n"
        "        rows[-1] += [[*token, labels[tag], float(p)]\n"
        "                     for token, tag, p in zip(tokens, found['tags'][0], found['probabilities'][0])]\n"
        "assert not {'tensorflow', 'rnn_templates'} & set(sys.modules)\n"
        "print(json.dumps(rows))"
    )
    rows = alone(code, RUNTIME, folder, name, json.dumps(TEXTS))
    assert_alike(rows[:-1], in_words(model, TEXTS[:-1]), tolerance)
    pieces = [TEXTS[-1].split()[i : i + 6] for i in (0, 6, 12, 18)]  # 8 tokens each, with their full stops
    pieces = [
        [token for word in piece for token in (word.strip("."), ".")[: 1 + word.endswith(".")]] for piece in pieces
    ]
    answers = in_words(model, pieces)
    assert [token[3] for token in rows[-1]] == [token[3] for answer in answers for token in answer]
    assert all(TEXTS[-1][start:end] == word for word, start, end, *_ in rows[-1])


def test_a_longer_sentence_is_asked_in_pieces(exported):
    model, folder, _ = exported
    file = LiteRTModel(folder / "model.tflite")
    sentence = SENTENCES[0] * 5
    (answer,) = model.ask_device(file, [sentence])
    expected = model.ask([sentence[i : i + 8] for i in range(0, 25, 8)])
    np.testing.assert_array_equal(answer.labels, np.concatenate([one.labels for one in expected]))
    np.testing.assert_allclose(answer.probabilities, np.concatenate([one.probabilities for one in expected]), atol=1e-5)
    assert [len(one.labels) for one in model.ask_device(file, [[], ["Ann"] * 8, ["Ann"] * 9])] == [0, 8, 9]


def test_the_certificate_asks_long_sentences_in_pieces_too(tmp_path):
    model = build()  # max_tokens=8, and a CRF that nobody has trained
    parity = export_model(model, tmp_path / "model", ("litert",), examples=([SENTENCES[0] * 5] * 3, [TRUTH[0] * 5] * 3))
    assert (parity["examples"], parity["targets"][1]["label_agreement"]) == (12, 1.0)
    assert parity["targets"][1]["metric_change"] == 0.0


@pytest.mark.parametrize("char_encoder", ["cnn", "rnn", "none"])
@pytest.mark.parametrize("crf", [True, False], ids=["crf", "softmax"])
def test_every_combination_exports_with_built_in_ops_alone(tmp_path, crf, char_encoder):
    model = build(
        crf=crf, char_encoder=char_encoder, num_layers=1 + (char_encoder == "rnn"), cell="gru" if crf else "lstm"
    )
    parity = export_model(model, tmp_path / "model", ("litert",), examples=SENTENCES)
    reports = {report["target"]: report for report in parity["targets"]}
    assert reports["model.tflite"]["max_abs_difference"] < 1e-5
    content = (tmp_path / "model" / "model.tflite").read_bytes()
    assert not [op for op in list_ops(content) if op.startswith(("CUSTOM", "Flex"))]
    file = LiteRTModel(tmp_path / "model" / "model.tflite")
    sentences = [*SENTENCES, ["x" * 30, "", "👩\u200d👧"]]
    for answer, ours, again in zip(*(model.ask_device(file, sentences), model.ask(sentences)),
                                   model.ask_device(file, sentences), strict=True):  # fmt: skip
        np.testing.assert_array_equal(answer.labels, ours.labels)
        np.testing.assert_allclose(answer.probabilities, ours.probabilities, atol=1e-5)
        np.testing.assert_array_equal(answer.probabilities, again.probabilities)  # no state is left


def test_texts_and_empty_sentences_are_examples_too(tmp_path):
    model = build()
    parity = export_model(
        model,
        tmp_path / "model",
        ("saved_model",),
        examples=["Ann left", "", b"Bo \xff", [], ["Ann", b"\xff", "\ud800"]],
    )
    assert parity["examples"] == 5
    assert parity["targets"][1]["label_agreement"] == 1.0


@pytest.mark.parametrize(
    ("examples", "error", "message"),
    [
        ([], ValueError, "`x`"),
        ((SENTENCES, TRUTH[:2]), ValueError, "`y`"),
        ((SENTENCES, [["O"] * 9] * 4), ValueError, "Sentence 0 has 5 tokens and 9 tags"),
        ([["Ann", 3]], TypeError, "Token 1 of sentence 0 is int"),
    ],
    ids=str,
)
def test_examples_that_do_not_fit_are_refused_and_leave_nothing(tmp_path, examples, error, message):
    with pytest.raises(error, match=message):
        export_model(build(), tmp_path / "model", ("litert",), examples=examples)
    assert list(tmp_path.iterdir()) == []
