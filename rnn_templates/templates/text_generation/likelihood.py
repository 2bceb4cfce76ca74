"""Likelihoods of texts under a language model, with carried states."""

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.symbol_vocabulary import PAD_ID
from rnn_templates.tasks.inputs import read_texts
from rnn_templates.utils.progress import with_progress

STEPS = 256  # of a call
MAX_ROWS = 32
MAX_ROW = 16_384  # tokens of a text that is read as one sequence
CONTEXT = 2_048  # tokens before each further part of a longer text, which are read to determine the states
MAX_LOGITS = 1 << 25  # of a call


class Likelihood:
    """Log-probabilities of the tokens of texts; a base class of `LanguageModel`."""

    def token_log_probs(self, texts, progress=False):
        """Returns the log-probability of every token of texts, given all tokens before it.

            log p(x_t | x_1 ... x_{t-1})

        The states are carried over from the beginning of a text to its end. A text of more than 16,384 tokens is read
        in parallel parts, each after the 2,048 tokens before it.

        Args:
            texts: str, list or dataset of texts.
            progress: bool; whether to show a progress bar.

        Returns:
            List with one float32 array (tokens,) per text; for a single text the array.

        Raises:
            ValueError: if there is no text.

        Example:
            >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
            >>> model = rt.text_generation_model(CharacterVocabulary("abc"), units=8, embedding_dim=8)
            >>> model.token_log_probs("abba").shape
            (4,)
        """
        if isinstance(texts, (str, bytes)):
            return self.token_log_probs([texts], progress)[0]
        texts, _ = self.read_examples(texts) if not isinstance(texts, list) else (read_texts(texts), None)
        ids = [np.array(self.preprocessor.encode(text), np.int32) for text in texts]
        results = [np.zeros(len(one) - 1, np.float32) for one in ids]
        parts = sorted((part for number, one in enumerate(ids) for part in _parts(number, len(one) - 1)), key=_length)
        rows = int(np.clip(MAX_LOGITS // (STEPS * len(self.preprocessor.vocabulary)), 1, MAX_ROWS))
        groups = [parts[start : start + rows] for start in range(0, len(parts), rows)]
        for group in with_progress(groups, "evaluating texts", progress):
            log_probs = self._run(ids, group)
            for row, (number, start, first, end) in zip(log_probs, group, strict=True):
                results[number][first:end] = row[first - start : end - start]
        return results

    def _run(self, ids, group):
        """The log-probabilities (rows, tokens) of parts of texts."""
        width = -(-max(map(_length, group)) // STEPS) * STEPS
        inputs, targets = np.full((2, len(group), width), PAD_ID, np.int32)
        for row, (number, start, _, end) in enumerate(group):
            inputs[row, : end - start] = ids[number][start:end]
            targets[row, : end - start] = ids[number][start + 1 : end + 1]
        states = [tf.zeros((len(group), size)) for size in self.state_specs.values()]
        log_probs = []
        for step in range(0, width, STEPS):
            columns = slice(step, step + STEPS)
            part, states = self._log_prob_function()(inputs[:, columns], targets[:, columns], states)
            log_probs.append(part.numpy())
        return np.concatenate(log_probs, axis=1) if log_probs else np.zeros((len(group), 0), np.float32)

    def _log_prob_function(self):
        if "log_probs" not in self._step_functions:

            def log_probs(inputs, targets, states):
                features, states = self.features(inputs, states)
                return -self.negative_log_likelihood(features, targets), states

            spec = tf.TensorSpec((None, STEPS), tf.int32)
            state_specs = [tf.TensorSpec((None, size), tf.float32) for size in self.state_specs.values()]
            self._step_functions["log_probs"] = tf.function(
                log_probs, input_signature=[spec, spec, state_specs], autograph=False
            )
        return self._step_functions["log_probs"]


def _parts(number, count):
    """Yields (number of the text, start of the context, start, end) for the parts of a text of `count` tokens."""
    size = count if count <= MAX_ROW else MAX_ROW // 2
    for start in range(0, count, max(1, size)):
        yield number, max(0, start - CONTEXT), start, min(start + size, count)


def _length(part):
    _, start, _, end = part
    return end - start
