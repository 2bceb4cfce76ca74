"""Asks a SavedModel, where nothing but TensorFlow is installed: python ask_saved_model.py SAVED_MODEL TEXTS ANSWERS."""

import importlib.util
import json
import sys

import tensorflow as tf

assert not importlib.util.find_spec("rnn_templates"), "this is meant for an environment without the package"
folder, texts, answers = sys.argv[1:]
with open(texts, encoding="utf-8") as file:
    texts = json.load(file)
served = tf.saved_model.load(folder)
ask, name = (served.translate, "translation") if hasattr(served, "translate") else (served.serve, "label")
parts = [ask(tf.constant(texts[i : i + 50])) for i in range(0, len(texts), 50)]
found = [answer.decode() for part in parts for answer in part[name].numpy()]
with open(answers, "w", encoding="utf-8") as file:
    json.dump(found, file)
