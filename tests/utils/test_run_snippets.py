"""Code in the README of an exported folder."""

import re

import numpy as np
import tensorflow as tf

from rnn_templates.utils.run_snippets import run_section


class Double(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, "texts"), tf.TensorSpec((), tf.float32, "scale")])
    def serve(self, texts, scale):
        return {"lengths": scale * tf.cast(tf.strings.length(texts), tf.float32)}


def test_the_code_for_a_server_runs_on_a_saved_model_with_strings_and_scalars(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = Double()
    tf.saved_model.save(module, "saved_model", signatures={"serve": module.serve})
    inputs = {"texts": {"shape": [None], "dtype": "string"}, "scale": {"shape": [], "dtype": "float32"}}
    sides = {"inputs": inputs, "outputs": {"lengths": {"shape": [None], "dtype": "float32"}}}
    page = "\n".join(run_section({"saved_model": {"serve": sides}}))
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    found = {}
    exec(code, found)
    np.testing.assert_array_equal(found["outputs"]["lengths"], [0.0])
    assert "| serve | input | texts | (any) | string |" in page


def test_every_tensor_of_a_device_is_allocated_with_its_shape_and_type():
    inputs = {"words": {"shape": [1, 4], "dtype": "int32"}, "letters": {"shape": [1, 4, 3], "dtype": "int32"}}
    outputs = {"tags": {"shape": [1, 4], "dtype": "int32"}, "probabilities": {"shape": [1, 4], "dtype": "float32"}}
    page = "\n".join(run_section({"model.tflite": {"serve": {"inputs": inputs, "outputs": outputs}}}, ["reader.py"]))
    for line in (
        "  letters: new Tensor(new Int32Array(12), [1, 4, 3]),",
        '"letters" to Array(1) { Array(4) { IntArray(3) } }',
        '"probabilities" to Array(1) { FloatArray(4) }',
        'auto* letters = runner->input_tensor("letters")->data.i32;  // 12 values',
        'try runner.copy(words, toInputNamed: "words")  // Data of 4 int32',
        "`reader.py`, which `rnn-templates export` writes beside the model, encode raw inputs",
    ):
        assert line in page
    assert run_section({}) == []
