"""An exported translator answers as the model does, in processes that know nothing of this package."""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from support.flat import build_flat

from rnn_templates.export import export as export_module
from rnn_templates.export import export_model
from rnn_templates.export.parity import ParityError, check_parity
from rnn_templates.export.targets.litert import LiteRTModel, export_litert, list_ops
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID, SubwordVocabulary
from rnn_templates.tasks.task import Answer
from rnn_templates.templates.translation.builder import translation_model
from rnn_templates.templates.translation.task import Translator

GERMAN = {"one": "eins", "two": "zwei", "six": "sechs", "ten": "zehn"}
SOURCES = [" ".join(words) for words in itertools.permutations(GERMAN)]
TARGETS = [" ".join(GERMAN[word] for word in source.split()) for source in SOURCES]
TOO_LONG = "one two six ten " * 3
TEXTS = [*SOURCES[::5], "two", " six\n ten ", "sixten 😀", b"one \xff\xfe ten", TOO_LONG]
RUNTIME = Path(__file__).parents[2] / "rnn_templates" / "runtime"
SIGNATURES = {"encode", "decode_step", "greedy", "beam"}


def build(**options):
    keras.utils.set_random_seed(1)
    vocabularies = (SubwordVocabulary([f"▁{word}" for word in words]) for words in (GERMAN, GERMAN.values()))
    small = {"units": 16, "embedding_dim": 16, "max_source_length": 12, "max_target_length": 12, "beam_width": 3,
             "learning_rate": 0.01}  # fmt: skip
    calm = dict.fromkeys(("dropout", "embedding_dropout", "memory_dropout", "type_dropout", "label_smoothing"), 0.0)
    return build_flat(translation_model, *vocabularies, **{**small, **calm, **options})


def alone(code, *arguments):
    """Runs code in a process of its own, and returns the JSON that it prints last."""
    answer = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.strip().splitlines()[-1])


def in_hexadecimal(texts):
    return json.dumps([(text if isinstance(text, bytes) else text.encode()).hex() for text in texts])


def row_of(model, text):
    """What the file reads of a text."""
    source, ids = np.zeros((1, 12), np.int32), model.preprocessor.encode(text)
    source[0, : len(ids)] = ids
    return source


def written(model, tokens):
    return model.target_preprocessor.vocabulary.decode(tokens)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "model"
    model = build()
    model.fit(SOURCES * 8, TARGETS * 8, epochs=35, batch_size=24, verbose=0)
    assert model.generate(SOURCES) == TARGETS, "the other tests want answers that are no ties"
    examples = [*SOURCES, TOO_LONG, ""], [*TARGETS, "zu lang", "leer"]
    return model, folder, export_model(model, folder, examples=examples, data="the words in every order")


def test_the_certificate_tells_of_every_search_of_every_file(exported):
    _, _, parity = exported
    assert (parity["metric"], parity["examples"]) == ("bleu", 24)  # without the long and the empty one
    reports = {(report["target"], report["signature"]): report for report in parity["targets"]}
    assert list(reports) == [
        ("keras", "greedy"), ("keras", "beam"), ("saved_model", "beam"), ("model.tflite", "greedy"),
        ("model.tflite", "beam"), ("model_int8.tflite", "greedy"), ("model_int8.tflite", "beam"),
    ]  # fmt: skip
    for key in list(reports)[2:5]:
        assert reports[key]["max_abs_difference"] < 1e-4, key
        assert (reports[key]["label_agreement"], reports[key]["metric_change"]) == (1.0, 0.0), key
    for key in list(reports)[5:]:
        assert reports[key]["label_agreement"] >= 0.9 and abs(reports[key]["metric_change"]) < 10, key


def test_the_metric_is_bleu_in_percent(exported):
    model, _, _ = exported
    answers = model.ask(SOURCES)
    assert model.metric(answers, TARGETS) == pytest.approx(100)
    assert model.metric(answers, TARGETS[1:] + TARGETS[:1]) < 60


def test_the_folder_holds_what_a_server_and_a_device_need_and_the_card_says_how_it_was_asked(exported):
    _, folder, _ = exported
    assert {path.name for path in folder.iterdir()} == {
        "saved_model", "model.tflite", "model_int8.tflite", "source_vocabulary.txt", "target_vocabulary.txt",
        "preprocessing.json", "card.json", "README.md",
    }  # fmt: skip
    card = json.loads((folder / "card.json").read_text())
    assert (card["template"], card["parity"]["targets"][2]["signature"]) == ("translation", "beam")
    page = (folder / "README.md").read_text()
    assert "| target | signature | size bytes |" in page
    assert "| model_int8.tflite | beam |" in page and "The metric is bleu." in page


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_four_signatures_share_their_weights_and_need_built_in_ops_alone(exported, name):
    from tensorflow.lite.python import schema_py_generated as schema

    model, folder, _ = exported
    assert set(Interpreter(str(folder / name)).get_signature_list()) == SIGNATURES
    content = (folder / name).read_bytes()
    assert not [op for op in list_ops(content) if op.startswith(("CUSTOM", "Flex"))]
    buffers = schema.ModelT.InitFromPackedBuf(content, 0).buffers
    stored = sum(len(buffer.data) for buffer in buffers if buffer.data is not None)
    assert stored <= 1.3 * 4 * model.count_params() / (2 if "int8" in name else 1)


def test_a_loop_of_the_host_writes_what_greedy_writes(exported):
    model, folder, _ = exported
    file = LiteRTModel(folder / "model.tflite")
    for text in TEXTS:
        carried = file("encode", source=row_of(model, text))
        token, tokens, log_p = START_ID, [], 0.0
        while token != END_ID and len(tokens) < 12:
            found = file("decode_step", tokens=np.array([token], np.int32), **carried)
            logits = found.pop("logits")[0].astype(np.float64)
            logits[[PAD_ID, START_ID]] = -np.inf
            token = int(logits.argmax())
            log_p += logits[token] - np.log(np.exp(logits).sum())
            tokens.append(token)
            carried |= found
        answer = file("greedy", source=row_of(model, text))
        assert answer["tokens"].tolist() == [tokens + [PAD_ID] * (12 - len(tokens))], text
        assert answer["probabilities"] == pytest.approx(np.exp(log_p / len(tokens)), abs=1e-5), text


def test_the_file_finds_the_tokens_of_keras_by_both_searches(exported):
    model, folder, _ = exported
    file = LiteRTModel(folder / "model.tflite")
    texts = [*TEXTS, ""]
    for way in ("greedy", "beam"):
        for text, tokens, sure in zip(texts, *model.decode_examples(texts, way), strict=True):
            found = file(way, source=row_of(model, text))
            np.testing.assert_array_equal(found["tokens"].reshape(tokens.shape), tokens, err_msg=f"{way} {text}")
            np.testing.assert_allclose(found["probabilities"].ravel(), sure, atol=1e-5)
    assert found["tokens"].shape == (1, 3, 12)


@pytest.mark.parametrize("way", ["greedy", "beam"])
def test_no_state_is_left_from_one_text_to_the_next(exported, way):
    model, folder, _ = exported
    file = LiteRTModel(folder / "model.tflite")
    first, _, again = (file(way, source=row_of(model, text)) for text in (TEXTS[0], TEXTS[-1], TEXTS[0]))
    for name in ("tokens", "probabilities"):
        np.testing.assert_array_equal(first[name], again[name])


def test_the_saved_model_answers_texts_where_there_is_only_tensorflow(exported):
    model, folder, _ = exported
    texts = [*TEXTS, "", " \n"]
    code = (
        "import sys, json, tensorflow as tf\n"
        "served = tf.saved_model.load(sys.argv[1])\n"
        "texts = tf.constant([bytes.fromhex(text) for text in json.loads(sys.argv[2])])\n"
        "one, best = ({k: v.numpy() for k, v in f(texts).items()} for f in (served.translate, served.translate_best))\n"
        "assert 'rnn_templates' not in sys.modules\n"
        "print(json.dumps([[t.decode() for t in one['translation']], one['probability'].tolist(),\n"
        "    one['truncated'].tolist(), [[t.decode() for t in row] for row in best['translations']],\n"
        "    best['probabilities'].tolist(), best['truncated'].tolist()]))"
    )
    translations, sure, truncated, best, best_sure, best_truncated = alone(
        code, folder / "saved_model", in_hexadecimal(texts)
    )
    assert translations == [row[0] for row in best] and sure == pytest.approx([row[0] for row in best_sure])
    assert truncated == best_truncated == [text == TOO_LONG for text in texts]
    assert (translations[-2:], sure[-2:]) == (["", ""], [1.0, 1.0])
    assert translations[:5] == TARGETS[::5]
    for i, (tokens, expected) in enumerate(zip(*model.decode_examples(TEXTS, "beam"), strict=True)):
        assert best[i] == [written(model, one) for one in tokens]
        np.testing.assert_allclose(best_sure[i], expected, atol=1e-5)


@pytest.mark.parametrize("name", ["model.tflite", "model_int8.tflite"])
def test_the_litert_file_answers_with_numpy_and_a_short_reader(exported, name):
    model, folder, _ = exported
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1])\n"
        "import numpy as np\n"
        "from ai_edge_litert.interpreter import Interpreter\n"
        "from subword_tokenizer import make_decoder, make_encoder\n"
        "read, write = make_encoder(sys.argv[2]), make_decoder(sys.argv[2])\n"
        "run, rows = Interpreter(sys.argv[2] + '/' + sys.argv[3]).get_signature_runner('greedy'), []\n"
        "for text in json.loads(sys.argv[4]):\n"
        "    source, ids = np.zeros(run.get_input_details()['source']['shape'], np.int32), read(bytes.fromhex(text))\n"
        "    source[0, :len(ids)] = ids\n"
        "    rows.append([ids, write(run(source=source)['tokens'][0])])\n"
        "assert not {'tensorflow', 'rnn_templates'} & set(sys.modules)\n"
        "print(json.dumps(rows))"
    )
    rows = alone(code, RUNTIME, folder, name, in_hexadecimal(TEXTS))
    assert [ids for ids, _ in rows] == [model.preprocessor.encode(text) for text in TEXTS]
    expected = [written(model, answer.labels) for answer in model.ask(TEXTS, "greedy")]
    assert [text for _, text in rows][: 5 if "int8" in name else None] == expected[: 5 if "int8" in name else None]
    assert expected[:5] == TARGETS[::5]


def test_a_search_that_answers_otherwise_is_named_and_the_folder_is_as_it_was(exported, tmp_path, monkeypatch):
    model, made, _ = exported
    folder = shutil.copytree(made, tmp_path / "model")
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    ask = Translator.ask_device

    def turned(self, file, texts, way):
        answers = ask(self, file, texts, way)
        return [one._replace(labels=one.labels[::-1]) for one in answers] if way == "beam" else answers

    monkeypatch.setattr(Translator, "ask_device", turned)
    monkeypatch.setattr(  # which takes long
        export_module, "export_litert", lambda model, path, int8=False: shutil.copy(made / path.name, path)
    )
    with pytest.raises(ParityError, match=r"model.tflite, beam, does not answer as Keras does: .*agreement 0.00%"):
        export_model(model, folder, ("litert",), examples=(SOURCES, TARGETS))
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_one_text_in_a_hundred_may_be_another_and_no_more(exported, tmp_path, monkeypatch):
    model, folder, _ = exported
    shutil.copy(folder / "model.tflite", tmp_path)
    usual, other = Answer(np.array([259, END_ID]), np.array([0.9])), Answer(np.array([260, END_ID]), np.array([0.2]))
    monkeypatch.setattr(Translator, "ask", lambda self, texts, way: [usual for _ in texts])
    monkeypatch.setattr(
        Translator, "ask_device", lambda self, file, texts, way: [other if text == "x" else usual for text in texts]
    )
    reports = check_parity(model, tmp_path, ["one"] * 99 + ["x"])["targets"][2:]
    assert [(report["label_agreement"], report["max_abs_difference"]) for report in reports] == [(0.99, 0.0)] * 2
    with pytest.raises(ParityError, match=r"model.tflite, greedy, does .* label agreement 98.00% \(at least 99%\)"):
        check_parity(model, tmp_path, ["one"] * 98 + ["x"] * 2)


def test_two_states_more_layers_and_a_beam_of_one_go_to_a_device_too(tmp_path):
    model = build(cell="lstm", units=6, num_layers=2, decoder_layers=3, attention="scaled_dot", beam_width=1)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=weight.shape, scale=0.5) for weight in model.get_weights()])
    export_litert(model, tmp_path / "model.tflite")
    file = LiteRTModel(tmp_path / "model.tflite")
    carried = file("encode", source=row_of(model, TEXTS[0]))
    assert set(carried) == {"memory", "memory_mask", *(f"{name}_{level}" for name in "hc" for level in range(3))}
    assert set(file("decode_step", tokens=np.array([START_ID], np.int32), **carried)) == {*carried, "logits"} - {
        "memory", "memory_mask",
    }  # fmt: skip
    answers = {way: model.ask_device(file, TEXTS, way) for way in ("greedy", "beam")}
    for one, other, ours in zip(*answers.values(), model.ask(TEXTS, "greedy"), strict=True):
        assert one.labels.tolist() == other.labels.tolist() == ours.labels.tolist()
        assert one.probabilities == pytest.approx(ours.probabilities, abs=1e-5)
    assert len({tuple(answer.labels) for answer in answers["greedy"]}) > 1


@pytest.mark.parametrize(
    ("examples", "error", "message"),
    [
        ([], ValueError, "no texts"),
        ([TOO_LONG, "", " "], ValueError, "None of 3 texts has between 1 and 11 subwords"),
        ((SOURCES, TARGETS[:2]), ValueError, "24 texts and 2 targets"),
        (["one", 2], TypeError, "Item 1 of the texts is int"),
    ],
    ids=["none", "too long or empty", "counts", "a number"],
)
def test_examples_that_do_not_fit_are_refused_and_leave_nothing(exported, tmp_path, examples, error, message):
    model, _, _ = exported
    with pytest.raises(error, match=message):
        export_model(model, tmp_path / "model", ("litert",), examples=examples)
    assert list(tmp_path.iterdir()) == []
