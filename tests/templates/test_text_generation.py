"""Language models: training with carried states, likelihoods, and continuations."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from support import text_generation as spec
from support.flat import build_flat

import rnn_templates as rt
from rnn_templates.data.text_splits import TextSplits, make_text_dataset
from rnn_templates.layers.adaptive_softmax import AdaptiveSoftmax
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.templates.text_generation.builder import data_kwargs, text_generation_model
from rnn_templates.templates.text_generation.likelihood import Likelihood

TEXT = "".join(np.random.default_rng(0).choice(list("abc \n"), 150))


def make(output_layer="softmax", texts=(TEXT, spec.examples[0]), **options):
    keras.utils.set_random_seed(3)
    options = {"units": 8, "embedding_dim": 6, "dropout": 0.0, "window_length": 7} | options
    vocabulary = rt.CharacterVocabulary.from_texts(texts)
    return build_flat(text_generation_model, vocabulary, output_layer=output_layer, **options)


@pytest.fixture(scope="module")
def model():
    return spec.build()


def test_states_are_carried_over_the_windows_of_an_epoch_and_start_at_zero(monkeypatch):
    model = make()
    chains = model.make_batches([TEXT], batch_size=3)
    assert len(chains) > 2
    batches = list(chains.windows(0))
    ids = np.concatenate([inputs["ids"] for inputs, _, _ in batches], axis=1)
    whole, _ = model.features(tf.constant(ids), model.initial_states(ids))
    for _ in range(2):  # the second epoch begins at zero again
        parts = [model({name: tf.constant(value) for name, value in inputs.items()}) for inputs, _, _ in batches]
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-6)


def test_gradients_end_at_the_beginning_of_a_window():
    model = make(num_layers=1)
    (first, _, _), (second, targets, weights), *_ = model.make_batches([TEXT], batch_size=2).windows(0)
    with tf.GradientTape() as tape:
        model({name: tf.constant(value) for name, value in first.items()})
        carried = [tf.constant(variable.numpy()) for variable in model._carried._variables]
        features = model({name: tf.constant(value) for name, value in second.items()}, training=True)
        loss = model.compute_loss(y=targets, y_pred=features, sample_weight=weights)
    actual = tape.gradient(loss, model.trainable_variables)
    with tf.GradientTape() as tape:
        features, _ = model.features(tf.constant(second["ids"]), carried)
        loss = model.compute_loss(y=targets, y_pred=features, sample_weight=weights)
    for one, other in zip(actual, tape.gradient(loss, model.trainable_variables), strict=True):
        np.testing.assert_allclose(tf.convert_to_tensor(one), tf.convert_to_tensor(other), atol=1e-6)


@pytest.mark.parametrize(("output_layer", "layer"), [("tied", TiedEmbedding), ("adaptive", AdaptiveSoftmax)])
def test_the_loss_of_every_output_layer_is_that_of_its_probabilities(output_layer, layer):
    model = make(output_layer)
    assert isinstance(model.head, layer)
    log_probs = model.token_log_probs(TEXT)
    (expected,) = model.predict_examples([TEXT], "score")
    np.testing.assert_allclose(np.exp(log_probs), expected.scores, atol=1e-5)
    if output_layer == "tied":
        assert not any("logits" in variable.path for variable in model.weights)
    history = model.fit([TEXT], epochs=2, batch_size=4, verbose=0).history["loss"]
    assert history[1] < history[0]


def test_bits_per_character_count_the_characters_of_words_and_subwords():
    train = make_text_dataset([b"no news is good news\n" * 6])
    splits = TextSplits("mine", train, train, None, (), sizes={"train": 1, "validation": 1}, kind="plain_texts")
    for unit, per_token in (("character", 1.0), ("word", 21 / 6), ("subword", None)):
        keras.utils.set_random_seed(1)
        vocabulary = data_kwargs(splits, unit=unit, vocabulary_size=300 if unit == "subword" else None)["vocabulary"]
        model = rt.text_generation_model(vocabulary, units=8, embedding_dim=4, window_length=9)
        found = model.evaluate(train, return_dict=True, verbose=0)
        ratio = found["loss"] / np.log(2) / found["bits_per_character"]
        assert per_token is None or abs(ratio - per_token) < 0.1, unit
        assert len(model.generate("no", max_length=4, seed=1)) >= 0
    with pytest.raises(ValueError, match="`unit`"):
        data_kwargs(splits, unit="syllable")


def test_long_texts_are_read_in_parts_with_the_tokens_before_them(monkeypatch):
    model = make()
    text = TEXT * 4
    expected = model.token_log_probs(text)
    import rnn_templates.templates.text_generation.likelihood as module

    monkeypatch.setattr(module, "MAX_ROW", 300)
    monkeypatch.setattr(module, "CONTEXT", 200)
    assert issubclass(type(model), Likelihood)
    np.testing.assert_allclose(model.token_log_probs(text), expected, atol=1e-4)
    batch = model.token_log_probs(["", "ab", text])
    assert [len(one) for one in batch] == [0, 2, 600]
    np.testing.assert_allclose(batch[1], model.token_log_probs("ab"), atol=1e-6)


def test_a_stream_is_the_whole_text_and_equal_seeds_give_equal_texts(model):
    for prefix in ("", "abba", "abc " * 200, "é€"):  # longer than the window; unknown characters
        text = model.generate(prefix, seed=5, max_length=30, temperature=2.0)
        parts = model.generate(prefix, seed=5, max_length=30, temperature=2.0, stream=True)
        assert "".join(parts) == text == model.generate([prefix], seed=5, max_length=30, temperature=2.0)[0]
    others = {model.generate("ab", seed=seed, max_length=30, temperature=2.0) for seed in range(5)}
    assert len(others) > 1
    generator = model.generate("ab", stream=True)
    assert iter(generator) is generator and isinstance(next(generator), str)


def test_streamed_tokens_are_those_of_the_graph_and_of_the_network(model):
    """Greedy and sampled continuations beside a loop over the whole text."""
    prefixes = ["abba", "ab ", "", *"abc \n"]
    for strategy in ("greedy", "sample"):
        options = {"temperature": 0.8, "seed": 1} if strategy == "sample" else {}
        for prefix, prediction in zip(prefixes, model.predict_examples(prefixes, strategy), strict=True):
            text = model.generate(prefix, strategy=strategy, **options)
            assert text == model.preprocessor.vocabulary.decode(prediction.outputs)
    # a space that begins a continuation belongs to it
    space = model.preprocessor.vocabulary.encode(" ")[0]
    bias = model.head.bias.numpy()
    model.head.bias.assign(bias + 50 * np.eye(len(bias))[space])
    assert model.generate("ab ", strategy="greedy", max_length=3) == "   "
    model.head.bias.assign(bias)
    ids = model.preprocessor.encode("abba")
    for _ in range(9):
        logits = np.array(model.network(np.array([ids], np.int32)))[0, -1]
        logits[:2] = -np.inf
        ids.append(int(logits.argmax()))
    expected = model.preprocessor.vocabulary.decode(ids[5:])
    assert model.generate("abba", strategy="greedy", max_length=9) == expected


def test_beam_search_finds_a_text_at_least_as_probable_as_the_greedy_one():
    model = make()
    log_probs = {}
    for strategy in ("greedy", "beam"):
        text = model.generate("ab", strategy=strategy, max_length=6, beam_width=6, length_penalty=0.0)
        log_probs[strategy] = model.token_log_probs("ab" + text)[2:].sum()
        assert len(text) <= 6
    assert log_probs["beam"] >= log_probs["greedy"] - 1e-5


def test_a_stop_string_ends_the_text_before_it_also_across_tokens(model):
    texts = {seed: model.generate("ab", seed=seed, max_length=40, temperature=3.0) for seed in range(30)}
    seed = next(seed for seed, text in texts.items() if len(text) > 12)  # the others end by themselves
    stop = texts[seed][7:9]
    expected = texts[seed][: texts[seed].index(stop)]
    for given in (stop, ["never", stop]):
        options = {"seed": seed, "max_length": 40, "temperature": 3.0, "stop": given}
        assert model.generate("ab", **options) == expected == "".join(model.generate("ab", stream=True, **options))


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"strategy": "best"}, "strategy"),
        ({"temperature": 0}, "temperature"),
        ({"top_k": -1}, "top_k"),
        ({"top_p": 0}, "top_p"),
        ({"beam_width": 0}, "beam_width"),
        ({"length_penalty": -1}, "length_penalty"),
        ({"max_length": 0}, "max_length"),
        ({"seed": -1}, "seed"),
        ({"stop": ("",)}, "stop"),
    ],
)
def test_options_out_of_range_are_named_before_anything_is_generated(model, options, name):
    for stream in (False, True):
        with pytest.raises(ValueError, match=f"`{name}`"):
            model.generate("ab", stream=stream, **options)


def test_several_texts_cannot_be_streamed(model):
    with pytest.raises(ValueError, match="`x` must be one text"):
        model.generate(["a", "b"], stream=True)


def test_a_prediction_has_the_probability_of_the_continuation(model):
    (found,) = model.predict(["ab"], return_labels=True, strategy="greedy", max_length=5)
    assert found["alternatives"] == [] and 0 < found["probability"] <= 1
    ids, scores = model.preprocessor.encode("ab"), []
    for token in model.preprocessor.vocabulary.encode(found["continuation"]):
        logits = np.array(model.network(np.array([ids], np.int32)))[0, -1].astype(np.float64)
        logits[:2] = -np.inf  # padding and the unknown token are never generated
        scores.append(logits[token] - np.log(np.exp(logits).sum()))
        ids.append(token)
    assert len(scores) == 5
    np.testing.assert_allclose(found["probability"], np.exp(np.mean(scores)), rtol=1e-4)


@pytest.mark.slow
def test_it_learns_what_depends_on_the_state_before_the_window():
    """The letter after a colon is that at the beginning of the line, in most lines further back than a window."""
    generator = np.random.default_rng(1)
    lines = [f"{letter}....:{letter}\n" for letter in generator.choice(list("abcd"), 3000)]
    model = make(units=24, num_layers=1, window_length=20, texts=lines)
    model.optimizer.learning_rate = 0.01
    model.fit(["".join(lines)], epochs=10, batch_size=16, verbose=0)
    found = [model.generate(f"{letter}....:", strategy="greedy", max_length=1) for letter in "abcd"]
    assert found == list("abcd")
    losses = -model.token_log_probs("".join(lines[:50])).reshape(50, 8)
    assert losses[1:, 6].max() < 0.1 and losses[:, 0].mean() > 1  # known after the colon, random at the beginning


def test_the_agreement_of_continuations_ends_at_the_first_difference_that_of_positions_does_not(model):
    def continuation(*tokens):
        return Prediction(np.array(tokens), np.array([0.5]))

    def positions(*ids):
        return Prediction(np.array(ids), np.full(len(ids), 0.5))

    assert model.agreement([continuation(3, 4, 5, 6)], [continuation(3, 4, 7, 6)]) == 0.5
    assert model.agreement([continuation(*[3] * 40)], [continuation(*[3] * 16, *[4] * 24)]) == 1.0
    assert model.agreement([positions(3, 4, 5, 6)], [positions(3, 4, 7, 6)]) == 0.75
    assert model.agreement([continuation()], [continuation(3, 4)]) == 0.0
    assert model.is_comparable(positions(3, 4), positions(3, 5))  # probabilities of the same text
    assert not model.is_comparable(continuation(3, 4), continuation(3, 5))
