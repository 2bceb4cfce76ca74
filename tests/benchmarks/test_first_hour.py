"""The classical baselines and the checks of `benchmarks/first_hour.py`."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from first_hour.baselines import sentence_features, translation_memory, word_by_word  # noqa: E402
from first_hour.checks import Check, refused  # noqa: E402


def test_word_by_word_aligns_words_by_their_cooccurrence():
    train = (["the dog", "the cat", "a dog", "a cat"], ["der Hund", "die Katze", "ein Hund", "eine Katze"])
    assert word_by_word(train, ["dog cat", "unseen dog"])[0].split() == ["Hund", "Katze"]
    assert word_by_word(train, ["unseen dog"]) == ["unseen Hund"]
    assert translation_memory(train, ["a small cat"]) == ["eine Katze"]


def test_features_have_the_neighbors_shape_and_affixes_of_a_word():
    first, second = sentence_features(["McDonald", "left2"])
    assert {"0:word=mcdonald", "1:word=left2", "-1:word=<s>", "0:shape=XxXxxx", "4<mcdo", "4>nald"} <= set(first)
    assert {"0:shape=xxxd", "-1:word=mcdonald", "2:word=</s>"} <= set(second) and len(first) == len(second)


def test_a_check_reports_the_result_and_every_failure_as_a_row():
    def wrong():
        refused(lambda: int("x"), "no such word")

    assert Check("A1", "tried", lambda: "a | b\nc").run() == ("A1", "tried", "a / b c", "ok")
    *_, result, state = Check("A1", "tried", wrong).run()
    assert state == "not ok" and "does not name no such word" in result
    with pytest.raises(AssertionError, match="accepted"):
        refused(lambda: None)
