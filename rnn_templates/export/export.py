"""The exported folder: files for every target, their parity, and the card."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from rnn_templates import registry
from rnn_templates.export.parity import check_parity
from rnn_templates.export.targets.litert import export_litert
from rnn_templates.export.targets.saved_model import export_saved_model
from rnn_templates.model_card import Card, versions
from rnn_templates.utils.atomic import write_text

TARGETS = ("saved_model", "litert")


def export_model(model, directory, targets=TARGETS, *, examples=None, max_examples=1000, data=None, command=None):
    """Writes a model for servers and devices, after proving that the files answer as the model does.

    Args:
        model: a trained model of this package.
        directory: folder to write; files of another kind that it holds already stay.
        targets: which of "saved_model" (strings in, answers out, on TensorFlow) and "litert" (`model.tflite` and
            `model_int8.tflite`: ids in, answers out, with `vocabulary.txt`, `labels.txt` and `preprocessing.json` for the
            device's reader).
        examples: raw examples for the parity: a dataset of inputs or of (input, target), a tuple of two lists, or
            a list of inputs; None for the test split of the template's generated data.
        max_examples: how many of them to ask.
        data: name of the examples, for the card.
        command: what was typed, for the card.

    Returns:
        The parity, a dict; see `check_parity`.

    Raises:
        ValueError: for an unknown target.
        UnsupportedOpError: if an op is not built into LiteRT.
        ParityError: if a file answers otherwise than the model. In every case of an error the folder is as it was.

    Example:
        >>> parity = export_model(model, "exported", examples=(["not bad"], ["positive"]))
    """
    unknown = [target for target in targets if target not in TARGETS]
    if unknown or not targets:
        raise ValueError(f"export: unknown targets {unknown}; choose from {', '.join(TARGETS)}.")
    if examples is None:
        from rnn_templates.data import load

        examples, data = (
            load(registry.of(model).datasets[0]).test,
            f"generated {registry.of(model).datasets[0]}, test split",
        )
    examples, expected = _take(model, examples, max_examples)
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}-"))
    try:
        if "saved_model" in targets:
            export_saved_model(model, workshop / "saved_model")
        if "litert" in targets:
            export_litert(model, workshop / "model.tflite")
            export_litert(model, workshop / "model_int8.tflite", int8=True)
            write_text(
                workshop / "preprocessing.json", json.dumps(model.preprocessing_spec(), ensure_ascii=True) + "\n"
            )
        model.save_vocabulary(workshop)
        parity = {**check_parity(model, workshop, examples, expected), "data": data or "the given examples"}
        card = Card.load(directory)
        card.update(template=model.name, labels=list(model.labels) or None, versions=versions())
        card.facts["parity"] = {**parity, **({"command": command} if command else {})}
        card.save(workshop)
        _move(workshop, directory)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return parity


def _take(model, examples, most):
    """At most `most` raw examples, spread evenly over all, and their targets where they have any."""
    pair = isinstance(examples, tuple) and len(examples) == 2 and not isinstance(examples[0], (str, bytes))
    examples, targets = model.read(*examples) if pair else model.read(examples)
    step = -(-len(examples) // most)
    return model.cut(examples[::step], None if targets is None else targets[::step])


def _move(workshop, directory):
    """Puts what was made in place: at once where there was nothing, file by file where there was."""
    if not directory.exists():
        os.chmod(workshop, 0o755)
        workshop.rename(directory)
        return
    for made in sorted(workshop.iterdir()):
        place = directory / made.name
        if place.is_dir():
            shutil.rmtree(place)
        os.replace(made, place)
