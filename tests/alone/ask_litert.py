"""Asks a LiteRT file, where nothing but ai-edge-litert and numpy is installed.

python ask_litert.py FOLDER FILE TEXTS ANSWERS; ../text/reader.py is the reader that a device author would port.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "text"))
from reader import make_reader

for absent in ("rnn_templates", "tensorflow"):
    assert not importlib.util.find_spec(absent), f"this is meant for an environment without {absent}"
folder, name, texts, answers = sys.argv[1:]
with open(texts, encoding="utf-8") as file:
    texts = json.load(file)
with open(f"{folder}/labels.txt", encoding="utf-8") as file:
    names = file.read().splitlines()
read, run = make_reader(folder), Interpreter(f"{folder}/{name}").get_signature_runner("serve")
shape = run.get_input_details()["ids"]["shape"]
labels = []
for text in texts:
    ids, found = np.zeros(shape, np.int32), read(text)
    ids[0, : len(found)] = found
    labels.append(names[run(ids=ids)["probabilities"][0].argmax()])
with open(answers, "w", encoding="utf-8") as file:
    json.dump(labels, file)
