"""Asks the files of an export in environments that hold nothing else, and compares them with Keras.

python compare.py FOLDER DATA ENVIRONMENTS: FOLDER holds an export with its SavedModel, DATA texts and labels, or texts
and translations, and ENVIRONMENTS the virtual environments `tensorflow` and `litert`. `make alone` prepares all of it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from rnn_templates import load_model
from rnn_templates.data.files.labeled_texts import read_labeled_texts
from rnn_templates.data.files.text_pairs import read_text_pairs
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

HERE = pathlib.Path(__file__).parent
EXAMPLES, LEAST = 1000, {"saved_model": 1.0, "model.tflite": 1.0, "model_int8.tflite": 0.99}


def main(folder, data, environments):
    model = load_model(folder)
    texts, _ = model.fit_to_device(read_text_pairs(data).sources if model.pairs else read_labeled_texts(data).texts)
    texts = [decode_text(text) for text in texts[:: max(1, len(texts) // EXAMPLES)]]
    texts = texts[:EXAMPLES]
    expected = {name: answers(model, texts, search) for name, search in (("server", "beam"), ("device", "greedy"))}
    failed = False
    for name in ("saved_model", "model.tflite", "model_int8.tflite"):
        least = model.min_agreement["int8" if "int8" in name else "float32"] if model.pairs else LEAST[name]
        with tempfile.TemporaryDirectory() as work:
            asked, found = pathlib.Path(work) / "texts.json", pathlib.Path(work) / "answers.json"
            asked.write_text(json.dumps(texts), encoding="utf-8")
            if name == "saved_model":
                call = [f"{environments}/tensorflow/bin/python", HERE / "ask_saved_model.py", f"{folder}/saved_model"]
            else:
                call = [f"{environments}/litert/bin/python", HERE / "ask_litert.py", folder, name]
            subprocess.run([*map(str, call), str(asked), str(found)], check=True, stderr=subprocess.DEVNULL)
            given = json.loads(found.read_text(encoding="utf-8"))
        wanted = expected["server" if name == "saved_model" else "device"]
        agreement = sum(a == b for a, b in zip(given, wanted, strict=True)) / len(wanted)
        failed |= agreement < least
        print(f"{name}: {agreement:.2%} of {len(wanted)} answers as Keras (at least {least:.0%})")
    sys.exit(failed)


def answers(model, texts, search):
    """What Keras answers: labels, or translations by a search."""
    if model.pairs:
        return model.generate(texts, strategy=search)
    return [answer["label"] for answer in model.predict(texts, return_labels=True)]


if __name__ == "__main__":
    main(*sys.argv[1:])
