"""Decoding inside exported graphs: LiteRT with built-in ops, and a SavedModel of any batch size."""

import keras
import numpy as np
import tensorflow as tf
from support import litert
from support.toy_decoder import IDS, START_ID, lengths

from rnn_templates.decoding import beam_search, greedy


class GatedStep(keras.layers.Layer):
    """One step of a gated recurrence with weights."""

    def build(self, input_shape):
        shapes = {"embedding": (50, 8), "kernel": (8, 16), "recurrent": (8, 16), "output_kernel": (8, 50)}
        for name, shape in shapes.items():
            setattr(self, name, self.add_weight(shape=shape, initializer="random_normal", name=name))
            getattr(self, name).assign(1.5 * np.random.default_rng(len(name)).normal(size=shape))

    def call(self, tokens, memory, hidden):
        zx = tf.gather(tf.convert_to_tensor(self.embedding), tokens) @ self.kernel + hidden @ self.recurrent
        update, new = tf.split(zx, 2, axis=-1)
        update = tf.sigmoid(update)
        hidden = update * hidden + (1 - update) * tf.tanh(new + tf.reduce_mean(memory, axis=1))
        return hidden @ self.output_kernel, hidden


class Decoder:
    """A network and the functions that decode with it."""

    def __init__(self, max_length):
        tokens, memory, hidden = keras.Input((), dtype="int32"), keras.Input((4, 8)), keras.Input((8,))
        self.network = keras.Model([tokens, memory, hidden], GatedStep()(tokens, memory, hidden))
        self.options = {**IDS, "max_length": max_length, "banned_ids": (0, START_ID)}

    def step(self, tokens, memory, states):
        logits, hidden = self.network([tokens, memory, states[0]])
        return logits, (hidden,)

    def greedy(self, memory, hidden):
        tokens, log_probs = greedy(self.step, memory, (hidden,), **self.options)
        return {"tokens": tokens, "log_probs": log_probs}

    def beam(self, memory, hidden):
        tokens, scores, log_probs = beam_search(self.step, memory, (hidden,), **self.options, beam_width=4, n_best=3)
        return {"tokens": tokens, "scores": scores, "log_probs": log_probs}


def test_litert_decodes_as_tensorflow_with_built_in_ops(tmp_path):
    decoder = Decoder(20)
    specs = tf.TensorSpec((1, 4, 8), name="memory"), tf.TensorSpec((1, 8), name="hidden")
    functions = {"greedy": decoder.greedy, "beam": decoder.beam}
    interpreter, ops = litert.convert(
        decoder.network, {key: (value, specs) for key, value in functions.items()}, tmp_path
    )
    assert {"WHILE", "TOPK_V2"} <= set(ops) and not [op for op in ops if op.startswith("CUSTOM")]
    draw, found_lengths = np.random.default_rng(1).normal, set()
    for _ in range(8):
        inputs = {"memory": draw(size=(1, 4, 8)).astype("f"), "hidden": draw(size=(1, 8)).astype("f")}
        for name, function in functions.items():
            found = interpreter.get_signature_runner(name)(**inputs)
            expected = function(**{key: tf.constant(value) for key, value in inputs.items()})
            assert found.keys() == expected.keys()
            np.testing.assert_array_equal(found["tokens"], expected["tokens"])
            np.testing.assert_allclose(found["log_probs"], expected["log_probs"], rtol=1e-4)
            found_lengths.update(lengths(found["tokens"]).ravel().tolist())
    assert len(found_lengths) > 2


def test_a_saved_model_decodes_any_batch(tmp_path):
    decoder = Decoder(12)
    archive = keras.export.ExportArchive()
    archive.track(decoder.network)
    specs = [tf.TensorSpec((None, 4, 8), name="memory"), tf.TensorSpec((None, 8), name="hidden")]
    archive.add_endpoint("beam", tf.function(decoder.beam, input_signature=specs))
    archive.write_out(tmp_path / "saved", verbose=False)
    served, draw = tf.saved_model.load(tmp_path / "saved"), np.random.default_rng(2).normal
    for batch in (1, 5):
        inputs = tf.constant(draw(size=(batch, 4, 8)), tf.float32), tf.constant(draw(size=(batch, 8)), tf.float32)
        expected = decoder.beam(*inputs)
        for name, output in served.beam(*inputs).items():
            np.testing.assert_allclose(output, expected[name], rtol=1e-5)
