"""Runs a LiteRT file in an environment with ai-edge-litert and NumPy only.

python run_litert.py FOLDER FILE TEXTS PREDICTIONS; the tokenizers are the Python files that the export has copied into
FOLDER.
"""

import importlib.util
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

for absent in ("rnn_templates", "tensorflow"):
    assert not importlib.util.find_spec(absent), f"this program is for an environment without {absent}"
folder, name, texts, predictions = sys.argv[1:]
sys.path.insert(0, folder)
with open(texts, encoding="utf-8") as file:
    texts = json.load(file)
interpreter = Interpreter(f"{folder}/{name}")
is_translation = "greedy" in interpreter.get_signature_list()
run = interpreter.get_signature_runner("greedy" if is_translation else "serve")
((input_name, detail),) = run.get_input_details().items()
if is_translation:
    from subword_tokenizer import make_decoder, make_encoder

    encode, decode = make_encoder(folder), make_decoder(folder)
else:
    from word_tokenizer import make_text_encoder

    encode = make_text_encoder(folder)
    with open(f"{folder}/labels.txt", encoding="utf-8") as file:
        labels = file.read().splitlines()
found = []
for text in texts:
    row, ids = np.zeros(detail["shape"], np.int32), encode(text)
    row[0, : len(ids)] = ids
    outputs = run(**{input_name: row})
    found.append(decode(outputs["tokens"][0]) if is_translation else labels[outputs["probabilities"][0].argmax()])
with open(predictions, "w", encoding="utf-8") as file:
    json.dump(found, file)
