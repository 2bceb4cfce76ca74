"""Readers of streams: the answers of Keras for the whole sequence, and errors."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from support import forecasting, text_generation

from rnn_templates.export.export import write_preprocessing
from rnn_templates.preprocessing.text.sequence_preprocessor import SequencePreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary, WordVocabulary
from rnn_templates.runtime import series_stream, text_stream, value_stream
from rnn_templates.tasks.signature import graph_runner

RUNTIME = Path(text_stream.__file__).parent
RUN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { makeTextReader } from "%s";
const { cases, texts } = JSON.parse(readFileSync(0, "utf8"));
const results = [];
for (const { spec, vocabulary, favorite } of cases) {
  const log_probs = new Float32Array(999);
  log_probs[favorite] = 1;
  const reader = makeTextReader(spec, vocabulary, (name, { before }) => ({ log_probs, before }));
  const continued = [];
  for (const prefix of ["no", "no ", ""]) {
    let text = "";
    for await (const part of reader.generate(prefix, { top_k: 1 })) text += part;
    continued.push(text);
  }
  results.push({ ids: texts.map(reader.encode), texts: continued });
}
console.log(JSON.stringify(results));
"""
TEXT = "no news is good news\nno one said so"


def open_reader(module, model, folder):
    write_preprocessing(model, folder)
    return module.open_reader(folder, graph_runner(model.device_signatures()))


def check_texts(model, reader, parts, prefix):
    """The parts of a stream have the probabilities of the whole text, and equal seeds give the texts of Keras."""
    reader.reset()
    found = [value for part in parts for value in reader.log_probs(part)]
    np.testing.assert_allclose(found, model.token_log_probs("".join(parts)), atol=1e-5)
    for options in ({"seed": 4}, {"seed": 5, "temperature": 0.5, "top_k": 3}, {"seed": 6, "top_p": 0.7}):
        expected = model.generate(prefix, **options)
        assert "".join(reader.generate(prefix, **options)) == reader.sample(prefix, **options) == expected
    greedy = model.generate(prefix, strategy="greedy", max_length=15)
    assert "".join(reader.generate(prefix, top_k=1, max_length=15)) == greedy
    if len(greedy) > 2:
        stop = greedy[len(greedy) // 2 :][:2]
        assert "".join(reader.generate(prefix, top_k=1, max_length=15, stop=(stop,))) == greedy[: greedy.index(stop)]


def test_a_text_in_parts_has_the_probabilities_of_the_whole_and_seeds_give_the_texts_of_keras(tmp_path):
    model = text_generation.build()
    reader = open_reader(text_stream, model, tmp_path)
    check_texts(model, reader, ["", "ab", "ba é\n", "cab"], "ab")
    before = reader.log_probs("ab")
    reader.reset()
    assert reader.feed("ab")["bits_per_character"] == pytest.approx(-model.token_log_probs("ab").sum() / np.log(4))
    assert before != reader.log_probs("ab")


def test_texts_of_words_and_subwords_are_encoded_as_by_keras_and_continued_with_spaces(tmp_path):
    for vocabulary in (WordVocabulary.from_texts([TEXT]), SubwordVocabulary.from_texts([TEXT] * 4)):
        preprocessor = SequencePreprocessor(vocabulary)
        spec = {"signature": "step", "carried": {"before": {"shape": [1], "initial": 0}}}
        spec = {**preprocessor.spec(), "stream": spec, "max_length": 3, "window_length": 9}
        (tmp_path / "preprocessing.json").write_text(json.dumps(spec))
        vocabulary.save(tmp_path / "vocabulary.txt")
        scores = np.zeros((1, len(vocabulary)), np.float32)
        scores[0, [0, vocabulary.encode("no")[0]]] = 2, 1  # padding is the most probable, but is never drawn
        reader = text_stream.open_reader(
            tmp_path, lambda name, token, before, scores=scores: {"log_probs": scores, "before": before}
        )
        for text in (TEXT, "", " \n\n no\u2028news \x1e", "né 😀 so\t", b"no \xff"):
            assert [2, *reader.encode(text)] == preprocessor.encode(text)
        assert reader.token_bytes == list(vocabulary.token_bytes)
        assert "".join(reader.generate("no", top_k=1)) == " no no no"
        assert "".join(reader.generate("no ", top_k=1)) == "".join(reader.generate("", top_k=1)) == "no no no"


def test_javascript_encodes_texts_of_all_units_and_continues_them_with_spaces(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    cases = []
    for vocabulary in (
        CharacterVocabulary("no\n\\😀"),
        WordVocabulary.from_texts([TEXT]),
        SubwordVocabulary(["▁no", "▁"]),
    ):
        spec = {"signature": "step", "carried": {"before": {"shape": [1], "initial": 0}}}
        spec = {**SequencePreprocessor(vocabulary).spec(), "stream": spec, "max_length": 3, "window_length": 9}
        tokens = "".join(f"{token}\n" for token in vocabulary.tokens)
        cases.append({"spec": spec, "vocabulary": tokens, "favorite": vocabulary.encode("no")[0]})
    texts = [TEXT, "", " \n\n no\u2028news \x1e", "né 😀 so\t\\", "\ufeffno"]
    process = subprocess.run(
        [node, "--input-type=module", "--eval", RUN_JAVASCRIPT % (RUNTIME / "text_stream.mjs").as_uri()],
        input=json.dumps({"cases": cases, "texts": texts}), capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    for found, case in zip(json.loads(process.stdout), cases, strict=True):
        (tmp_path / "preprocessing.json").write_text(json.dumps(case["spec"]))
        (tmp_path / "vocabulary.txt").write_text(case["vocabulary"], encoding="utf-8", newline="")
        scores = np.zeros((1, 999), np.float32)
        scores[0, case["favorite"]] = 1
        run = lambda name, token, before, scores=scores: {"log_probs": scores, "before": before}  # noqa: E731
        reader = text_stream.open_reader(tmp_path, run)
        assert found["ids"] == [reader.encode(text) for text in texts]
        expected = ["".join(reader.generate(prefix, top_k=1)) for prefix in ("no", "no ", "")]
        assert found["texts"] == expected


def test_a_forecast_for_every_value_is_that_of_the_values_so_far_and_segments_carry_all(tmp_path):
    collection = forecasting.collection()
    series = [one._replace(known=np.arange(60.0)[:, None] % 5) for one in collection.series]
    collection = forecasting.SeriesCollection(series, collection.grid, ("holiday",), end=[40, 40])
    schema = forecasting.SeriesSchema.from_part(collection.dataset())
    model, whole = (forecasting.build(schema, randomize=False, look_back=length) for length in (8, 16))
    scales = model.network.get_layer("scale").get_weights()
    forecasting.randomize_weights(model).network.get_layer("scale").set_weights(scales)
    whole.set_weights(model.get_weights())
    reader = open_reader(series_stream, model, tmp_path)
    values, known = 1e6 + series[0].values, series[0].known  # float32 does not resolve these values

    def padded(count):
        return np.concatenate([np.repeat(known[:1], max(0, 8 - count), axis=0), known[max(0, count - 8) : count + 4]])

    found, counts = [], (1, 2, 3, 4, 5, 6, 7, 8, 9)
    for count in counts:
        ahead = known[count : count + 4]
        found.append(reader.feed(values[count - 1], "oslo", known=known[count - 1], future=ahead))
        reader.feed(3.0 * count, "florence", known=known[count - 1], future=ahead)  # another stream
    windows = [forecasting.SeriesWindow(values[:count], "oslo", padded(count)) for count in counts]
    for one, expected in zip(found, model.predict(windows, return_labels=True), strict=True):
        np.testing.assert_allclose(one["forecast"], expected["forecast"], rtol=0, atol=1e-4)
        np.testing.assert_allclose(one["quantiles"]["0.25"], expected["quantiles"]["0.25"], rtol=0, atol=1e-4)
        assert one["series"] == "oslo" and set(one["quantiles"]) == set(expected["quantiles"])
    for start in range(0, 16, 4):
        part, ahead = slice(start, start + 4), known[start + 4 : start + 8]
        found = reader.feed_segment(values[part], "oslo", known=known[part], future=ahead)
    expected = whole.predict([forecasting.SeriesWindow(values[:16], "oslo", known[:20])])[0]
    np.testing.assert_allclose(found["forecast"], expected, rtol=0, atol=1e-4)
    reader.reset("oslo")
    covariates = {"known": known[0], "future": known[1:5]}
    again = reader.feed(values[0], "oslo", **covariates)
    np.testing.assert_allclose(again["forecast"], model.predict(windows[:1])[0], rtol=0, atol=1e-4)
    for arguments, message in ((("nan", "oslo"), "finite"), ((1.0, "rome"), "one of oslo, florence"), ((1.0,), "None")):
        with pytest.raises(ValueError, match=message):
            reader.feed(*arguments, **covariates)
    with pytest.raises(ValueError, match="`future` must have holiday for 4 steps; received None"):
        reader.feed(1.0, "oslo", known=[0.0])


def test_values_of_each_series_have_states_of_their_own(tmp_path):
    spec = {"signature": "step", "carried": {"count": {"shape": [1, 1], "initial": 0}}, "inputs": {"series": [1]}}
    (tmp_path / "preprocessing.json").write_text(json.dumps({"stream": spec}))
    (tmp_path / "series.json").write_text(json.dumps({"names": ["a", "b"]}))

    def run(signature, values, series, count):
        assert (values.dtype, series.dtype) == (np.float32, np.int32)
        return {"score": values.sum(keepdims=True), "ids": np.append(series, count), "count": count + 1}

    reader = value_stream.open_reader(tmp_path, run)
    assert reader.feed(1, "b", known=(2,)) == {"series": "b", "score": 3.0, "ids": [1.0, 0.0]}
    assert reader.feed(1, "b", known=(2,))["ids"] == [1.0, 1.0]
    assert reader.feed(1, "a", known=(2,))["ids"] == [0.0, 0.0]
    reader.reset("b")
    assert np.isnan(reader.feed(np.nan, "b", known=(0,))["score"])
    assert reader.feed(1, "b")["ids"] == [1.0, 1.0]
    with pytest.raises(ValueError, match="`series` must be one of a, b; received None"):
        reader.feed(1)


def test_a_folder_without_states_is_an_error(tmp_path):
    (tmp_path / "preprocessing.json").write_text("{}")
    with pytest.raises(ValueError, match="must have the entry 'stream'"):
        text_stream.open_reader(tmp_path)
    with pytest.raises(ValueError, match="`top_p` is out of range; received 0"):
        text_stream.check_sampling(1.0, 0, 0, 0)
