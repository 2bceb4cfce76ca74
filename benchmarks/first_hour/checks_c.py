"""Section C: habits of users of pandas, Keras, scikit-learn and the command line."""

import csv
from pathlib import Path

from first_hour.checks import check, expect, read_lines, refused, reviews, shell, succeeded, trained, write_csv
from first_hour.data import ROOT


@check("C1", "`rnn-templates --version`, `rt.__version__`")
def _():
    import rnn_templates as rt

    shown = shell("--version").strip()
    expect(rt.__version__ in shown, f"{shown} and {rt.__version__}")
    return shown


@check("C2", "a DataFrame, a dict, arrays, a parquet file and a csv with semicolons")
def _():
    import pandas

    import rnn_templates as rt

    texts, labels = reviews(200)
    frame = pandas.DataFrame({"text": texts, "label": labels})
    write_csv("semicolons.csv", texts, labels, delimiter=";")
    sources = {
        "DataFrame": lambda: rt.load(frame),
        "dict": lambda: rt.load({"text": texts, "label": labels}),
        "from_arrays": lambda: rt.Splits.from_arrays(texts, labels),
        "semicolons": lambda: rt.load("semicolons.csv"),
    }
    try:
        frame.to_parquet("mine.parquet")
        sources["parquet"] = lambda: rt.load("mine.parquet")
    except ImportError:
        pass  # pandas writes parquet by pyarrow, which is not a requirement
    for name, load in sources.items():
        splits = load()
        expect(sum(splits.sizes.values()) == 200 and splits.labels == ("neg", "pos"), f"{name}: {splits.sizes}")
    return f"{', '.join(sources)}: 200 examples each"


def _classifier(texts):
    import rnn_templates as rt

    return rt.sentiment_model(rt.Vocabulary.from_texts(texts), ["neg", "pos"], units=8)


@check("C3", "`fit(x, y, validation_split=0.2)`, also of `df[['text']]`; the model called on a list and on a tensor")
def _():
    import numpy as np
    import pandas
    import tensorflow as tf

    texts, labels = reviews(200)
    targets = np.array([int(label == "pos") for label in labels])
    model = _classifier(texts)
    history = model.fit(texts, targets, validation_split=0.2, epochs=1, verbose=0).history
    expect("val_loss" in history, f"{sorted(history)}")
    model.fit(pandas.DataFrame({"text": texts})[["text"]], targets, epochs=1, verbose=0)
    difference = np.abs(np.asarray(model(["not bad"])) - np.asarray(model(tf.constant(["not bad"])))).max()
    expect(difference == 0, f"difference {difference}")
    return "val_loss in the history; both calls are equal"


@check("C3", "a model inside a functional model, `model.export`, `model.summary()`")
def _():
    import keras

    model = _classifier(reviews(50)[0])
    inputs = keras.Input((), dtype="string")
    larger = keras.Model(inputs, keras.layers.Dense(1)(model(inputs)))
    expect(larger.output_shape == (None, 1), f"{larger.output_shape}")
    model.export("exported")
    expect(Path("exported/saved_model.pb").exists(), "no saved_model.pb")
    lines = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    expect("embedding" in "\n".join(lines), "the summary does not show the network")
    return "all three"


@check("C3", "`Recurrent` of `keras.layers.LSTMCell`; errors of `Recurrent('lstm')`, `Recurrent(64)`; one-hot targets")
def _():
    import keras
    import numpy as np

    import rnn_templates as rt

    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    cell = keras.layers.LSTMCell(4)
    difference = np.abs(np.asarray(rt.Recurrent(cell)(x)) - np.asarray(keras.layers.RNN(cell)(x))).max()
    expect(difference < 1e-5, f"difference from keras.layers.RNN {difference}")
    refused(lambda: rt.Recurrent("lstm"), "LSTMCell")
    refused(lambda: rt.Recurrent(64), "LSTMCell")
    texts, labels = reviews(50)
    one_hot = np.eye(2)[[int(label == "pos") for label in labels]]
    error = refused(lambda: _classifier(texts).fit(texts, one_hot, epochs=1, verbose=0), "argmax")
    return f"equal to keras.layers.RNN; {error}"


@check("C4", "`rnn_templates.sklearn.TextClassifier` in `GridSearchCV`")
def _():
    from sklearn.model_selection import GridSearchCV

    from rnn_templates.sklearn import TextClassifier

    texts, labels = reviews(120)
    search = GridSearchCV(TextClassifier(epochs=1), {"units": [4, 8]}, cv=2).fit(texts, labels)
    expect(list(search.classes_) == ["neg", "pos"], f"{search.classes_}")
    expect(search.predict_proba(texts[:3]).shape == (3, 2), "predict_proba")
    return f"best {search.best_params_}, score {search.score(texts, labels):.2f} on its own texts"


@check("C5", "`predict --file ... --output` as csv and as jsonl; `predict` of CoNLL")
def _():
    from first_hour.checks import SAVED_MODELS

    folder = trained()
    Path("lines.txt").write_text("not bad\nawful , really\n", encoding="utf-8")
    succeeded("predict", folder, "--file", "lines.txt", "--output", "out.csv")
    succeeded("predict", folder, "--file", "lines.txt", "--output", "out.jsonl")
    rows = list(csv.reader(Path("out.csv").read_text(encoding="utf-8").splitlines()))
    objects = read_lines("out.jsonl")
    expect(len(rows) == 3 and len(objects) == 2, f"{len(rows)} rows, {len(objects)} objects")
    sentences = Path(ROOT / "tagging/wnut17/dev.conll").read_text(encoding="utf-8").split("\n\n")[:2]
    Path("two.conll").write_text("\n\n".join(sentences) + "\n", encoding="utf-8")
    succeeded("predict", SAVED_MODELS / "entities", "--file", "two.conll", "--output", "tags.jsonl")
    tagged = read_lines("tags.jsonl")
    expect(len(tagged) == 2, f"{len(tagged)} sentences of 2")
    return f"header {', '.join(rows[0])}; {len(objects)} objects; {len(tagged)} tagged sentences"


@check("C6", "`rt.load_model('sentiment')` in a folder without saved models")
def _():
    import rnn_templates as rt

    row = rt.load_model("sentiment").predict(["a gripping and wonderful film"])[0]
    expect(row.argmax() == 1, f"{row}")
    return f"positive {row.max():.2f}"


@check("C7", "`tune` with two trials")
def _():
    data = write_csv("tune.csv", *reviews(200))
    shown = succeeded("tune", "sentiment", "--data", data, "--trials", 2, "--epochs", 1, "--output", "tuned")
    flat = " ".join(shown.split())
    expect("units" in flat and "default" in flat.lower(), flat[-300:])
    expect("rnn-templates train sentiment" in flat, "no command that trains the best settings")
    return flat[flat.index("rnn-templates train sentiment") :]
