"""Features are computed once: after a kill, after a change, and on a disk that is full."""

import io
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from rnn_templates.layers.image_backbone import image_backbone
from rnn_templates.preprocessing.images.feature_cache import FeatureCache, cache_dir, fingerprint

SHAPE = (10, 2, 3)


def wanted(start, stop):
    return np.arange(start * 6, stop * 6, dtype=np.float32).reshape(-1, 2, 3)


def test_a_second_reader_computes_nothing(tmp_path):
    calls = []
    for _ in range(2):
        cache = FeatureCache("name", SHAPE, tmp_path)
        found = cache.get_or_compute(lambda start, stop: calls.append((start, stop)) or wanted(start, stop), 4)
        np.testing.assert_array_equal(found, wanted(0, 10))
        assert found.dtype == np.float16
    assert calls == [(0, 4), (4, 8), (8, 10)] and cache.num_done == 10


def test_features_too_large_for_half_precision_stay_numbers(tmp_path):
    found = FeatureCache("name", SHAPE, tmp_path).get_or_compute(
        lambda start, stop: np.full((stop - start, 2, 3), -1e9)
    )
    assert (found == np.finfo(np.float16).min).all()


def test_after_an_interruption_only_what_is_missing_is_computed(tmp_path):
    def breaks(start, stop):
        if start == 8:
            raise KeyboardInterrupt
        return wanted(start, stop)

    with pytest.raises(KeyboardInterrupt):
        FeatureCache("name", SHAPE, tmp_path).get_or_compute(breaks, 4)
    calls = []
    cache = FeatureCache("name", SHAPE, tmp_path)
    assert cache.num_done == 8
    found = cache.get_or_compute(lambda start, stop: calls.append((start, stop)) or wanted(start, stop), 4)
    np.testing.assert_array_equal(found, wanted(0, 10))
    assert calls == [(8, 10)]


@pytest.mark.slow
def test_a_killed_process_loses_the_batch_it_was_at_and_no_more(tmp_path):
    code = (
        "import sys, time, numpy as np\n"
        "from rnn_templates.preprocessing.images.feature_cache import FeatureCache\n"
        "def slow(start, stop):\n"
        "    print(start, flush=True); time.sleep(0.05 if start < 12 else 60)\n"
        "    return np.full((stop - start, 2, 3), start)\n"
        "FeatureCache('name', (100, 2, 3), sys.argv[1]).get_or_compute(slow, 4)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        while process.stdout.readline().strip() != "12":
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    cache = FeatureCache("name", (100, 2, 3), tmp_path)
    assert cache.num_done == 12
    found = cache.get_or_compute(lambda start, stop: np.full((stop - start, 2, 3), start), 4)
    np.testing.assert_array_equal(found[:, 0, 0], np.arange(100) // 4 * 4)


@pytest.mark.parametrize("damage", ["file", "empty", "pickle", "header", "dtype", "list", "number", "count", "words"])
def test_a_damaged_cache_is_made_anew(tmp_path, damage):
    cache = FeatureCache("name", SHAPE, tmp_path)
    cache.get_or_compute(wanted, 4)
    whole = cache.file.read_bytes()
    crafted = io.BytesIO()
    np.save(crafted, np.array([[print, "run"]] * 90, object), allow_pickle=True)
    files = {"file": whole[:100], "empty": b"", "pickle": crafted.getvalue()}
    files |= {"header": whole.replace(b"(10, 2, 3)", b"(60, 1, 1)"), "dtype": whole.replace(b"<f2", b"<i2")}
    states = {"words": "{", "list": "[10]", "number": '{"done": 99, "shape": [10, 2, 3]}'}
    if damage in files:
        cache.file.write_bytes(files[damage])
    else:
        (tmp_path / "name.json").write_text(states.get(damage, '{"done": 10, "shape": [9, 2, 3]}'))
    assert cache.num_done == 0
    np.testing.assert_array_equal(cache.get_or_compute(wanted, 4), wanted(0, 10))


def test_a_disk_that_is_too_small_is_detected_before_anything_is_computed(tmp_path):
    calls = []
    with pytest.raises(OSError, match="RNN_TEMPLATES_CACHE"):
        FeatureCache("name", (10**9, 1000, 1000), tmp_path).get_or_compute(lambda *where: calls.append(where))
    assert not calls and not list(tmp_path.glob("*.npy"))


def test_progress_reports_count_and_rate(tmp_path):
    reports = []
    FeatureCache("name", SHAPE, tmp_path).get_or_compute(wanted, 4, lambda *what: reports.append(what))
    assert [done for done, _ in reports] == [4, 8, 10] and all(rate > 0 for _, rate in reports)


def test_another_image_another_order_another_weight_and_another_size_have_another_name():
    backbone = image_backbone("small", 32)
    names = {fingerprint(backbone, [b"one", b"two"]), fingerprint(backbone, [b"two", b"one"])}
    names |= {fingerprint(backbone, [b"one"]), fingerprint(backbone, [b"one", b"other"])}
    assert len(names) == 4 and fingerprint(backbone, [b"one"]) in names
    backbone.weights[3].assign(backbone.weights[3] + 1e-3)
    names.add(fingerprint(backbone, [b"one"]))
    larger = image_backbone("small", 48)
    larger.set_weights(backbone.get_weights())
    names.add(fingerprint(larger, [b"one"]))
    assert len(names) == 6


def test_the_folder_is_the_users_choice(monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_TEMPLATES_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path / "features"
    monkeypatch.delenv("RNN_TEMPLATES_CACHE")
    assert cache_dir().parts[-3:] == (".cache", "rnn_templates", "features")
