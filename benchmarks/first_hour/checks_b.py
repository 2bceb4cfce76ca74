"""Section B: defaults."""

from pathlib import Path

from first_hour.checks import card, check, expect, reviews, succeeded, trained, write_csv
from first_hour.data import ROOT


@check("B1", "a training without `--epochs`")
def _():
    rows = Path(ROOT / "tagging/wnut17/dev.conll").read_text(encoding="utf-8").split("\n\n")
    Path("some.conll").write_text("\n\n".join(rows[:300]) + "\n\n", encoding="utf-8")
    shown = succeeded("train", "tagging", "--data", "some.conll", "--output", "some", "--units", 16)
    training = card("some")["training"]
    expect(training.get("stopped") in ("patience", "epochs"), f"stopped: {training.get('stopped')}")
    expect(training["epochs"] > 10, f"{training['epochs']} epochs")
    expect("stopped" in shown.lower() or "patience" in shown.lower(), "the end is not told")
    return f"{training['epochs']} epochs, best {training['best_epoch']}, stopped by {training['stopped']}"


@check("B2", "sizes for 17,000 pairs of three words")
def _():
    import rnn_templates as rt

    colors = ["red", "blue", "green", "black", "white", "gray", "pink", "brown"]
    things = [f"thing{i}" for i in range(300)]
    pairs = [(f"the {c} {t}", f"das {c} {t}") for c in colors for t in things for _ in range(7)]
    Path("pairs.tsv").write_text("source\ttarget\n" + "".join(f"{s}\t{t}\n" for s, t in pairs), encoding="utf-8")
    splits = rt.load("pairs.tsv", kind="text_pairs")
    from rnn_templates.templates.translation.builder import data_kwargs

    sizes = rt.default_sizes("translation", splits)
    model = rt.translation_model(**data_kwargs(splits), **sizes)
    expect(model.count_params() < 1_500_000, f"{model.count_params():,} parameters")
    return f"{model.count_params():,} parameters: " + ", ".join(f"{name} {sizes[name]}" for name in sizes)[:80]


@check("B3", "a file with 93 % of one class")
def _():
    texts, labels = reviews(400)
    kept = [i for i, label in enumerate(labels) if label == "pos"]
    rare = [i for i, label in enumerate(labels) if label == "neg"][: max(8, len(kept) * 7 // 93)]
    rows = sorted(kept + rare)
    data = write_csv("imbalanced.csv", [texts[i] for i in rows], [labels[i] for i in rows])
    shown = succeeded("train", "sentiment", "--data", data, "--output", "imbalanced", "--epochs", 2)
    expect("balanced-class-weights" in shown, "the flag is not named")
    expect("macro" in shown.lower(), "no macro F1")
    return "macro F1 is shown, and --balanced-class-weights named"


@check("B4", "the same command for a finished training")
def _():
    folder = trained()
    shown = succeeded("train", "sentiment", "--data", "mine.csv", "--output", folder, "--epochs", 2)
    expect("finished" in shown.lower() or "complete" in shown.lower(), shown[-300:])
    return next(line for line in shown.splitlines() if "finished" in line.lower() or "complete" in line.lower())


@check("B5", "`train --test-data` with columns of other names; `evaluate` and `predict` without these flags")
def _():
    texts, labels = reviews(400)
    train = write_csv("train.csv", texts[:300], labels[:300], header=("Review", "Stars"))
    test = write_csv("test.csv", texts[300:], labels[300:], header=("Review", "Stars"))
    flags = ("--input-column", "Review", "--target-column", "Stars", "--label-names", "neg=bad,pos=good")
    shown = succeeded(
        "train", "sentiment", "--data", train, "--test-data", test, *flags, "--output", "columns", "--epochs", 2
    )
    expect("test" in shown.lower(), "train shows no figure of the test data")
    shown = succeeded("evaluate", "columns", "--data", test)
    expect("100" in shown, shown[:200])
    return "test figures after training; evaluate reads Review and Stars"
