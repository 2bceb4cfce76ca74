"""load_model and save_model: what they refuse, the hash of the vocabulary, compression, optimizer state."""

import io
import json
import random
import shutil
import zipfile
import zlib
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from support import sentiment

from rnn_templates.saving import load_model, save_model
from rnn_templates.saving.weights import round_mantissa
from rnn_templates.utils.model_archive import read_config
from rnn_templates.utils.shipped_models import find_model, shipped_models

VOCABULARY = "assets/layers/text_preprocessor/vocabulary.txt"
SHIPPED = Path(__file__).parents[1] / "saved_models"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved model and its file."""
    model, path = sentiment.build(), tmp_path_factory.mktemp("saved") / "model.keras"
    save_model(model, path)
    return model, path


@pytest.fixture
def rewrite(saved, tmp_path):
    """Function that writes the file of `saved` with other members; None deletes one."""

    def rewrite(method=zipfile.ZIP_STORED, **members):
        path = tmp_path / "model.keras"
        with zipfile.ZipFile(saved[1]) as archive, zipfile.ZipFile(path, "w", method) as changed:
            content = {name: archive.read(name) for name in archive.namelist()}
            for name, value in {**content, **members}.items():
                if value is not None:
                    changed.writestr(name, value)
        return path

    return rewrite


def change_config(path, change):
    """Returns the configuration of a `.keras` file as JSON, changed in place by a function."""
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    change(config)
    return json.dumps(config)


@pytest.mark.parametrize(("content", "message"), [(b"not a zip", "not a .keras file"), (None, "There is no model at")])
def test_a_file_that_is_no_model_is_an_error(tmp_path, content, message):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        load_model(path)


def test_a_model_of_another_package_is_an_error(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="not a model of rnn_templates"):
        load_model(tmp_path / "model.keras")


def test_a_file_whose_vocabulary_is_missing_short_shuffled_or_long_is_refused(saved, rewrite):
    model, path = saved
    with zipfile.ZipFile(path) as archive:
        tokens = archive.read(VOCABULARY).decode().split()
    head, words = tokens[:2], tokens[2:]
    lists = {"short": words[:-1], "shuffled": words[::-1], "long": [*words, "more"], "missing": None}
    with_hash = read_config(path)["config"]["preprocessor"]["config"]
    assert len(with_hash["vocabulary_hash"]) == 64

    def forget(config):  # as in the files of older versions
        del config["config"]["preprocessor"]["config"]["vocabulary_hash"]

    old = {"config.json": change_config(path, forget)}
    for name, changed in lists.items():
        content = None if changed is None else "".join(f"{token}\n" for token in [*head, *changed])
        with pytest.raises(ValueError, match="vocabulary") as caught:
            load_model(rewrite(**{VOCABULARY: content}))
        assert "model.keras" in str(caught.value), name
        if name != "shuffled":  # sizes do not show it
            with pytest.raises(ValueError, match="vocabulary"):
                load_model(rewrite(**{VOCABULARY: content}, **old))
    with pytest.raises(ValueError, match="3 labels, and the network has 2 outputs"):
        load_model(rewrite(**{"config.json": change_config(path, lambda c: c["config"]["labels"].append("maybe"))}))
    loaded = load_model(rewrite(**old))
    np.testing.assert_array_equal(loaded.predict(sentiment.examples), model.predict(sentiment.examples))


def test_keras_itself_refuses_another_vocabulary(saved, rewrite):
    with zipfile.ZipFile(saved[1]) as archive:
        content = archive.read(VOCABULARY).decode().split()
    changed = "".join(f"{token}\n" for token in [*content[:2], *content[:1:-1]])
    with pytest.raises(ValueError, match="not the one that the model was saved with"):
        keras.saving.load_model(rewrite(**{VOCABULARY: changed}))


def test_a_damaged_incomplete_or_unsafe_archive_is_refused_with_its_path_before_keras_reads_it(rewrite, tmp_path):
    cases = {
        "it has no metadata.json": {"metadata.json": None},
        "it has no config.json": {"config.json": None},
        "it has no model.weights.h5": {"model.weights.h5": None},
        "config.json is not JSON": {"config.json": b"{"},
        "is damaged: config.json is not JSON": {"config.json": "[" * 200_000},
        "does not describe a model": {"config.json": "[]"},
        "a member named '../x'": {"../x": b""},
        "a member named '/etc/x'": {"/etc/x": b""},
        "a member named 'C:x'": {"C:x": b""},
    }
    for message, members in cases.items():
        path = rewrite(**members)
        with pytest.raises(ValueError, match=message) as caught:
            read_config(path)
        assert str(path) in str(caught.value)
    with pytest.raises(ValueError, match="is not a file"):
        read_config("/dev/zero")
    with pytest.raises(ValueError, match="is not a file"):
        read_config(tmp_path)


def test_every_flipped_bit_is_noticed(saved, tmp_path):
    content, draw = saved[1].read_bytes(), random.Random(0)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    path = tmp_path / "model.keras"
    noticed = 0
    for _ in range(60):
        position = draw.randrange(first.header_offset + 60, len(content) - 400)  # contents; headers have free bytes
        flipped = bytearray(content)
        flipped[position] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        try:
            read_config(path)
        except ValueError as error:
            noticed += str(path) in str(error)
    assert noticed >= 57  # some bytes between members have no meaning


def test_a_file_that_decompresses_to_gigabytes_is_refused_from_its_directory(rewrite, monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_JSON_BYTES", "1000000")
    path = rewrite(zipfile.ZIP_DEFLATED, **{"config.json": b" " * 2_000_000})
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("a member was read"))
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda *_: pytest.fail("a member was read"))
    with pytest.raises(ValueError, match="config.json in .*2,000,000 bytes, and the limit is 1,000,000"):
        read_config(path)
    monkeypatch.undo()
    monkeypatch.setattr("rnn_templates.utils.model_archive.MIN_SUSPICIOUS_BYTES", 1_000_000)
    path = rewrite(zipfile.ZIP_DEFLATED, **{"model.weights.h5": bytes(2_000_000)})
    with pytest.raises(ValueError, match="model.weights.h5 in .*the limit is 200"):
        read_config(path)
    monkeypatch.setenv("RNN_TEMPLATES_MAX_DECOMPRESSED_BYTES", "1000")
    assert read_config(SHIPPED / "sentiment" / "model.keras")  # as large as it is on the disk
    monkeypatch.undo()
    monkeypatch.setenv("RNN_TEMPLATES_MAX_DECOMPRESSED_BYTES", "1000")
    with pytest.raises(ValueError, match="the limit is 1,000"):
        read_config(path)


def test_an_unreadable_file_is_not_called_a_file_of_another_format(saved, monkeypatch):
    def denied(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("rnn_templates.utils.model_archive.open", denied, raising=False)
    with pytest.raises(PermissionError, match="Permission denied: .*model.keras"):
        load_model(saved[1])


def test_a_layer_larger_than_its_weights_is_refused_with_file_and_layer_before_keras_builds_it(
    saved, rewrite, monkeypatch
):
    def layer(config, name):
        return next(one for one in config["config"]["network"]["config"]["layers"] if one["config"]["name"] == name)

    def units(config):
        layer(config, "recurrent")["config"]["cell"]["config"]["units"] = 100_000

    def dense(config):
        layer(config, "logits")["config"]["units"] = 10**9

    def shape(config):
        layer(config, "logits")["build_config"]["input_shape"] = [None, 10**9]

    def rows(config):
        layer(config, "embedding")["config"]["vocabulary_size"] = 10**9

    def kernel(config):
        layer(config, "embedding")["config"]["kernel_sizes"] = [2, 10**9]

    monkeypatch.setattr(keras.saving, "load_model", lambda *_: pytest.fail("Keras builds the model"))
    cases = {
        r"`units` of the layer 'lstm_cell\w*' \(LSTMCell\) is 100,000": units,
        r"`units` of the layer 'logits' \(Dense\) is 1,000,000,000 \(4.0 GB": dense,
        r"`build_config` of the layer 'logits' \(Dense\) is 1,000,000,000": shape,
        r"`vocabulary_size` of the layer 'embedding' \(TokenEmbedding\) is 1,000,000,000": rows,
        r"`kernel_sizes` of the layer 'embedding' .* is 1,000,000,000": kernel,
    }
    for message, change in cases.items():
        path = rewrite(**{"config.json": change_config(saved[1], change)})
        with pytest.raises(ValueError, match=message) as caught:
            load_model(path)
        assert str(path) in str(caught.value)


def test_weights_declared_larger_than_their_file_do_not_hide_a_layer_of_that_size(saved, rewrite):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as weights:
        weights.create_dataset("w", (10**9,), "float32", chunks=(1024,))  # without data: a kilobyte
    config = change_config(saved[1], lambda config: config["config"].update(vocabulary_size=10**9))
    path = rewrite(**{"config.json": config, "model.weights.h5": buffer.getvalue()})
    with pytest.raises(ValueError, match=r"model.weights.h5 in .*model.keras has .* bytes a byte, .*limit is 200"):
        load_model(path)


def test_a_configuration_of_foreign_classes_is_an_error_with_path_and_cause(saved, rewrite):
    def foreign(config):
        config.update(module="os", class_name="system", registered_name="os>system")

    def layer(config):
        config["config"]["network"]["config"]["layers"][1].update(module="os", class_name="system", registered_name="x")

    def code(config):
        config["config"]["network"]["config"]["layers"][1].update(
            module="keras.layers", class_name="Lambda", registered_name=None,
            config={"name": "l", "function": {"class_name": "__lambda__", "config": {"code": "x"}}},
        )  # fmt: skip

    def sizes(config):
        config["config"]["network"]["config"]["layers"][1]["config"]["embedding_dim"] = "many"

    cases = {"holds a system": foreign, "system": layer, "(?i)lambda": code, "not a model of rnn_templates: .*": sizes}
    for message, change in cases.items():
        path = rewrite(**{"config.json": change_config(saved[1], change)})
        with pytest.raises(ValueError, match=message) as caught:
            load_model(path)
        assert str(path) in str(caught.value) and len(str(caught.value)) < 700
    with pytest.raises(ValueError, match="not a model of rnn_templates"):
        load_model(rewrite(**{"model.weights.h5": b"no weights"}))


def test_a_card_of_another_shape_is_an_error_with_its_path(saved, tmp_path):
    shutil.copy(saved[1], tmp_path)
    for content in ("[]", "3", '{"input_statistics": 3}', '{"input_statistics": {"images": [3]}}', "{"):
        (tmp_path / "card.json").write_text(content)
        with pytest.raises(ValueError, match="card.json"):
            load_model(tmp_path)


def test_a_shipped_model_is_found_by_its_name_and_a_file_of_that_name_is_preferred(saved, tmp_path, monkeypatch):
    assert find_model("sentiment") == SHIPPED / "sentiment" / "model.keras"
    assert set(shipped_models()) == {path.parent.name for path in SHIPPED.glob("*/model.keras")}
    with pytest.raises(FileNotFoundError, match="There is no model at .*sentimental.*captioning, dates, .*sentiment"):
        load_model("sentimental")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sentiment").mkdir()
    assert find_model("sentiment") == SHIPPED / "sentiment" / "model.keras"
    shutil.copy(saved[1], tmp_path / "sentiment")
    assert find_model("sentiment") == Path("sentiment/model.keras")


def test_files_of_wheels_are_found_below_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr("rnn_templates.utils.shipped_models.PACKAGE", tmp_path / "rnn_templates")
    (tmp_path / "rnn_templates" / "saved_models" / "one").mkdir(parents=True)
    (tmp_path / "rnn_templates" / "saved_models" / "one" / "model.keras").write_bytes(b"")
    assert list(shipped_models()) == ["one"]


def test_shipped_files_that_prediction_needs_are_at_most_39_megabytes_in_a_wheel_of_at_most_40():
    names = ("model.keras", "*.txt", "card.json", "preprocessing.json", "series.json")
    sizes = {path: len(zlib.compress(path.read_bytes())) for name in names for path in SHIPPED.glob(f"*/{name}")}
    assert len(sizes) > 30 and sum(sizes.values()) <= 39e6


@pytest.mark.parametrize("bits", [7, 17, 23])
def test_compressed_weights_are_the_nearest_of_their_precision(saved, tmp_path, bits):
    model, path = saved
    compact = tmp_path / "compact.keras"
    save_model(model, compact, mantissa_bits=bits)
    for ours, theirs in zip(load_model(compact).weights, model.weights, strict=True):
        ours, theirs = ours.numpy(), theirs.numpy()
        _, exponent = np.frexp(theirs)
        nearest = np.ldexp(np.rint(np.ldexp(theirs.astype(np.float64), bits + 1 - exponent)), exponent - bits - 1)
        np.testing.assert_array_equal(ours, nearest.astype(theirs.dtype))
    assert compact.stat().st_size < path.stat().st_size
    with pytest.raises(ValueError, match="`mantissa_bits` must be from 7 to 23; received 24"):
        save_model(model, compact, mantissa_bits=24)
    assert round_mantissa(np.float32([1 + 2**-8, 1 + 3 * 2**-8]), 7).tolist() == [1, 1 + 2**-6]  # ties to even


def test_a_full_disk_keeps_the_previous_file(saved, tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_bytes(b"previous")

    def save(self, path):
        Path(path).write_bytes(b"half")
        raise OSError("Can't write data (file write failed: errno = 28, error message = 'No space left on device')")

    monkeypatch.setattr(keras.Model, "save", save)
    with pytest.raises(OSError, match="save_model: no space left on the disk. The previous file is unchanged"):
        save_model(saved[0], path)
    assert path.read_bytes() == b"previous" and list(tmp_path.iterdir()) == [path]


def test_save_keeps_the_optimizer(tmp_path):
    model = sentiment.build()
    model.fit(sentiment.examples, sentiment.targets, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for ours, theirs in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)
