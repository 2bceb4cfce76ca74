"""Training of a cell on a task."""

import keras
import numpy as np
import tensorflow as tf

import rnn_templates as rt
from rnn_templates.cells import make_cell

UNITS, BATCH, CLIP_NORM = 32, 32, 1.0
CHUNK = 100  # training steps in one call of the compiled function
SETTINGS = {"units": UNITS, "batch": BATCH, "clip_norm": CLIP_NORM}


class Network:
    """One recurrent layer and a linear read-out of every step, with their optimizer.

    Args:
        cell: str; name in `CELLS`.
        features: int; features of an input.
        classes: int; number of classes.
        steps: int; training steps, for the schedule of the learning rate.
        learning_rate: positive float; rate of the first step.
    """

    def __init__(self, cell, features, classes, steps, learning_rate):
        self.cell, self.features, self.classes = cell, features, classes
        self.layer, self.head = self._new_layers()
        self.weights = self.layer.trainable_variables + self.head.trainable_variables
        schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
        self.optimizer = keras.optimizers.Adam(schedule, global_clipnorm=CLIP_NORM)
        self.optimizer.build(self.weights)
        self._initial = [variable.numpy() for variable in self.optimizer.variables]

    def _new_layers(self):
        layer = rt.Recurrent(make_cell(self.cell, UNITS), return_sequences=True, return_state=True)
        head = keras.layers.Dense(self.classes)
        layer.build((None, None, self.features))
        head.build((None, None, UNITS))
        return layer, head

    def reset(self, seed):
        """Draws new weights and resets the optimizer; nothing is traced or compiled again."""
        keras.utils.set_random_seed(seed)
        layer, head = self._new_layers()
        for variable, value in zip(self.weights, layer.trainable_variables + head.trainable_variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self.optimizer.variables, self._initial, strict=True):
            variable.assign(value)

    @tf.function(reduce_retracing=True)
    def train(self, inputs, targets):
        """Takes a step for each batch.

        Args:
            inputs: (steps, batch, time, features) float.
            targets: (steps, batch, time) int; -1 where there is none.
        """
        for batch in tf.range(tf.shape(inputs)[0]):
            counted = tf.cast(targets[batch] >= 0, tf.float32)
            labels = tf.maximum(targets[batch], 0)
            with tf.GradientTape() as tape:
                outputs, *_ = self.layer(inputs[batch], training=True)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, self.head(outputs))
                loss = tf.reduce_sum(losses * counted) / tf.reduce_sum(counted)
            self.optimizer.apply(tape.gradient(loss, [weight.value for weight in self.weights]), self.weights)

    @tf.function(reduce_retracing=True)
    def _predict_window(self, inputs, states):
        outputs, *states = self.layer(inputs, initial_state=states)
        return tf.argmax(self.head(outputs), axis=-1), states

    def predict(self, inputs, window):
        """Returns the classes of all steps; the states are passed from window to window.

        Args:
            inputs: (examples, time, features) float.
            window: int; time steps of a window.

        Returns:
            (examples, time) int.
        """
        states, classes = self.layer.cells[0].get_initial_state(len(inputs)), []
        for start in range(0, inputs.shape[1], window):
            predicted, states = self._predict_window(inputs[:, start : start + window], states)
            classes.append(predicted.numpy())
        return np.concatenate(classes, axis=1)


def train_and_test(task, cell, seeds):
    """Yields a seed and the accuracy of each column of a task, once for each seed.

    Every cell has the same number of units, training steps and examples, and the same learning rate.

    Args:
        task: `Task`.
        cell: str; name in `CELLS`.
        seeds: list of positive int; seeds of the initial weights and of the training examples.

    Yields:
        (int, dict of float).
    """
    inputs, targets = task.test_data()
    network = Network(cell, inputs.shape[-1], task.classes, task.train_steps, task.learning_rate)
    for seed in seeds:
        network.reset(seed)
        for number in range(task.train_steps // CHUNK):
            x, y = task.generate(CHUNK * BATCH, task.train_size, seed * task.train_steps + number)
            network.train(x.reshape(CHUNK, BATCH, *x.shape[1:]), y.reshape(CHUNK, BATCH, -1))
        yield seed, task.accuracies(network.predict(inputs, task.window), targets)
