"""Size rules: rows of the table, and the count of words and images."""

import numpy as np
import pytest

from rnn_templates import registry
from rnn_templates.utils.arguments import flatten
from rnn_templates.utils.size_rule import SizeRule

ROWS = ((10, {"units": 8, "dropout": 0.5}), (20, {"units": 16, "dropout": 0.3}), (None, {"units": 32, "dropout": 0.1}))


class Examples(list):
    def as_numpy_iterator(self):
        return iter(self)


class Data:
    def __init__(self, *examples, sizes=None):
        self.train = Examples(examples)
        self.sizes = sizes or {}


def test_the_first_row_that_is_large_enough_gives_the_arguments():
    rule = SizeRule("words", ROWS)
    assert [rule.arguments(count)["units"] for count in (0, 10, 11, 20, 21, 10**9)] == [8, 8, 16, 16, 32, 32]
    assert rule.names == ("units", "dropout")


def test_rows_without_an_order_or_with_other_names_are_refused():
    with pytest.raises(ValueError, match="`unit`"):
        SizeRule("sentences", ROWS)
    for rows in ((), ROWS[:2], (ROWS[1], ROWS[0], ROWS[2]), (ROWS[2], ROWS[2])):
        with pytest.raises(ValueError, match="maxima"):
            SizeRule("words", rows)
    with pytest.raises(ValueError, match="same argument names"):
        SizeRule("words", ((10, {"units": 8}), (None, {"filters": 8})))


def test_words_of_texts_tokens_of_sentences_and_words_of_targets_are_counted():
    rule = SizeRule("words", ROWS)
    assert rule.count(Data((b"not  bad", np.int64(1)), (b"", np.int64(0)))) == 2
    assert rule.count(Data((np.array([b"Ann", b"left"], object), np.array([1, 0])))) == 2
    assert rule.count(Data((b"good morning", b"guten Morgen alle"))) == 3
    assert SizeRule("images", ROWS).count(Data(sizes={"train": 7})) == 7
    assert SizeRule("images", ROWS).count(Data((b"png", 1), (b"png", 0))) == 2


def test_every_template_has_a_rule_of_its_builder_that_grows_with_the_data():
    for name in registry.names():
        template = registry.get(name)
        rule, known = template.size_rule, flatten(template.load("builder"))
        assert rule is not None and set(rule.names) <= set(known), name
        for row in zip(*(arguments.items() for _, arguments in rule.rows), strict=True):
            (key,), values = {key for key, _ in row}, [value for _, value in row]
            assert values == sorted(values, reverse=key.endswith(("dropout", "learning_rate"))), (name, key)


def test_characters_of_plain_texts_are_counted_in_bytes():
    from rnn_templates.data.text_splits import TextSplits, make_text_dataset

    train = make_text_dataset([b"to be", "é".encode()])
    splits = TextSplits("mine", train, None, None, (), sizes={"train": 2})
    assert SizeRule("characters", ((None, {"units": 8}),)).count(splits) == 7
