"""Section A: predictions and figures that are wrong without a message."""

import tarfile
from pathlib import Path

from first_hour.checks import (
    SAVED_MODELS,
    check,
    command,
    expect,
    failed,
    refused,
    reviews,
    succeeded,
    trained,
    write_csv,
)
from first_hour.data import ROOT


@check("A1", "`rt.fit` of a model built with `['pos', 'neg']` on a file whose labels are sorted `('neg', 'pos')`")
def _():
    import rnn_templates as rt

    texts, labels = reviews(200)
    marked = [f"{text} {'excellent' if label == 'pos' else 'awful'}" for text, label in zip(texts, labels, strict=True)]
    splits = rt.load(write_csv("order.csv", marked, labels))
    model = rt.sentiment_model(rt.Vocabulary.from_texts(splits.train), ["pos", "neg"], units=8)
    try:
        rt.fit(model, splits, epochs=12, progress=False)
    except ValueError as error:
        expect("labels" in str(error), str(error))
        return f"refused: {error}"
    found = [model.labels[row.argmax()] for row in model.predict(["excellent", "awful"])]
    expect(found == ["pos", "neg"], f"excellent is {found[0]}, awful is {found[1]}")
    return "mapped by name: excellent is pos, awful is neg"


@check("A2", "`evaluate` without `--data`")
def _():
    import json

    code, output, errors = command("evaluate", trained(), "--json")
    expect(code == 0, errors)
    result = json.loads(output)
    examples, named = result.get("examples", 400), "held" in output + errors or "validation" in output + errors
    expect(examples < 400 or named, f"{examples} examples of 400, and no word that training examples are among them")
    return f"{examples} of 400 examples; the data is named {result.get('data', 'in the message')}"


@check("A3", "`train sentiment` on a CoNLL file")
def _():
    message = failed("train", "sentiment", "--data", ROOT / "tagging/wnut17/train.conll", "--output", "conll")
    expect("train tagging" in " ".join(message.split()), message)
    return message


@check("A4", "`Vocabulary.from_texts(DataFrame)`; `repr` of a vocabulary")
def _():
    import pandas

    import rnn_templates as rt

    error = refused(lambda: rt.Vocabulary.from_texts(pandas.DataFrame({"text": ["not bad"], "label": ["pos"]})))
    shown = repr(rt.Vocabulary.from_texts(["not bad at all", "not good"]))
    expect("not" in shown and "object at" not in shown, shown)
    return f"refused: {error}; {shown}"


@check("A5", "a photograph to the captioner of generated scenes; an unrelated text to the classifier of film reviews")
def _():
    with tarfile.open(ROOT / "captioning/flickr8k/flickr8k_160px.tar") as archive:
        member = next(one for one in archive if one.name.endswith(".jpg"))
        Path("photo.jpg").write_bytes(archive.extractfile(member).read())
    caption = succeeded("predict", SAVED_MODELS / "captioning", "photo.jpg", "--json")
    review = succeeded("predict", SAVED_MODELS / "sentiment", "zqxj vrrb wkkt plmn", "--json")
    expect("remarks" in caption or "no caption" in caption, f"no remark: {caption}")
    expect("remarks" in review, f"no remark: {review}")
    return f"{caption} {review}"


@check("A6", "raw English through a tagger that is trained on the English Web Treebank")
def _():
    import rnn_templates as rt

    tagger = rt.load_model(SAVED_MODELS / "tagging")
    found = tagger.predict(["I don't know Ann's plan."], return_labels=True)[0]
    pairs = " ".join(f"{token['text']}/{token['tag']}" for token in found["tokens"])
    expect("n't/PART" in pairs and "'s/PART" in pairs, pairs)
    return pairs


@check("A7", "the shipped dates model on `a quarter past five`, or its description")
def _():
    import rnn_templates as rt
    from first_hour.checks import card

    text = rt.load_model(SAVED_MODELS / "dates").generate(["a quarter past five"])[0]
    description = card(SAVED_MODELS / "dates")["description"]
    expect(
        "viertel" in text.lower() or "quarter" in description or "times" not in description, f"{text!r}: {description}"
    )
    return f"{text!r}; {description}"
