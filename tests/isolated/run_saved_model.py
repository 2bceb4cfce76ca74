"""Runs a SavedModel in an environment with TensorFlow only: python run_saved_model.py SAVED_MODEL TEXTS PREDICTIONS."""

import importlib.util
import json
import sys

import tensorflow as tf

assert not importlib.util.find_spec("rnn_templates"), "this program is for an environment without the package"
folder, texts, predictions = sys.argv[1:]
with open(texts, encoding="utf-8") as file:
    texts = json.load(file)
model = tf.saved_model.load(folder)
run, output = (model.translate, "translation") if hasattr(model, "translate") else (model.serve, "label")
batches = [run(tf.constant(texts[i : i + 50])) for i in range(0, len(texts), 50)]
found = [text.decode() for batch in batches for text in batch[output].numpy()]
with open(predictions, "w", encoding="utf-8") as file:
    json.dump(found, file)
