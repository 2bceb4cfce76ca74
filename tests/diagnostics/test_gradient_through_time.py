"""The gradient, taken apart into steps, and the watch on it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnn_templates.cells import make_cell
from rnn_templates.diagnostics import GradientMonitor, gradient_through_time
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model

X = np.random.default_rng(0).normal(size=(5, 9, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(5, 1)).astype("float32")


def network(cell, units=4, scale=None, **options):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, 3))
    layer = Recurrent(make_cell(cell, units), **options)
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    model.compile("adam", "mse")
    if scale is not None:
        for one in (*layer.cells, *layer.backward_cells):
            one.recurrent_kernel.assign(scale * np.eye(*one.recurrent_kernel.shape))
    return model


def full_gradients(model, inputs, targets):
    with tf.GradientTape() as tape:
        loss = model.compute_loss(inputs, targets, model(inputs))
    return {
        weight.path: gradient.numpy()
        for weight, gradient in zip(
            model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
        )
    }


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru", "layer_norm_lstm", "peephole_lstm", "indrnn"])
@pytest.mark.parametrize(
    "options", [{}, {"bidirectional": True}, {"implementation": "xla"}, {"recurrent_dropout": 0.3}]
)
def test_the_contributions_of_all_steps_add_up_to_the_gradient(cell, options):
    model = network(cell, **options)
    full = full_gradients(model, X, Y)
    flows = gradient_through_time(model, (X, Y))
    assert len(flows) == (2 if options.get("bidirectional") else 1)
    for flow in flows:
        path = next(path for path in full if path.startswith(flow.cell + "/recurrent_"))
        assert flow.contributions.shape == (9, *full[path].shape)
        np.testing.assert_allclose(flow.contributions.sum(axis=0), full[path], atol=1e-5)
        np.testing.assert_allclose(flow.gradient, full[path], atol=1e-5)


def test_the_reach_of_a_vanilla_cell_is_the_product_of_its_jacobians():
    model = network("vanilla")
    flow = gradient_through_time(model, (X, Y), examples=5)[0]
    layer = model.layers[1]
    hs = np.concatenate([np.zeros((5, 1, 4)), layer.unroll(X)[0].numpy()], axis=1)
    kernel, expected = layer.cells[0].recurrent_kernel.numpy(), []
    for t in range(10):
        norms = []
        for row in hs:
            product = np.eye(4)
            for h in row[t + 1 :]:
                product = np.diag(1 - h**2) @ kernel.T @ product
            norms.append(np.linalg.norm(product) / 2)
        expected.append(np.mean(norms))
    np.testing.assert_allclose(flow.jacobian_norms, expected, atol=1e-5)


@pytest.mark.parametrize(("scale", "verdict"), [(0.1, "vanishing"), (1.0, "healthy"), (9.0, "exploding")])
def test_small_and_large_weights_are_told_apart(scale, verdict):
    model = network("indrnn" if scale > 1 else "vanilla", scale=None if scale > 1 else scale)
    if scale > 1:
        model.layers[1].cells[0].recurrent_weight.assign(np.full(4, scale))
        model.layers[1].cells[0].bias.assign(np.ones(4))
    flow = gradient_through_time(model, (0.01 * X, Y))[0]
    assert flow.status == verdict and verdict.split()[0] in flow.report()
    assert flow.cell in flow.report() and "try" in flow.report() or verdict == "healthy"


def test_a_gradient_that_is_not_a_number_is_called_so():
    inputs = X.copy()
    inputs[0, 2] = np.nan
    flow = gradient_through_time(network("gru"), (inputs, Y))[0]
    assert flow.status == "not a number"


def test_a_text_model_is_asked_with_raw_texts():
    texts = ["not bad", "good , not bad at all", "bad"]
    model = sentiment_model(Vocabulary.from_texts(texts), ["no", "yes"], units=4, chunk_length=3)
    flows = gradient_through_time(model, (texts, ["yes", "yes", "no"]))
    assert [len(flow.contributions) for flow in flows] == [3, 3]


def test_a_model_without_recurrent_weights_is_refused():
    with pytest.raises(ValueError, match="no recurrent cell"):
        gradient_through_time(network("mingru"), (X, Y))


def test_the_picture_shows_both_curves(tmp_path):
    figure = gradient_through_time(network("lstm"), (X, Y))[0].plot(tmp_path / "flow.png")
    assert [len(axes.lines[0].get_xdata()) for axes in figure.axes] == [10, 9]
    assert (tmp_path / "flow.png").stat().st_size > 10000


def test_the_monitor_writes_to_the_terminal_and_to_tensorboard(tmp_path):
    model, lines = network("vanilla", scale=0.1), []
    monitor = GradientMonitor((X, Y), log_dir=tmp_path, every=2, print_fn=lines.append)
    model.fit(X, Y, epochs=4, verbose=0, callbacks=[monitor])
    assert [line.split(":")[0] for line in lines] == ["epoch 2", "epoch 4"] and "vanishing" in lines[0]
    assert len(monitor.history) == 2
    (file,) = tmp_path.iterdir()
    tags = {value.tag for event in tf.compat.v1.train.summary_iterator(str(file)) for value in event.summary.value}
    assert len(tags) == 3 and all("vanilla_cell" in tag for tag in tags)
