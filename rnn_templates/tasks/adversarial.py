"""Training against the worst small change of the inputs."""

import keras
import tensorflow as tf


def adversarial_step(model, embedding, data, size):
    """One training step on the loss of a batch, and of the batch with its word vectors moved where it hurts most.

        e' = e + size * |e| * g / |g|,   g = dL/de,   L_total = L(e) + L(e')

    |.| is the norm over a whole text, so that `size` means the same at every stage of training.

    Args:
        model: a compiled `keras.Model` that maps ids to logits and holds `embedding`.
        embedding: its `TokenEmbedding`.
        data: ids (batch, time), targets, and optionally weights, as `keras.Model.train_step` gets them.
        size: relative size of the change, positive.

    Returns:
        The metrics of the batch as it was, as `keras.Model.train_step` does.

    Source:
        Miyato et al., Adversarial training methods for semi-supervised text classification, arXiv:1605.07725.

    Example:
        >>> adversarial_step(model, model.network.get_layer("embedding"), (ids, targets), 0.02)
    """
    ids, targets, weight = keras.utils.unpack_x_y_sample_weight(data)
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        logits = model(ids, training=True)
        loss = model.compute_loss(ids, targets, logits, weight)
    *gradients, slope = tape.gradient(loss, [*variables, embedding.looked_up])
    valid = tf.cast(ids != 0, slope.dtype)[:, :, None]
    change = size * _norm(embedding.looked_up * valid) * slope / (_norm(slope) + 1e-12)
    with embedding.moved_by(tf.stop_gradient(change)), tf.GradientTape() as tape:
        worst = model.compute_loss(ids, targets, model(ids, training=True), weight)
    more = tape.gradient(worst, variables)
    model._loss_tracker.update_state(loss, sample_weight=tf.shape(ids)[0])
    total = [tf.convert_to_tensor(a) + tf.convert_to_tensor(b) for a, b in zip(gradients, more, strict=True)]
    model.optimizer.apply_gradients(zip(total, variables, strict=True))
    return model.compute_metrics(ids, targets, logits, sample_weight=weight)


def _norm(x):
    return tf.sqrt(tf.reduce_sum(tf.square(x), axis=(1, 2), keepdims=True))
