"""LiteRT files: their ops, sizes and signatures, and the tokenizers that are copied beside them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from support.isolated import run_isolated
from support.specs import SPECS

from rnn_templates.cells import CELLS
from rnn_templates.export.targets.litert import LiteRTModel, LiteRTTarget, list_ops, write_litert
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.tasks.signature import predict_with

SENTIMENT, TAGGING, TRANSLATION = SPECS["sentiment"], SPECS["tagging"], SPECS["translation"]
RUN_LITERT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from ai_edge_litert.interpreter import Interpreter
file = Interpreter(sys.argv[1] + "/model.tflite")
shapes = lambda name: {key: detail["shape"] for key, detail in run(name).get_input_details().items()}
run = file.get_signature_runner
texts = json.loads(sys.argv[2])
"""
IMPORTS_NOTHING_ELSE = 'assert not {"tensorflow", "rnn_templates", "keras"} & set(sys.modules)\n'


class Float32Target(LiteRTTarget):
    """Without int8, which the contract of exports covers."""

    files = LiteRTTarget.files[:1]


def convert(model, folder):
    """Returns the float32 file of a model and its signatures by name."""
    write_litert(model, folder / "model.tflite")
    return LiteRTModel(folder / "model.tflite"), {one.name: one for one in model.device_signatures()}


def assert_built_in_ops(path):
    assert not [op for op in list_ops(path.read_bytes()) if op.startswith(("CUSTOM", "Flex"))]


def readers_of_int8(path):
    """Names of the ops of a file, in loops too, that read a tensor of eight bits."""
    from ai_edge_litert import schema_py_generated as schema

    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    return {
        names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        for graph in model.subgraphs
        for op in graph.operators
        for code in [model.operatorCodes[op.opcodeIndex]]
        if any(graph.tensors[i].type == schema.TensorType.INT8 for i in op.inputs if i >= 0)
    }


def assert_reproduces(file, signature, model, examples):
    expected = model.predict_examples(examples, signature.strategy)
    for one, other in zip(predict_with(file, signature, examples), expected, strict=True):
        np.testing.assert_array_equal(one.outputs, other.outputs)
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)


SHAPES = (
    {"pooling": "attention", "num_layers": 2},
    {"pooling": "last"},
    {"pooling": "max_mean", "chunk_length": 5, "bidirectional": False, "conv_filters": 6},
)


# The contracts of the cells convert every cell; here each one has one of the three shapes.
@pytest.mark.parametrize(
    ("cell", "options"),
    [
        pytest.param(cell, SHAPES[i % 3], id=cell, marks=[] if i < 3 else [pytest.mark.slow])
        for i, cell in enumerate(CELLS)
    ],
)
def test_every_cell_converts_to_built_in_ops(tmp_path, cell, options):
    model = SENTIMENT.build(cell=cell, **options)
    file, signatures = convert(model, tmp_path)
    assert_built_in_ops(tmp_path / "model.tflite")
    assert_reproduces(file, signatures["serve"], model, SENTIMENT.examples)


@pytest.mark.parametrize(
    "cell",
    [pytest.param(cell, marks=[] if cell == "slstm" else [pytest.mark.slow]) for cell in ("slstm", "rglru", "dlinoss")],
)
def test_an_int8_file_quantizes_matrix_products_alone(tmp_path, cell):
    """Exponentials, decays and oscillators stay in float32."""
    model = SENTIMENT.build(cell=cell, units=40, embedding_dim=32)
    outputs = []
    for int8 in (False, True):
        path = tmp_path / f"model_{int8}.tflite"
        write_litert(model, path, int8=int8)
        file, (signature,) = LiteRTModel(path), model.device_signatures()
        outputs.append(np.stack([one.scores for one in predict_with(file, signature, SENTIMENT.examples)]))
    assert 0 < np.abs(outputs[1] - outputs[0]).max() < 0.02
    assert readers_of_int8(path) <= {"FULLY_CONNECTED", "GATHER", "EMBEDDING_LOOKUP", "BATCH_MATMUL"}


@pytest.mark.parametrize(
    ("crf", "char_encoder"),
    [
        pytest.param(crf, encoder, marks=[] if (crf, encoder) in ((True, "rnn"), (False, "cnn")) else pytest.mark.slow)
        for crf in (True, False)
        for encoder in ("cnn", "rnn", "none")
    ],
)
def test_every_tagger_converts_to_built_in_ops(tmp_path, crf, char_encoder):
    options = {"num_layers": 1 + (char_encoder == "rnn"), "cell": "gru" if crf else "lstm"}
    model = TAGGING.build(crf=crf, char_encoder=char_encoder, **options)
    file, signatures = convert(model, tmp_path)
    assert_built_in_ops(tmp_path / "model.tflite")
    examples = [*TAGGING.examples, ["x" * 30, "", "👩\u200d👧"]]
    for _ in range(2):  # no state is left from one call to the next
        assert_reproduces(file, signatures["serve"], model, examples)


def test_a_longer_text_needs_no_larger_file(tmp_path):
    sizes = []
    for length in (16, 1600):
        write_litert(SENTIMENT.build(max_tokens=length, pooling="max_mean"), tmp_path / "model.tflite")
        sizes.append((tmp_path / "model.tflite").stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 1000  # the outputs of the loop, 1,600 steps of 8 floats, are not stored as zeros


def test_a_long_sentence_is_tagged_in_segments(tmp_path):
    model = TAGGING.build(crf=False, char_encoder="none")
    file, signatures = convert(model, tmp_path)
    signature, sentence = signatures["serve"], TAGGING.examples[0] * 5
    (prediction,) = predict_with(file, signature, [sentence])
    segments = model.predict_examples([sentence[start : start + 8] for start in range(0, 25, 8)])
    np.testing.assert_array_equal(prediction.outputs, np.concatenate([one.outputs for one in segments]))
    np.testing.assert_allclose(prediction.scores, np.concatenate([one.scores for one in segments]), atol=1e-5)
    predictions = predict_with(file, signature, [[], ["Ann"] * 8, ["Ann"] * 9])
    assert [len(one.outputs) for one in predictions] == [0, 8, 9]


@pytest.fixture(scope="module")
def translator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("translator")
    model = TRANSLATION.build()
    export_parts(model, folder)
    return model, folder


TEXTS = [*TRANSLATION.examples[::5], "b", " a\n c ", "ab 😀", b"a \xff\xfe b"]


def assert_steps_are_greedy(file, tensors, max_length):
    """Asserts that a loop of the host over `encode` and `decode_step` gives the outputs of `greedy`."""
    carried = file("encode", **tensors)
    token, tokens, log_prob = START_ID, [], 0.0
    while token != END_ID and len(tokens) < max_length:
        outputs = file("decode_step", tokens=np.array([token], np.int32), **carried)
        logits = outputs.pop("logits")[0].astype(np.float64)
        logits[[PAD_ID, START_ID]] = -np.inf
        token = int(logits.argmax())
        log_prob += logits[token] - np.log(np.exp(logits).sum())
        tokens.append(token)
        carried |= outputs
    greedy = file("greedy", **tensors)
    assert greedy["tokens"].tolist() == [tokens + [PAD_ID] * (max_length - len(tokens))]
    assert greedy["probabilities"] == pytest.approx(np.exp(log_prob / len(tokens)), abs=1e-5)


def test_encode_and_decode_step_in_a_loop_are_greedy(translator):
    model, folder = translator
    file, signatures = LiteRTModel(folder / "model.tflite"), {one.name: one for one in model.device_signatures()}
    for tensors, _ in signatures["greedy"].encode(TEXTS):
        assert_steps_are_greedy(file, tensors, 12)


def test_a_beam_returns_the_hypotheses_of_keras(translator):
    model, folder = translator
    file, signatures = LiteRTModel(folder / "model.tflite"), {one.name: one for one in model.device_signatures()}
    texts = [*TEXTS, ""]
    tokens, probabilities = model.decode_examples(texts, "beam", n_best=3)
    for (tensors, _), *expected in zip(signatures["beam"].encode(texts), tokens, probabilities, strict=True):
        outputs = file("beam", **tensors)
        np.testing.assert_array_equal(outputs["tokens"][0], expected[0])
        np.testing.assert_allclose(outputs["probabilities"][0], expected[1], atol=1e-5)


def test_a_source_of_padding_gives_no_tokens_and_a_finite_memory(translator):
    _, folder = translator
    file, padding = LiteRTModel(folder / "model.tflite"), np.zeros((1, 12), np.int32)
    assert all(np.isfinite(np.asarray(output, float)).all() for output in file("encode", source=padding).values())
    for strategy in ("greedy", "beam"):
        outputs = file(strategy, source=padding)
        assert not outputs["tokens"].any() and (outputs["probabilities"] == 1).all()


def test_more_states_and_layers_and_a_beam_of_one_convert(tmp_path):
    options = {"cell": "lstm", "units": 6, "num_layers": 2, "decoder_layers": 3, "attention": "scaled_dot"}
    model = TRANSLATION.build(**options, beam_width=1)
    file, signatures = convert(model, tmp_path)
    tensors, _ = next(iter(signatures["greedy"].encode(["a"])))
    carried = file("encode", **tensors)
    states = {f"{name}_{layer}" for name in "hc" for layer in range(3)}
    assert set(carried) == {"memory", "memory_mask"} | states
    assert set(file("decode_step", tokens=np.array([START_ID], np.int32), **carried)) == {"logits"} | states
    for name in ("greedy", "beam"):
        assert_reproduces(file, signatures[name], model, TEXTS)


def test_a_text_is_classified_with_numpy_and_the_copied_tokenizer(tmp_path):
    model = SENTIMENT.build()
    export_parts(model, tmp_path)
    code = (
        RUN_LITERT
        + """
from word_tokenizer import make_text_encoder
encode, rows = make_text_encoder(sys.argv[1]), []
for text in texts:
    ids = np.zeros(shapes("serve")["ids"], np.int32)
    encoded = encode(text)
    ids[0, :len(encoded)] = encoded
    rows.append(run("serve")(ids=ids)["probabilities"][0].tolist())
"""
        + IMPORTS_NOTHING_ELSE
        + "print(json.dumps(rows))"
    )
    found = run_isolated(code, tmp_path, json.dumps(SENTIMENT.examples))
    np.testing.assert_allclose(found, model.predict(SENTIMENT.examples), atol=1e-5)


def test_a_text_is_tagged_with_numpy_and_the_copied_tokenizer(tmp_path):
    model = TAGGING.build()
    export_parts(model, tmp_path)
    long = "Ann left Rome. " * 7
    texts = ["Ann Lee is in Oslo", "L’Eau<br>👩\u200d👧 never-seen", "x" * 20, "", "é Bo Ray 東京!", long]
    code = (
        RUN_LITERT
        + """
from word_tokenizer import make_token_encoder
encode, rows = make_token_encoder(sys.argv[1]), []
labels = open(sys.argv[1] + "/labels.txt").read().splitlines()
for text in texts:
    rows.append([])
    for word_ids, byte_ids, tokens in encode(text):
        inputs = {name: np.zeros(shape, np.int32) for name, shape in shapes("serve").items()}
        inputs["word_ids"][0, :len(word_ids)] = word_ids
        for position, ids in enumerate(byte_ids):
            inputs["byte_ids"][0, position, :len(ids)] = ids
        outputs = run("serve")(**inputs)
        tags = zip(tokens, outputs["tags"][0], outputs["probabilities"][0])
        rows[-1] += [[*token, labels[tag], float(p)] for token, tag, p in tags]
"""
        + IMPORTS_NOTHING_ELSE
        + "print(json.dumps(rows))"
    )
    rows = run_isolated(code, tmp_path, json.dumps(texts))
    for row, prediction in zip(rows[:-1], model.predict(texts[:-1], return_labels=True), strict=True):
        expected = [[token[key] for key in ("text", "start", "end", "tag")] for token in prediction["tokens"]]
        assert [token[:-1] for token in row] == expected
        probabilities = [token["probability"] for token in prediction["tokens"]]
        np.testing.assert_allclose([token[-1] for token in row], probabilities, atol=1e-5)
    segments, _ = model.fit_to_device([long])
    tags = [model.labels[tag] for prediction in model.predict_examples(segments) for tag in prediction.outputs]
    assert [token[3] for token in rows[-1]] == tags and len(segments) == 4
    assert all(long[start:end] == text for text, start, end, *_ in rows[-1])


def test_a_text_is_translated_with_numpy_and_the_copied_tokenizer(translator):
    model, folder = translator
    code = (
        RUN_LITERT
        + """
from subword_tokenizer import make_decoder, make_encoder
encode, decode, rows = make_encoder(sys.argv[1]), make_decoder(sys.argv[1]), []
for text in texts:
    source, ids = np.zeros(shapes("greedy")["source"], np.int32), encode(bytes.fromhex(text))
    source[0, :len(ids)] = ids
    rows.append([ids, decode(run("greedy")(source=source)["tokens"][0])])
"""
        + IMPORTS_NOTHING_ELSE
        + "print(json.dumps(rows))"
    )
    encoded = [(text if isinstance(text, bytes) else text.encode()).hex() for text in TEXTS]
    rows = run_isolated(code, folder, json.dumps(encoded))
    assert [ids for ids, _ in rows] == [model.preprocessor.encode(text) for text in TEXTS]
    tokens = [prediction.outputs for prediction in model.predict_examples(TEXTS, "greedy")]
    assert [text for _, text in rows] == [model.target_preprocessor.vocabulary.decode(one) for one in tokens]


@pytest.mark.parametrize(("template", "signature", "name"), [("captioning", "greedy", "source"),
                                                             ("image_classification", "serve", "image")])  # fmt: skip
def test_an_image_is_passed_as_pixels(tmp_path, template, signature, name):
    spec = SPECS[template]
    model = spec.build(**({"similarity_units": 8} if template == "captioning" else {"architecture": "row_rnn"}))
    file, signatures = convert(model, tmp_path)
    assert_built_in_ops(tmp_path / "model.tflite")
    runner = Interpreter(str(tmp_path / "model.tflite")).get_signature_runner(signature)
    details, image = runner.get_input_details()[name], np.asarray(spec.examples[0])
    assert (details["dtype"], details["shape"].tolist()) == (np.uint8, [1, *image.shape])
    assert file.shape(name, signature) == (1, *image.shape)
    assert_reproduces(file, signatures[signature], model, spec.examples[:4])
    if template == "captioning":
        for tensors, _ in signatures[signature].encode(spec.examples[::5]):
            assert_steps_are_greedy(file, tensors, 8)


def export_parts(model, folder):
    """Writes the float32 file, the vocabulary, the preprocessing and the tokenizers of a device."""
    Float32Target().write(model, folder)
    model.save_vocabulary(folder)
    (folder / "preprocessing.json").write_text(json.dumps(model.preprocessing_spec()))


def test_one_file_is_run_by_eight_threads_at_once():
    file = LiteRTModel(Path(__file__).parents[3] / "saved_models" / "sentiment" / "model.tflite")  # a loop over time
    texts = np.random.default_rng(0).integers(0, 1000, (8, *file.shape("ids")), np.int32)
    expected = [file("serve", ids=ids)["probabilities"] for ids in texts]
    start = threading.Barrier(len(texts))

    def run(ids):
        start.wait()
        return [file("serve", ids=ids)["probabilities"] for _ in range(4)]

    with ThreadPoolExecutor(len(texts)) as pool:
        for outputs, one in zip(pool.map(run, texts), expected, strict=True):
            np.testing.assert_array_equal(outputs, [one] * 4)
