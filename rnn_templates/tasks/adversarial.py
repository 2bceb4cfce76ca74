"""Adversarial training of text classifiers."""

import keras
import tensorflow as tf


def adversarial_step(model, embedding, data, epsilon):
    """Runs a training step on a batch and its adversarially perturbed embeddings.

        e' = e + epsilon * |e| * g / |g|,   g = dL/de,   L_total = L(e) + L(e')

    |.| is the norm over a whole text, so that `epsilon` is relative to the size of the embeddings.

    Args:
        model: compiled `keras.Model` that maps ids to logits.
        embedding: its `TokenEmbedding`.
        data: ids (batch, time), targets, and optionally sample weights, as `keras.Model.train_step` receives them.
        epsilon: float > 0; norm of the perturbation relative to that of the embeddings.

    Returns:
        Metrics of the unperturbed batch, as `keras.Model.train_step` returns them.

    Source:
        Miyato et al., Adversarial training methods for semi-supervised text classification, arXiv:1605.07725.

    Example:
        >>> model = rt.sentiment_model(rt.Vocabulary(["good", "bad"]), ["no", "yes"], units=4, embedding_dim=4)
        >>> data = tf.constant([[2, 3], [3, 0]]), tf.constant([1, 0])
        >>> sorted(adversarial_step(model, model.network.get_layer("embedding"), data, 0.02))
        ['accuracy', 'loss', 'macro_f1']
    """
    ids, targets, weight = keras.utils.unpack_x_y_sample_weight(data)
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        embedded = embedding(ids, training=True)
        with embedding.replaced_by(embedded):
            logits = model(ids, training=True)
        loss = model.compute_loss(ids, targets, logits, weight)
    *gradients, embedding_gradient = tape.gradient(loss, [*variables, embedded])
    valid = tf.cast(ids != 0, embedded.dtype)[:, :, None]
    scale = epsilon * _norm(embedded * valid) / (_norm(embedding_gradient) + 1e-12)
    perturbation = tf.stop_gradient(scale * embedding_gradient)
    with tf.GradientTape() as tape:
        perturbed = embedding(ids, training=True) + perturbation
        with embedding.replaced_by(perturbed):
            adversarial_loss = model.compute_loss(ids, targets, model(ids, training=True), weight)
    adversarial_gradients = tape.gradient(adversarial_loss, variables)
    loss_metric = next(metric for metric in model.metrics if metric.name == "loss")
    loss_metric.update_state(loss, sample_weight=tf.shape(ids)[0])
    pairs = zip(gradients, adversarial_gradients, strict=True)
    total = [tf.convert_to_tensor(a) + tf.convert_to_tensor(b) for a, b in pairs]
    model.optimizer.apply_gradients(zip(total, variables, strict=True))
    return model.compute_metrics(ids, targets, logits, sample_weight=weight)


def _norm(x):
    return tf.sqrt(tf.reduce_sum(tf.square(x), axis=(1, 2), keepdims=True))
