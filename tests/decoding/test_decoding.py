"""Decoding against all sequences that there are, added up one by one in float64."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.decoding import beam_search, greedy, sample, score
from rnn_templates.export.targets.litert import LiteRTModel, export_litert, list_ops

START, END, LENGTH = 2, 1, 5
GIVEN = {"start": START, "end": END}
SIZES = {"vocabulary": 6, "units": 7, "features": 3}


class Toy:
    """A random recurrence with a memory, in TensorFlow as a step function and in NumPy as a reference."""

    def __init__(self, seed=0, tokens=6, vocabulary=6, units=7, sharpness=2.0):
        draw = np.random.default_rng(seed).normal
        self.tokens, self.steps = tokens, tf.Variable(0)
        self.embedding, self.recurrent = draw(size=(vocabulary, units)), draw(size=(units, units)) / 2
        self.reading, self.output = draw(size=(3, units)), sharpness * draw(size=(units, vocabulary)) / units**0.5
        self.memory, self.hidden = draw(size=(4, 3)).astype("f"), draw(size=(4, units)).astype("f")
        self.forbidden = tuple(range(tokens, vocabulary))

    @property
    def seam(self):
        """What all functions ask for: step, memory, and states of two kinds in a nest."""
        return self.step, {"features": self.memory, "nothing": None}, self.states(self.hidden)

    @staticmethod
    def states(hidden):
        return hidden, {"count": tf.zeros((tf.shape(hidden)[0], 1), tf.int32)}

    def step(self, tokens, memory, states):
        self.steps.assign_add(1)
        hidden, count = states[0], states[1]["count"]
        embedding, recurrent, reading, output = (
            tf.constant(part, tf.float32) for part in (self.embedding, self.recurrent, self.reading, self.output)
        )
        hidden = tf.tanh(hidden @ recurrent + tf.gather(embedding, tokens) + memory["features"] @ reading)
        return hidden @ output, (hidden, {"count": count + 1})

    def log_softmax(self, row, token, hidden):
        hidden = np.tanh(hidden @ self.recurrent + self.embedding[token] + self.memory[row] @ self.reading)
        logits = (hidden @ self.output)[: self.tokens]
        return logits - np.logaddexp.reduce(logits), hidden

    def log_probability(self, row, sequence):
        total, token, hidden = 0.0, START, self.hidden[row].astype(float)
        for following in sequence:
            log_p, hidden = self.log_softmax(row, token, hidden)
            total, token = total + log_p[following], following
            if token == END:
                break
        return total

    def all(self, row, length):
        """Every sequence that ends, or has the full length, and its log-probability."""
        found, alive = {}, [((), 0.0, self.hidden[row].astype(float))]
        for t in range(length):
            grown = []
            for sequence, total, hidden in alive:
                log_p, hidden = self.log_softmax(row, sequence[-1] if sequence else START, hidden)
                grown += [((*sequence, token), total + log_p[token], hidden) for token in range(self.tokens)]
            over = {sequence: total for sequence, total, _ in grown if sequence[-1] == END or t + 1 == length}
            found.update(over)
            alive = [entry for entry in grown if entry[0] not in over]
        return found


def rows(toy, chosen):
    """The seam of some rows of a toy's batch."""
    step, memory, _ = toy.seam
    return step, {**memory, "features": toy.memory[chosen]}, toy.states(toy.hidden[chosen])


def lengths(tokens):
    """Up to the first end token, that one included, otherwise all."""
    ended = np.asarray(tokens) == END
    return np.where(ended.any(-1), ended.argmax(-1) + 1, ended.shape[-1])


searches = pytest.mark.parametrize(
    "search",
    [greedy, functools.partial(sample, seed=3), functools.partial(beam_search, width=3)],
    ids=["greedy", "sample", "beam_search"],
)


@pytest.mark.parametrize("seed", range(5))
def test_greedy_takes_the_most_probable_token_at_each_step(seed):
    toy = Toy(seed)
    tokens, scores = (answer.numpy() for answer in greedy(*toy.seam, **GIVEN, max_length=8))
    assert (tokens.dtype, tokens.shape, scores.dtype) == (np.int32, (4, 8), np.float32)
    for row, found in enumerate(tokens):
        expected, token, hidden = [], START, toy.hidden[row].astype(float)
        while len(expected) < 8 and token != END:
            log_p, hidden = toy.log_softmax(row, token, hidden)
            expected.append(token := int(log_p.argmax()))
        assert found.tolist() == expected + [0] * (8 - len(expected))
        np.testing.assert_allclose(scores[row], toy.log_probability(row, found), rtol=1e-5)


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize(("tokens", "width"), [(4, 81), (5, 256)])
def test_a_wide_beam_finds_the_best_of_all_sequences(tokens, width, penalty):
    toy = Toy(tokens, tokens=tokens, vocabulary=width, sharpness=1.0)
    options = {"width": width, "best": 40, "length_penalty": penalty, "forbidden": toy.forbidden}
    found, scores, log_p = beam_search(*toy.seam, **GIVEN, max_length=LENGTH, **options)
    for row in range(4):
        every = toy.all(row, LENGTH)
        assert len(every) == sum((tokens - 1) ** t for t in range(LENGTH)) + (tokens - 1) ** LENGTH
        np.testing.assert_allclose(np.logaddexp.reduce(list(every.values())), 0, atol=1e-9)
        expected = sorted(((total / len(key) ** penalty, key) for key, total in every.items()), reverse=True)[:40]
        np.testing.assert_allclose(scores[row], [own for own, _ in expected], rtol=1e-5)
        for own, single, size in zip(found[row].numpy(), log_p[row].numpy(), lengths(found[row]), strict=True):
            np.testing.assert_allclose(every[tuple(own[:size])], single, rtol=1e-5)
        assert tuple(found[row, 0, : len(expected[0][1])].numpy()) == expected[0][1]


@pytest.mark.parametrize(("width", "penalty"), [(2, 0.0), (2, 1.0), (3, 0.5), (4, 2.0), (6, 1.0)])
@pytest.mark.parametrize("seed", range(3))
def test_a_beam_finds_what_a_plain_search_with_the_same_width_finds(seed, width, penalty):
    """The reference has neither bound nor batch, and goes on to the largest length."""
    toy = Toy(20 + seed, sharpness=1.5)
    found, scores, _ = beam_search(*toy.seam, **GIVEN, max_length=7, width=width, length_penalty=penalty)
    for row in range(4):
        alive, over = [((), 0.0, toy.hidden[row].astype(float))], []
        for t in range(7):
            grown = []
            for sequence, total, hidden in alive:
                log_p, hidden = toy.log_softmax(row, sequence[-1] if sequence else START, hidden)
                grown += [(total + log_p[token], (*sequence, token), hidden) for token in range(6)]
            grown = sorted(grown, key=lambda entry: -entry[0])[: 2 * width]
            over += [(total / (t + 1) ** penalty, own) for total, own, _ in grown if own[-1] == END or t == 6]
            alive = [(own, total, hidden) for total, own, hidden in grown if own[-1] != END][:width]
        expected = sorted(over, reverse=True)[:width]
        np.testing.assert_allclose(scores[row], [own for own, _ in expected], rtol=1e-5)
        assert [tuple(own[:size]) for own, size in zip(found[row].numpy(), lengths(found[row]), strict=True)] == [
            own for _, own in expected
        ]


@pytest.mark.parametrize("penalty", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_of_one_is_greedy(seed, penalty):
    toy = Toy(seed)
    tokens, scores = greedy(*toy.seam, **GIVEN, max_length=9)
    found, ranked, log_p = beam_search(*toy.seam, **GIVEN, max_length=9, width=1, length_penalty=penalty)
    assert (found.shape, ranked.shape, log_p.shape) == ((4, 1, 9), (4, 1), (4, 1))
    np.testing.assert_array_equal(found[:, 0], tokens)
    np.testing.assert_array_equal(log_p[:, 0], scores)
    np.testing.assert_allclose(ranked[:, 0], scores / lengths(tokens) ** penalty, rtol=1e-6)


def test_the_best_of_a_beam_are_distinct_sorted_and_scored_as_the_step_function_scores_them():
    toy = Toy(5)
    forbidden = (0, START)
    options = {**GIVEN, "forbidden": forbidden}
    tokens, scores, log_p = beam_search(*toy.seam, **options, max_length=8, width=6, length_penalty=0.7)
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, log_p / lengths(tokens) ** 0.7, rtol=1e-5)
    for place in range(6):
        again = score(*toy.seam, tokens[:, place], **options)
        np.testing.assert_allclose(again, log_p[:, place], rtol=1e-5)
    for row in tokens.numpy():
        assert len({tuple(own) for own in row}) == 6


def test_fewer_that_are_asked_for_are_the_first_of_all():
    toy = Toy(6)
    every = beam_search(*toy.seam, **GIVEN, max_length=9, width=5)
    few = beam_search(*toy.seam, **GIVEN, max_length=9, width=5, best=2)
    for one, other in zip(every, few, strict=True):
        np.testing.assert_array_equal(one[:, :2], other)


def test_score_is_that_of_the_sequence_up_to_its_end():
    toy = Toy(7)
    tokens = np.array([[3, 4, 1, 0, 0], [1, 5, 5, 5, 5], [3, 3, 3, 3, 3], [0, 2, 1, 1, 1]])
    expected = [toy.log_probability(row, own) for row, own in enumerate(tokens)]
    np.testing.assert_allclose(score(*toy.seam, tokens, **GIVEN), expected, rtol=1e-5)


@searches
def test_rows_of_a_batch_do_not_influence_each_other(search):
    toy = Toy(8)
    if isinstance(search, functools.partial) and search.func is sample:
        search = functools.partial(search, top_k=1)  # what is drawn depends on the row's number
    together = search(*toy.seam, **GIVEN, max_length=9)
    order = np.array([2, 0, 3, 1])
    for one, other in zip(together, search(*rows(toy, order), **GIVEN, max_length=9), strict=True):
        np.testing.assert_allclose(one.numpy()[order], other, rtol=1e-6)
    for row in range(4):
        alone = search(*rows(toy, [row]), **GIVEN, max_length=9)
        for one, other in zip(together, alone, strict=True):
            np.testing.assert_allclose(one[row : row + 1], other, rtol=1e-6)


def test_each_row_may_have_a_start_of_its_own():
    toy = Toy(9)
    starts = [3, 2, 5, 4]
    tokens, scores = greedy(*toy.seam, start=starts, end=END, max_length=6)
    found, *_ = beam_search(*toy.seam, start=starts, end=END, max_length=6, width=2)
    for row, start in enumerate(starts):
        np.testing.assert_array_equal(tokens[row], greedy(*rows(toy, [row]), start=start, end=END, max_length=6)[0][0])
        alone, *_ = beam_search(*rows(toy, [row]), start=start, end=END, max_length=6, width=2)
        np.testing.assert_array_equal(found[row], alone[0])


def ending(after, vocabulary=6):
    """A step function that ends every row after so many tokens, almost surely, and counts how often it is called."""
    calls = tf.Variable(0)

    def step(tokens, memory, states):
        calls.assign_add(1)
        wanted = tf.where(states < after, 3, END)
        return 12 * tf.one_hot(wanted[:, 0], vocabulary), states + 1

    return step, calls


@pytest.mark.parametrize("search", [greedy, functools.partial(sample, seed=3)], ids=["greedy", "sample"])
def test_the_loop_stops_when_every_row_has_ended(search):
    step, calls = ending(tf.constant([[2], [5]]))
    function = tf.function(lambda: search(step, None, tf.zeros((2, 1), tf.int32), **GIVEN, max_length=500)[0])
    tokens = function().numpy()
    assert tokens[:, :6].tolist() == [[3, 3, 1, 0, 0, 0], [3, 3, 3, 3, 3, 1]] and not tokens[:, 6:].any()
    assert calls.numpy() == 6


@pytest.mark.parametrize(
    ("best", "penalty", "least", "most"), [(1, 0.0, 4, 4), (1, 1.0, 4, 4), (4, 0.0, 4, 8), (4, 1.0, 5, 200)]
)
def test_a_beam_stops_when_nothing_alive_can_become_better(best, penalty, least, most):
    """Each token but the expected one costs 12: the bound of those alive falls by 12 a step, divided by the length."""
    step, calls = ending(3)
    function = tf.function(
        lambda: beam_search(
            step, None, tf.zeros((2, 1), tf.int32), **GIVEN, max_length=500, width=4, best=best, length_penalty=penalty
        )[0]
    )
    tokens = function().numpy()
    assert tokens[:, 0, :5].tolist() == [[3, 3, 3, 1, 0]] * 2
    assert least <= calls.numpy() <= most


@searches
@pytest.mark.parametrize("length", [1, 7])
def test_what_never_ends_stops_at_the_largest_length(search, length):
    step, calls = ending(10**6)
    tokens, *_ = search(step, None, tf.zeros((2, 1), tf.int32), **GIVEN, max_length=length)
    assert tokens.shape[-1] == length and calls.numpy() == length
    assert np.reshape(tokens, (2, -1, length))[:, 0].tolist() == [[3] * length] * 2


@searches
def test_nothing_stands_behind_an_end_and_nothing_forbidden_anywhere(search):
    toy = Toy(10, sharpness=0.5)
    tokens = search(*toy.seam, **GIVEN, max_length=12, forbidden=(0, START, 4))[0].numpy().reshape(-1, 12)
    sizes = lengths(tokens)
    for own, size in zip(tokens, sizes, strict=True):
        assert not own[size:].any() and set(own[:size].tolist()) <= {1, 3, 5}
    assert min(sizes) < 12


def test_forbidden_tokens_leave_their_probability_to_the_others():
    step, states = (lambda tokens, memory, states: (tf.constant([[0.0, 5.0, 1.0, 2.0]]), states)), tf.zeros((1, 1))
    tokens, scores = greedy(step, None, states, start=0, end=3, max_length=1, forbidden=[1])
    assert tokens.numpy() == [[3]]
    np.testing.assert_allclose(scores, [2 - np.logaddexp.reduce([0, 1, 2])], rtol=1e-5)
    np.testing.assert_allclose(score(step, None, states, [[3]], start=0, end=3, forbidden=[1]), scores)


def test_sequences_that_do_not_exist_are_zeros_out_of_reach():
    def step(tokens, memory, states):
        return tf.zeros((tf.shape(tokens)[0], 6)), states

    options = {**GIVEN, "forbidden": (0, 2, 4, 5), "width": 4}
    tokens, scores, log_p = beam_search(step, None, tf.zeros((1, 1)), **options, max_length=2)
    assert sorted(tokens[0, :3].numpy().tolist()) == [[1, 0], [3, 1], [3, 3]]
    assert tokens[0, 3].numpy().tolist() == [0, 0] and scores[0, 3] == log_p[0, 3] == np.float32(-1e9)


@searches
def test_logits_out_of_all_bounds_give_no_nan(search):
    rows = np.array([[-np.inf] * 6, [0, 1, -np.inf, 3e38, -3e38, 2], [1e30] * 6, [0, -1e30, 0, 0, 0, 0]], "f")

    def step(tokens, memory, states):
        return tf.gather(rows, tf.reshape(states, [-1])), states

    for answer in search(step, None, tf.range(4)[:, None], **GIVEN, max_length=6):
        assert np.isfinite(answer).all()


@pytest.mark.parametrize(
    "options", [{"temperature": 1e-8}, {"temperature": 1e-45}, {"top_k": 1}, {"top_p": 1e-6}], ids=str
)
def test_drawing_from_the_most_probable_alone_is_greedy(options):
    toy = Toy(12)
    tokens, scores = greedy(*toy.seam, **GIVEN, max_length=9)
    drawn, of_drawn = sample(*toy.seam, **GIVEN, max_length=9, seed=1, **options)
    np.testing.assert_array_equal(tokens, drawn)
    np.testing.assert_allclose(scores, of_drawn, rtol=1e-6)


LOGITS = np.array([0.3, -1.0, 1.2, 0.0, 0.9, -0.4])


def softmax(logits):
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def first_of(probabilities, count):
    kept = np.isin(np.arange(6), np.argsort(-probabilities)[:count])
    return np.where(kept, probabilities, 0) / probabilities[kept].sum()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, softmax(LOGITS)),
        ({"temperature": 0.5}, softmax(2 * LOGITS)),
        ({"temperature": 1e9}, np.full(6, 1 / 6)),
        ({"top_k": 3}, first_of(softmax(LOGITS), 3)),
        ({"top_k": 50}, softmax(LOGITS)),
        ({"top_p": 0.6}, first_of(softmax(LOGITS), 2)),
        ({"top_p": 0.7}, first_of(softmax(LOGITS), 3)),
        ({"top_k": 3, "top_p": 0.7}, first_of(softmax(LOGITS), 2)),
    ],
    ids=["plain", "colder", "hot", "top_k", "large_top_k", "top_p_two", "top_p_three", "top_k_then_top_p"],
)
def test_tokens_are_drawn_as_often_as_they_are_probable(options, expected):
    count = 20_000

    def step(tokens, memory, states):
        return tf.zeros((count, 1)) + LOGITS.astype("f"), states

    tokens, scores = sample(step, None, tf.zeros((count, 1)), start=0, end=1, max_length=2, seed=(4, 2), **options)
    for drawn in (tokens[:, 0], tokens.numpy()[tokens[:, 0] != END][:, 1]):
        seen = np.bincount(drawn, minlength=6)
        wanted = expected * len(drawn)
        assert not seen[expected == 0].any()
        chi = ((seen - wanted)[expected > 0] ** 2 / wanted[expected > 0]).sum()
        assert chi < 20.5  # 5 degrees of freedom: one in a thousand
    log_p = np.log(softmax(LOGITS))
    own = log_p[tokens[:, 0]] + np.where(tokens[:, 0] == END, 0, log_p[tokens[:, 1]])
    np.testing.assert_allclose(scores, own, rtol=1e-4)


def test_a_forbidden_token_is_not_drawn_at_any_temperature():
    toy = Toy(13)
    tokens, _ = sample(*toy.seam, **GIVEN, max_length=30, seed=2, temperature=1e12, forbidden=(END, 0, 2, 4))
    assert np.unique(tokens).tolist() == [3, 5]


def test_the_same_seed_gives_the_same_answer_and_another_one_another():
    toy = Toy(14, sharpness=0.2)
    draw = functools.partial(sample, *toy.seam, **GIVEN, max_length=20, forbidden=(END,))
    first = draw(seed=5)[0].numpy()
    np.testing.assert_array_equal(draw(seed=5)[0], first)
    np.testing.assert_array_equal(draw(seed=tf.constant([5, 0]))[0], first)
    unseeded = tf.function(draw)
    others = [draw(seed=6), draw(seed=(5, 1)), draw(), draw(), unseeded(), unseeded()]
    answers = [first, *(tokens.numpy() for tokens, _ in others)]
    assert len({answer.tobytes() for answer in answers}) == len(answers)
    assert len({first[row].tobytes() for row in range(4)}) == 4 and len(np.unique(first[0])) > 1


@pytest.mark.parametrize(
    ("name", "value", "search"),
    [
        ("max_length", 0, greedy),
        ("max_length", 2.0, greedy),
        ("max_length", tf.constant([3, 4]), greedy),
        ("end", -1, greedy),
        ("end", 6, greedy),
        ("start", 0.5, greedy),
        ("forbidden", (0, 6), greedy),
        ("forbidden", (-1,), beam_search),
        ("max_length", 0, sample),
        ("temperature", 0, sample),
        ("temperature", -1.0, sample),
        ("temperature", float("nan"), sample),
        ("top_k", -1, sample),
        ("top_k", 1.5, sample),
        ("top_p", 0, sample),
        ("top_p", 1.1, sample),
        ("seed", 1.5, sample),
        ("seed", (1, 2, 3), sample),
        ("seed", "x", sample),
        ("max_length", 0, beam_search),
        ("width", 0, beam_search),
        ("width", 7, beam_search),
        ("width", 2.0, beam_search),
        ("best", 0, beam_search),
        ("best", 6, beam_search),
        ("length_penalty", -0.5, beam_search),
        ("length_penalty", float("inf"), beam_search),
    ],
    ids=lambda value: value.__name__ if callable(value) else "tensor" if tf.is_tensor(value) else repr(value),
)
def test_a_bad_argument_is_named(name, value, search):
    options = {**GIVEN, "max_length": 4, **({"seed": 1} if search is sample else {}), name: value}
    with pytest.raises(ValueError, match=f"`{name}`"):
        search(*Toy().seam, **options)


@pytest.mark.parametrize(
    ("step", "memory", "states", "message"),
    [
        (lambda x, m, s: (tf.zeros((2, 1, 6)), s), None, tf.zeros((2, 1)), r"logits of shape \(2, 1, 6\)"),
        (lambda x, m, s: (tf.zeros((2, 6)), ()), None, tf.zeros((2, 1)), "1 states and gave back 0"),
        (lambda x, m, s: (tf.zeros((2, 6)), s[:, :1]), None, tf.zeros((2, 3)), r"shape \(2, 3\).*\n?.*\(2, 1\)"),
        (lambda x, m, s: (tf.zeros((2, 6)), tf.cast(s, tf.int32)), None, tf.zeros((2, 3)), "float32, and .* int32"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), tf.zeros((3, 1)), tf.zeros((2, 1)), r"number of rows: \[2, 3\]"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), 1.0, tf.zeros((2, 1)), "scalar"),
        (lambda x, m, s: (tf.zeros((2, 6)), s), None, (), "no tensor"),
    ],
    ids=["logits", "missing_state", "state_shape", "state_dtype", "rows", "scalar", "nothing"],
)
def test_a_step_that_does_not_fit_is_told_what_is_wrong(step, memory, states, message):
    with pytest.raises(ValueError, match=message):
        greedy(step, memory, states, **GIVEN, max_length=3)


@searches
def test_a_graph_that_knows_neither_batch_nor_length_answers_as_eagerly(search):
    toy = Toy(15)

    @tf.function(
        input_signature=[tf.TensorSpec((None, 3)), tf.TensorSpec((None, 7)), tf.TensorSpec((), tf.int32)]  # fmt: skip
    )
    def function(memory, hidden, length):
        return search(toy.step, {"features": memory}, toy.states(hidden), **GIVEN, max_length=length)

    whiles = [op for op in function.get_concrete_function().graph.get_operations() if "While" in op.type]
    assert len(whiles) == 1
    for length in (1, 8):
        expected = search(*toy.seam, **GIVEN, max_length=length)
        for one, other in zip(function(toy.memory, toy.hidden, length), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5)
    assert function(toy.memory[:0], toy.hidden[:0], 3)[0].shape[0] == 0


def test_half_precision_logits_are_summed_in_full():
    toy = Toy(16)

    def step(tokens, memory, states):
        logits, states = toy.step(tokens, memory, states)
        return tf.cast(logits, tf.float16), states

    tokens, scores = greedy(step, *toy.seam[1:], **GIVEN, max_length=30, forbidden=(END,))
    assert scores.dtype == tf.float32
    again = score(*toy.seam, tokens, **GIVEN, forbidden=(END,))
    np.testing.assert_allclose(scores, again, rtol=2e-3)


class Cell(keras.layers.Layer):
    """A gated recurrence with weights, as a template has them."""

    def build(self, input_shape):
        shapes = {"embedding": (50, 8), "kernel": (8, 16), "recurrent": (8, 16), "output_kernel": (8, 50)}
        for name, shape in shapes.items():
            setattr(self, name, self.add_weight(shape=shape, initializer="random_normal", name=name))
            getattr(self, name).assign(1.5 * np.random.default_rng(len(name)).normal(size=shape))

    def call(self, tokens, memory, hidden):
        zx = tf.gather(tf.convert_to_tensor(self.embedding), tokens) @ self.kernel + hidden @ self.recurrent
        update, new = tf.split(zx, 2, axis=-1)
        update = tf.sigmoid(update)
        hidden = update * hidden + (1 - update) * tf.tanh(new + tf.reduce_mean(memory, axis=1))
        return hidden @ self.output_kernel, hidden


class Translator:
    """As much of a model as the exporter asks for: a network and signatures."""

    def __init__(self, length):
        tokens, memory, hidden = keras.Input((), dtype="int32"), keras.Input((4, 8)), keras.Input((8,))
        self.network = keras.Model([tokens, memory, hidden], Cell()(tokens, memory, hidden))
        self.options = {"start": START, "end": END, "max_length": length, "forbidden": (0, START)}

    def step(self, tokens, memory, states):
        logits, hidden = self.network([tokens, memory, states[0]])
        return logits, (hidden,)

    def greedy(self, memory, hidden):
        tokens, scores = greedy(self.step, memory, (hidden,), **self.options)
        return {"tokens": tokens, "scores": scores}

    def beam(self, memory, hidden):
        tokens, scores, log_p = beam_search(self.step, memory, (hidden,), **self.options, width=4, best=3)
        return {"tokens": tokens, "scores": scores, "log_probabilities": log_p}

    def device_signatures(self):
        specs = tf.TensorSpec((1, 4, 8), name="memory"), tf.TensorSpec((1, 8), name="hidden")
        return {"greedy": (self.greedy, specs), "beam": (self.beam, specs)}


def test_a_litert_file_searches_as_tensorflow_does_with_built_in_ops(tmp_path):
    model = Translator(20)
    export_litert(model, tmp_path / "model.tflite")
    ops = list_ops((tmp_path / "model.tflite").read_bytes())
    assert {"WHILE", "TOPK_V2"} <= set(ops) and not [op for op in ops if op.startswith("CUSTOM")]
    file, draw = LiteRTModel(tmp_path / "model.tflite"), np.random.default_rng(1).normal
    ended = set()
    for _ in range(8):
        inputs = {"memory": draw(size=(1, 4, 8)).astype("f"), "hidden": draw(size=(1, 8)).astype("f")}
        for name, function in (("greedy", model.greedy), ("beam", model.beam)):
            answers, expected = file(name, **inputs), function(**{k: tf.constant(v) for k, v in inputs.items()})
            assert answers.keys() == expected.keys()
            np.testing.assert_array_equal(answers["tokens"], expected["tokens"])
            np.testing.assert_allclose(answers["scores"], expected["scores"], rtol=1e-4)
            ended.update(lengths(answers["tokens"]).ravel().tolist())
    assert len(ended) > 2


def test_a_saved_model_searches_any_batch(tmp_path):
    model = Translator(12)
    archive = keras.export.ExportArchive()
    archive.track(model.network)
    specs = [tf.TensorSpec((None, 4, 8), name="memory"), tf.TensorSpec((None, 8), name="hidden")]
    archive.add_endpoint("beam", tf.function(model.beam, input_signature=specs))
    archive.write_out(tmp_path / "saved", verbose=False)
    served, draw = tf.saved_model.load(tmp_path / "saved"), np.random.default_rng(2).normal
    for batch in (1, 5):
        inputs = tf.constant(draw(size=(batch, 4, 8)), tf.float32), tf.constant(draw(size=(batch, 8)), tf.float32)
        expected = model.beam(*inputs)
        for name, answer in served.beam(*inputs).items():
            np.testing.assert_allclose(answer, expected[name], rtol=1e-5)
