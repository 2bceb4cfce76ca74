"""Trainings without flags beside a classical baseline on the same splits."""

import json
import statistics
import subprocess

import numpy as np

from first_hour.baselines import feature_tagger, tfidf_logistic_regression, translation_memory, word_by_word
from first_hour.checks import PROGRAM


def figures(datasets, folder, names=None):
    """Returns the rows of the table of figures, a list of dicts; trains what is not trained yet.

    Trainings are those of the command line, and are resumed from their checkpoints. Results are kept in
    `figure.json` of each training.

    Args:
        datasets: list of `Data`.
        folder: `Path`; trainings are in `folder / NAME-SEED`.
        names: names of data sets; None for all.
    """
    rows = []
    for data in datasets:
        if names and data.name not in names:
            continue
        results = [_train(data, seed, folder / f"{data.name}-{seed}") for seed in data.seeds]
        rows.append({"name": data.name, "measure": data.measure, **_summary(data, results), **_baseline(data, folder)})
    return rows


def _train(data, seed, output):
    """Trains by the command line, evaluates on the test split, and keeps the result."""
    result = output / "figure.json"
    if result.exists():
        return json.loads(result.read_text())
    words = [*PROGRAM, "train", data.template, *data.flags, "--output", str(output)]
    subprocess.run([*words, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
    import rnn_templates as rt
    from rnn_templates import registry

    splits = rt.load(kind=registry.get(data.template).data_kind, seed=seed, **data.options)
    model = rt.load_model(output)
    metrics = rt.evaluate(model, splits.test).metrics()
    card = json.loads((output / "card.json").read_text())
    found = {
        "value": metrics[data.metric],
        "parameters": model.count_params(),
        "epochs": card["training"]["epochs"],
        "configuration": card["configuration"],
    }
    result.write_text(json.dumps(found, indent=1, default=str))
    return found


def _summary(data, results):
    values = [one["value"] for one in results]
    digits = 1 if data.metric == "bleu" else 3
    text = f"{statistics.mean(values):.{digits}f}"
    if len(values) > 1:
        text += f" ({min(values):.{digits}f} to {max(values):.{digits}f}, {len(values)} seeds)"
    return {
        "model": text,
        "parameters": f"{results[0]['parameters']:,}",
        "epochs": ", ".join(str(one["epochs"]) for one in results),
        "won": statistics.mean(values),
    }


def _baseline(data, folder):
    """The figure of the classical baseline; computed once."""
    path = folder / f"{data.name}-baseline.json"
    if not path.exists():
        import rnn_templates as rt
        from rnn_templates import registry

        kind = registry.get(data.template).data_kind
        splits = rt.load(kind=kind, **data.options)
        value, name = BASELINES[kind](splits, data.metric)
        path.write_text(json.dumps({"value": value, "name": name}))
    found = json.loads(path.read_text())
    digits = 1 if data.metric == "bleu" else 3
    return {"baseline": f"{found['value']:.{digits}f}", "baseline_name": found["name"], "lost": found["value"]}


def _classify(splits, metric):
    pairs = []
    for split in (splits.train, splits.validation, splits.test):
        texts, targets = zip(*split.as_numpy_iterator(), strict=True)
        pairs.append(([text.decode("utf-8", "replace") for text in texts], np.array(targets).astype(int)))
    found = tfidf_logistic_regression(*pairs, splits.multi_label)
    return found[metric], f"TF-IDF of words and pairs, logistic regression (C = {found['C']:g})"


def _tag(splits, metric):
    from rnn_templates.evaluation.metrics.spans import span_scores

    pairs = []
    for split in (splits.train, splits.test):
        examples = list(split.as_numpy_iterator())
        tokens = [[token.decode("utf-8", "replace") for token in one] for one, _ in examples]
        pairs.append((tokens, [[splits.labels[number] for number in tags] for _, tags in examples]))
    predicted, name = feature_tagger(*pairs)
    references = pairs[1][1]
    if metric == "span_f1":
        return span_scores(references, predicted, [])[0]["span_f1"], name
    return float(np.mean(np.concatenate(references) == np.concatenate(predicted))), name


def _translate(splits, metric):
    import sacrebleu

    train, test = (
        tuple(zip(*[(s.decode(), t.decode()) for s, t in split.as_numpy_iterator()], strict=True))
        for split in (splits.train, splits.test)
    )
    found = {
        "word by word, IBM model 1": word_by_word(train, test[0]),
        "nearest training source, TF-IDF": translation_memory(train, test[0]),
    }
    scores = {name: sacrebleu.corpus_bleu(texts, [list(test[1])]).score for name, texts in found.items()}
    best = max(scores, key=scores.get)
    others = "; ".join(f"{name} {score:.1f}" for name, score in scores.items() if name != best)
    return scores[best], f"{best} ({others})"


BASELINES = {"labeled_texts": _classify, "tagged_sentences": _tag, "text_pairs": _translate}
