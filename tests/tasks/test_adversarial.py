"""Adversarial training: size and direction of the perturbation, and the gradients of both losses."""

import numpy as np
import tensorflow as tf
from support.flat import build_flat

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.tasks.adversarial import adversarial_step
from rnn_templates.templates.sentiment.builder import sentiment_model


def test_the_step_applies_the_gradients_of_both_losses():
    options = {"units": 6, "embedding_dim": 6, "dropout": 0.0, "embedding_dropout": 0.0}
    model = build_flat(sentiment_model, Vocabulary(["not", "good", "bad"]), ["no", "yes"], **options)
    ids, targets = tf.constant([[2, 3, 4], [4, 3, 0]]), tf.constant([1, 0])
    embedding, variables = model.network.get_layer("embedding"), model.trainable_variables
    initial = [variable.numpy() for variable in variables]
    applied = []
    model.optimizer.apply_gradients = lambda pairs: applied.extend((tf.convert_to_tensor(g), v) for g, v in pairs)
    adversarial_step(model, embedding, (ids, targets), 0.1)

    def loss(offset):
        with embedding.replaced_by(embedding(ids) + offset):
            return model.loss(targets, model(ids, training=True))

    offset = tf.zeros((2, 3, 6))
    with tf.GradientTape() as tape:
        tape.watch(offset)
        plain_loss = loss(offset)
    *plain, gradient = tape.gradient(plain_loss, [*variables, offset])
    embedded, gradient = embedding(ids).numpy(), gradient.numpy()
    perturbation = np.zeros_like(gradient)
    for row, length in ((0, 3), (1, 2)):
        norm = np.linalg.norm(embedded[row, :length])
        perturbation[row] = 0.1 * norm * gradient[row] / np.linalg.norm(gradient[row])
    with tf.GradientTape() as tape:
        adversarial_loss = loss(tf.constant(perturbation))
    assert adversarial_loss > plain_loss
    for (found, _), one, two in zip(applied, plain, tape.gradient(adversarial_loss, variables), strict=True):
        np.testing.assert_allclose(found, tf.convert_to_tensor(one) + tf.convert_to_tensor(two), atol=1e-5)
    for variable, value in zip(variables, initial, strict=True):
        np.testing.assert_array_equal(variable, value)
