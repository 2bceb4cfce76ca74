"""A small random decoder: a step function in TensorFlow, and the same in NumPy as a reference."""

import numpy as np
import tensorflow as tf

START_ID, END_ID = 2, 1
IDS = {"start_id": START_ID, "end_id": END_ID}


class ToyDecoder:
    """A random recurrence with a memory, four examples in a batch.

    Args:
        seed: of the weights.
        tokens: number of ids that are generated; the others, up to `vocabulary_size`, are `banned_ids`.
        vocabulary_size, units: sizes of the logits and of the state.
        sharpness: scale of the logits.
    """

    def __init__(self, seed=0, tokens=6, vocabulary_size=6, units=7, sharpness=2.0):
        draw = np.random.default_rng(seed).normal
        self.tokens, self.steps = tokens, tf.Variable(0)
        self.embedding, self.recurrent = draw(size=(vocabulary_size, units)), draw(size=(units, units)) / 2
        self.memory_kernel = draw(size=(3, units))
        self.output_kernel = sharpness * draw(size=(units, vocabulary_size)) / units**0.5
        self.memory, self.hidden = draw(size=(4, 3)).astype("f"), draw(size=(4, units)).astype("f")
        self.banned_ids = tuple(range(tokens, vocabulary_size))

    @property
    def decoder_step(self):
        """Step, memory and states, the first arguments of all decoding functions; states of two dtypes in a nest."""
        return self.step, {"features": self.memory, "nothing": None}, self.states(self.hidden)

    def rows(self, chosen):
        """The same for some of the examples."""
        return self.step, {"features": self.memory[chosen], "nothing": None}, self.states(self.hidden[chosen])

    @staticmethod
    def states(hidden):
        return hidden, {"count": tf.zeros((tf.shape(hidden)[0], 1), tf.int32)}

    def step(self, tokens, memory, states):
        self.steps.assign_add(1)
        hidden, count = states[0], states[1]["count"]
        embedding, recurrent, memory_kernel, output_kernel = (
            tf.constant(weight, tf.float32)
            for weight in (self.embedding, self.recurrent, self.memory_kernel, self.output_kernel)
        )
        hidden = tf.tanh(hidden @ recurrent + tf.gather(embedding, tokens) + memory["features"] @ memory_kernel)
        return hidden @ output_kernel, (hidden, {"count": count + 1})

    def log_softmax(self, row, token, hidden):
        """Log-probabilities of the next token in float64, and the next state."""
        hidden = np.tanh(hidden @ self.recurrent + self.embedding[token] + self.memory[row] @ self.memory_kernel)
        logits = (hidden @ self.output_kernel)[: self.tokens]
        return logits - np.logaddexp.reduce(logits), hidden

    def log_prob(self, row, sequence):
        """Log-probability of a sequence in float64, up to its end token."""
        total, token, hidden = 0.0, START_ID, self.hidden[row].astype(float)
        for following in sequence:
            log_probs, hidden = self.log_softmax(row, token, hidden)
            total, token = total + log_probs[following], following
            if token == END_ID:
                break
        return total

    def extend(self, row, hypotheses):
        """All hypotheses (sequence, log-probability, state) that are one token longer."""
        extended = []
        for sequence, total, hidden in hypotheses:
            log_probs, hidden = self.log_softmax(row, sequence[-1] if sequence else START_ID, hidden)
            extended += [((*sequence, token), total + log_probs[token], hidden) for token in range(self.tokens)]
        return extended

    def all_sequences(self, row, length):
        """Every sequence that ends or has the maximum length, and its log-probability."""
        found, unfinished = {}, [((), 0.0, self.hidden[row].astype(float))]
        for t in range(length):
            extended = self.extend(row, unfinished)
            finished = {own: total for own, total, _ in extended if own[-1] == END_ID or t + 1 == length}
            found.update(finished)
            unfinished = [entry for entry in extended if entry[0] not in finished]
        return found


def lengths(tokens):
    """Lengths up to the first end token, which is included; without an end token the whole length."""
    ended = np.asarray(tokens) == END_ID
    return np.where(ended.any(-1), ended.argmax(-1) + 1, ended.shape[-1])


def ending_step(after, vocabulary_size=6):
    """A step function that ends every row after so many tokens, almost surely, and the number of its calls."""
    calls = tf.Variable(0)

    def step(tokens, memory, states):
        calls.assign_add(1)
        expected = tf.where(states < after, 3, END_ID)
        return 12 * tf.one_hot(expected[:, 0], vocabulary_size), states + 1

    return step, calls
