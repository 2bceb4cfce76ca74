"""Runs the files of an export in environments without this package, and compares their predictions with Keras.

python compare.py FOLDER DATA ENVIRONMENTS: FOLDER contains an export with its SavedModel, DATA texts and labels or
texts and translations, and ENVIRONMENTS the virtual environments `tensorflow` and `litert`. `make check-isolated`
prepares them.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from rnn_templates import load_model, registry
from rnn_templates.data.loading import read_labeled_file
from rnn_templates.preprocessing.text.word_tokenizer import decode_text

HERE = pathlib.Path(__file__).parent
MAX_EXAMPLES = 1000
MIN_AGREEMENT = {"saved_model": 1.0, "model.tflite": 1.0, "model_int8.tflite": 0.99}  # of a classifier


def main(folder, data, environments):
    """Prints the agreement of every file; exits with status 1 if one is too small."""
    model = load_model(folder)
    kind = registry.of(model).data_kind
    translates = kind == "text_pairs"
    inputs = [example[0] for example in read_labeled_file(data, kind).dataset().as_numpy_iterator()]
    texts, _ = model.fit_to_device(inputs)
    texts = [decode_text(text) for text in texts[:: max(1, len(texts) // MAX_EXAMPLES)]][:MAX_EXAMPLES]
    expected = {strategy: predict(model, texts, strategy, translates) for strategy in ("beam", "greedy")}
    failed = False
    for name in MIN_AGREEMENT:
        found = run_isolated(folder, name, texts, environments)
        reference = expected["beam" if name == "saved_model" else "greedy"]
        least = model.min_agreement["int8" if "int8" in name else "float32"] if translates else MIN_AGREEMENT[name]
        agreement = sum(a == b for a, b in zip(found, reference, strict=True)) / len(reference)
        failed |= agreement < least
        print(f"{name}: {agreement:.2%} of {len(reference)} predictions equal Keras (at least {least:.0%})")
    sys.exit(failed)


def run_isolated(folder, name, texts, environments):
    """Returns the predictions of one exported file, from a process in its environment."""
    with tempfile.TemporaryDirectory() as work:
        inputs, outputs = pathlib.Path(work) / "texts.json", pathlib.Path(work) / "predictions.json"
        inputs.write_text(json.dumps(texts), encoding="utf-8")
        if name == "saved_model":
            command = [f"{environments}/tensorflow/bin/python", HERE / "run_saved_model.py", f"{folder}/saved_model"]
        else:
            command = [f"{environments}/litert/bin/python", HERE / "run_litert.py", folder, name]
        subprocess.run([*map(str, command), str(inputs), str(outputs)], check=True, stderr=subprocess.DEVNULL)
        return json.loads(outputs.read_text(encoding="utf-8"))


def predict(model, texts, strategy, translates):
    """Returns the predictions of Keras: translations by a decoding strategy, or labels."""
    if translates:
        return model.generate(texts, strategy=strategy)
    return [prediction["label"] for prediction in model.predict(texts, return_labels=True)]


if __name__ == "__main__":
    main(*sys.argv[1:])
