"""Held-out parts of plain texts."""

import pytest

from rnn_templates.data.text_splits import TextSplits, make_text_dataset


def splits(texts):
    return TextSplits(
        "mine", make_text_dataset([text.encode() for text in texts]), None, None, (), sizes={"train": len(texts)}
    )


def read(dataset):
    return [text.decode() for text in dataset.as_numpy_iterator()]


def test_of_a_few_texts_the_last_part_of_each_is_held_out():
    held = splits(["abcdefghij", "ß" * 8]).hold_out(0.25, seed=1)
    assert read(held.train) == ["abcdefg", "ßßßßßß"] and read(held.validation) == ["hij", "ßß"]
    assert held.sizes == {"train": 2, "validation": 2}


def test_of_many_texts_whole_ones_are_held_out_by_the_seed():
    texts = [f"text {number}" for number in range(20)]
    held = [splits(texts).hold_out(0.2, seed=seed) for seed in (1, 1, 2)]
    validation = [read(one.validation) for one in held]
    assert validation[0] == validation[1] != validation[2] and len(validation[0]) == 4
    assert sorted(validation[0] + read(held[0].train)) == sorted(texts)


@pytest.mark.parametrize("text", ["a", "ab"])
def test_a_text_that_is_too_short_is_an_error_with_the_number_of_characters(text):
    with pytest.raises(ValueError, match=f"mine: {len(text)} characters are too few"):
        splits([text]).hold_out(0.9, seed=1)
    with pytest.raises(ValueError, match="`validation`"):
        splits(["abcdef"]).hold_out(1.5, seed=1)
