"""The gradient of a recurrence, decomposed into the contributions of its steps."""

import numpy as np
import pytest
import tensorflow as tf
from support.recurrent_network import INPUTS, TARGETS, build_network

from rnn_templates.diagnostics import gradient_through_time
from rnn_templates.diagnostics.gradient_through_time import GradientThroughTime
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model


def full_gradients(model, inputs, targets):
    """Gradients of the loss by the path of the weight."""
    with tf.GradientTape() as tape:
        loss = model.compute_loss(inputs, targets, model(inputs))
    gradients = tape.gradient(loss, model.trainable_variables)
    return {weight.path: value.numpy() for weight, value in zip(model.trainable_variables, gradients, strict=True)}


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru", "layer_norm_lstm", "peephole_lstm", "indrnn"])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"recurrent_dropout": 0.3}])
def test_the_contributions_of_all_steps_sum_to_the_gradient(cell, options):
    model = build_network(cell, **options)
    full = full_gradients(model, INPUTS, TARGETS)
    results = gradient_through_time(model, (INPUTS, TARGETS))
    assert len(results) == (2 if options.get("bidirectional") else 1)
    for result in results:
        path = next(path for path in full if path.startswith(result.cell + "/recurrent_"))
        assert result.contributions.shape == (9, *full[path].shape)
        np.testing.assert_allclose(result.contributions.sum(axis=0), full[path], atol=1e-5)
        np.testing.assert_allclose(result.gradient, full[path], atol=1e-5)


@pytest.mark.xla
def test_the_contributions_sum_to_the_gradient_of_the_compiled_loop():
    model = build_network("lstm", implementation="xla")
    (full,) = [value for path, value in full_gradients(model, INPUTS, TARGETS).items() if "recurrent_kernel" in path]
    (result,) = gradient_through_time(model, (INPUTS, TARGETS))
    np.testing.assert_allclose(result.gradient, full, atol=1e-5)


def test_jacobian_norms_of_a_vanilla_cell_are_those_of_the_product_of_its_jacobians():
    model = build_network("vanilla")
    result = gradient_through_time(model, (INPUTS, TARGETS), examples=5)[0]
    layer = model.layers[1]
    hs = np.concatenate([np.zeros((5, 1, 4)), layer.unroll(INPUTS)[0].numpy()], axis=1)
    kernel, expected = layer.cells[0].recurrent_kernel.numpy(), []
    for t in range(10):
        norms = []
        for row in hs:
            product = np.eye(4)
            for h in row[t + 1 :]:
                product = np.diag(1 - h**2) @ kernel.T @ product
            norms.append(np.linalg.norm(product) / 2)
        expected.append(np.mean(norms))
    np.testing.assert_allclose(result.jacobian_norms, expected, atol=1e-5)


@pytest.mark.parametrize(("scale", "status"), [(0.1, "vanishing"), (1.0, "healthy"), (9.0, "exploding")])
def test_small_and_large_weights_are_distinguished(scale, status):
    model = build_network("indrnn" if scale > 1 else "vanilla", scale=None if scale > 1 else scale)
    if scale > 1:
        model.layers[1].cells[0].recurrent_weight.assign(np.full(4, scale))
        model.layers[1].cells[0].bias.assign(np.ones(4))
    result = gradient_through_time(model, (0.01 * INPUTS, TARGETS))[0]
    report = result.report()
    assert result.status == status and status in report and result.cell in report
    assert "try" in report or status == "healthy"


def test_the_gradient_of_an_lstm_is_that_of_both_states_and_its_remedy_is_not_an_lstm():
    model = build_network("lstm")
    bias = model.layers[1].cells[0].bias
    for forget, status in ((9.0, "healthy"), (-9.0, "vanishing")):  # closed input gates: h_t has no effect on c
        bias.assign(np.repeat([-9.0, forget, 0.0, 0.0], 4))
        result = gradient_through_time(model, (INPUTS, TARGETS))[0]
        assert result.status == status, result.report()
    assert "forget or update gate" in result.report() and "an LSTM" not in result.report()
    (vanilla,) = gradient_through_time(build_network("vanilla", scale=0.1), (INPUTS, TARGETS))
    assert "an LSTM or a GRU" in vanilla.report()


def test_a_gradient_of_zero_has_no_factor():
    zero = GradientThroughTime("vanilla", np.ones((3, 1)), np.full(1, 3.0), np.array([0.0, 0.0, 0.0, 1.0]))
    assert "is 0 over 3 steps" in zero.report() and "factor" not in zero.report()


def test_a_gradient_that_is_not_finite_is_reported():
    inputs = INPUTS.copy()
    inputs[0, 2] = np.nan
    assert gradient_through_time(build_network("gru"), (inputs, TARGETS))[0].status == "not finite"


def test_a_text_model_takes_raw_texts():
    texts = ["not bad", "good , not bad at all", "bad"]
    model = sentiment_model(Vocabulary.from_texts(texts), ["no", "yes"], units=4, chunk_length=3)
    results = gradient_through_time(model, (texts, ["yes", "yes", "no"]))
    assert [len(result.contributions) for result in results] == [3, 3]


def test_a_model_without_recurrent_weights_is_rejected():
    with pytest.raises(ValueError, match="`model`"):
        gradient_through_time(build_network("mingru"), (INPUTS, TARGETS))


def test_the_plot_has_both_curves(tmp_path):
    figure = gradient_through_time(build_network("lstm"), (INPUTS, TARGETS))[0].plot(tmp_path / "flow.png")
    assert [len(axes.lines[0].get_xdata()) for axes in figure.axes] == [10, 9]
    assert (tmp_path / "flow.png").stat().st_size > 10000
