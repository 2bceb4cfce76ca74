"""Raw text in a tagger: tokens as in the training treebank, and their evaluation."""

import tensorflow as tf
from support.tagging import build

import rnn_templates as rt
from rnn_templates.evaluation import evaluate


def test_raw_text_is_tokenized_as_in_the_training_treebank_and_evaluated_beside_the_gold_tokens(tmp_path):
    lines = {
        "Il n'aime pas l'eau": "Il n' aime pas l' eau",
        "qu'il n'a vu l'ami": "qu' il n' a vu l' ami",
        "l'or n'est du pain qu'on dit": "l' or n' est de le pain qu' on dit",
        "Dit-on qu'Ann part ?": "Dit -on qu' Ann part ?",
    }
    blocks = []
    for text, words in lines.items():
        rows = [(word, "ADP" if word.endswith("'") else "X") for word in words.split()]
        columns = "".join(f"{i}\t{word}\t_\t{tag}\t_\t_\t0\tdep\t_\t_\n" for i, (word, tag) in enumerate(rows, 1))
        blocks.append(f"# text = {text}\n{columns}")
    path = tmp_path / "french.conllu"
    path.write_text("\n".join(blocks))
    splits = rt.load(str(path), validation_data=str(path))
    assert splits.train.raw_texts == [*lines]
    held = splits.hold_out(0.5, seed=1)
    assert sorted(held.train.raw_texts + held.validation.raw_texts) == sorted(lines)
    model = build(["ADP", "X"])
    before = evaluate(model, splits.train)
    model.adapt(splits)
    tokens = model.predict("qui n'aime pas l'eau", return_labels=True)[0]["tokens"]
    assert [token["text"] for token in tokens] == ["qui", "n'", "aime", "pas", "l'", "eau"]
    assert [token["start"] for token in tokens] == [0, 4, 6, 11, 15, 17]
    served = model.serve(tf.constant(["qui n'aime pas l'eau"]))["tokens"].numpy()[0].tolist()
    assert served == [token["text"].encode() for token in tokens]
    assert model.preprocessing_spec()["version"] == 2 and model.preprocessing_spec()["prefixes"] == ["l'", "n'", "qu'"]
    after = evaluate(model, splits.train)
    assert before.raw["raw_token_f1"] < 0.6 < 0.85 < after.raw["raw_token_f1"] < 1, "`du`: its words are not in it"
    assert after.accuracy == before.accuracy and 0 <= after.raw["raw_tag_f1"] <= after.raw["raw_token_f1"]
    assert "raw_token_f1" in after.metrics() and evaluate(model, ([["Ann", "left"]], [["X"] * 2])).raw is None
    model.adapt(splits.__class__("again", splits.train.map(lambda *row: row), None, None, ("ADP", "X")))
    assert "l'" in model.preprocessor.token_rules["prefixes"], "without raw texts, tokens with an apostrophe tell"
