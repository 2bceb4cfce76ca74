"""Asks the files of an export in environments that hold nothing else, and compares them with Keras.

python compare.py FOLDER DATA ENVIRONMENTS: FOLDER holds an export with its SavedModel, DATA texts and labels, and
ENVIRONMENTS the virtual environments `tensorflow` and `litert`. `make alone` prepares all of it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from rnn_templates import load_model
from rnn_templates.data.files import read_labelled

HERE = pathlib.Path(__file__).parent
EXAMPLES, LEAST = 1000, {"saved_model": 1.0, "model.tflite": 1.0, "model_int8.tflite": 0.99}


def main(folder, data, environments):
    texts = read_labelled(data).texts
    texts = [text.decode() if isinstance(text, bytes) else text for text in texts[:: len(texts) // EXAMPLES][:EXAMPLES]]
    expected = [answer["label"] for answer in load_model(folder).predict(texts, return_labels=True)]
    failed = False
    for name, least in LEAST.items():
        with tempfile.TemporaryDirectory() as work:
            asked, answers = pathlib.Path(work) / "texts.json", pathlib.Path(work) / "answers.json"
            asked.write_text(json.dumps(texts), encoding="utf-8")
            if name == "saved_model":
                call = [f"{environments}/tensorflow/bin/python", HERE / "ask_saved_model.py", f"{folder}/saved_model"]
            else:
                call = [f"{environments}/litert/bin/python", HERE / "ask_litert.py", folder, name]
            subprocess.run([*map(str, call), str(asked), str(answers)], check=True, stderr=subprocess.DEVNULL)
            given = json.loads(answers.read_text(encoding="utf-8"))
        agreement = sum(a == b for a, b in zip(given, expected, strict=True)) / len(expected)
        failed |= agreement < least
        print(f"{name}: {agreement:.2%} of {len(expected)} labels as Keras (at least {least:.0%})")
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
