"""Asks a LiteRT file, where nothing but ai-edge-litert and numpy is installed.

python ask_litert.py FOLDER FILE TEXTS ANSWERS; ../text/reader.py and ../text/subword_reader.py are the readers that a
device author would port.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "text"))
from rnn_templates.runtime.subword_tokenizer import make_subwords
from rnn_templates.runtime.word_tokenizer import make_reader

for absent in ("rnn_templates", "tensorflow"):
    assert not importlib.util.find_spec(absent), f"this is meant for an environment without {absent}"
folder, name, texts, answers = sys.argv[1:]
with open(texts, encoding="utf-8") as file:
    texts = json.load(file)
interpreter = Interpreter(f"{folder}/{name}")
translates = "greedy" in interpreter.get_signature_list()
run = interpreter.get_signature_runner("greedy" if translates else "serve")
((given, detail),) = run.get_input_details().items()
if translates:
    read, write = make_subwords(folder)
else:
    with open(f"{folder}/labels.txt", encoding="utf-8") as file:
        names = file.read().splitlines()
    read = make_reader(folder)
found = []
for text in texts:
    ids, numbers = np.zeros(detail["shape"], np.int32), read(text)
    ids[0, : len(numbers)] = numbers
    answer = run(**{given: ids})
    found.append(write(answer["tokens"][0]) if translates else names[answer["probabilities"][0].argmax()])
with open(answers, "w", encoding="utf-8") as file:
    json.dump(found, file)
