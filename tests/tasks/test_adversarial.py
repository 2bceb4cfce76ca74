"""Adversarial training: the change is of the size and direction that the formula says."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.sentiment.builder import sentiment_model


def build(**options):
    options = {"units": 6, "embedding_dim": 6, "dropout": 0.0, "embedding_dropout": 0.0, **options}
    return sentiment_model(Vocabulary(["not", "good", "bad"]), ["no", "yes"], **options)


def test_a_moved_embedding_moves_every_look_up_and_comes_back():
    embedding = build().network.get_layer("embedding")
    ids = np.array([[2, 3, 0]])
    before = embedding(ids)
    with embedding.moved_by(tf.ones((1, 3, 6))):
        np.testing.assert_allclose(embedding(ids), before + 1, rtol=1e-6)
    np.testing.assert_array_equal(embedding(ids), before)


def test_the_step_follows_the_gradient_of_both_losses():
    model = build(adversarial_epsilon=0.1)
    ids, targets = tf.constant([[2, 3, 4], [4, 3, 0]]), tf.constant([1, 0])
    embedding, variables = model.network.get_layer("embedding"), model.trainable_variables
    before = [variable.numpy() for variable in variables]
    taken = []
    model.optimizer.apply_gradients = lambda pairs: taken.extend((tf.convert_to_tensor(g), v) for g, v in pairs)
    model.train_step((ids, targets))

    with tf.GradientTape() as tape:
        loss = model.loss(targets, model(ids, training=True))
    *plain, slope = tape.gradient(loss, [*variables, embedding.looked_up])
    looked_up, slope = embedding.looked_up.numpy(), tf.convert_to_tensor(slope).numpy()
    move = np.zeros_like(slope)
    for row, length in ((0, 3), (1, 2)):
        size = np.linalg.norm(looked_up[row, :length])
        move[row] = 0.1 * size * slope[row] / np.linalg.norm(slope[row])
    with embedding.moved_by(tf.constant(move)), tf.GradientTape() as tape:
        worst = model.loss(targets, model(ids, training=True))
    assert worst > loss
    for (gradient, _), one, two in zip(taken, plain, tape.gradient(worst, variables), strict=True):
        np.testing.assert_allclose(gradient, tf.convert_to_tensor(one) + tf.convert_to_tensor(two), atol=1e-5)
    for variable, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)
