"""Export of a model for servers and devices, with a check of every file."""

import json
import os
from pathlib import Path

from rnn_templates import registry
from rnn_templates.export.parity import check_parity
from rnn_templates.export.recorded_examples import write_examples
from rnn_templates.export.targets import TARGETS, get_targets
from rnn_templates.model_card import Card, versions
from rnn_templates.utils import output_folder
from rnn_templates.utils.atomic import temporary_folder, write_text
from rnn_templates.utils.disk import explain_full_disk

TARGET_NAMES = tuple(target.name for target in TARGETS)


def export_model(task, directory, targets=TARGET_NAMES, *, examples=None, max_examples=1000, data=None, command=None):
    """Exports a trained model, and checks that every file reproduces the predictions of Keras.

    Args:
        task: trained model of a template.
        directory: str or `Path`; folder to write. Other files in it are kept.
        targets: names of export targets, str or tuple; all by default. "saved_model" writes `saved_model` (strings in,
            predictions out, on TensorFlow), "litert" writes `model.tflite` and `model_int8.tflite` (ids or pixels in,
            predictions out) with `preprocessing.json` and the vocabulary for the device.
        examples: raw examples for the comparison: a dataset of inputs or of (input, target), a tuple of two lists, or
            a list of inputs; None for the test split of the template's default data.
        max_examples: positive int; maximum number of examples to compare.
        data: str or None; name of the examples, for the card.
        command: str or None; the command line, for the card.

    Returns:
        The parity report, a dict; see `check_parity`.

    Raises:
        ValueError: if a target does not exist, or a file that is not of this package would be overwritten.
        UnsupportedOpError: if an op is not built into LiteRT.
        ParityError: if a file does not reproduce the predictions.
        OSError: if the folder cannot be written, or the disk is full. After any error the folder is unchanged.

    Example:
        >>> model = rt.load_model("saved_models/sentiment")  # doctest: +SKIP
        >>> parity = rt.export_model(model, "exported", examples=(["not bad"], ["positive"]))  # doctest: +SKIP
    """
    targets = get_targets(targets)
    names = [file.name for target in targets for file in target.files]
    output_folder.check_files(directory, [*names, "preprocessing.json", "card.json", "README.md"])
    if examples is None:
        from rnn_templates.data import load

        name = registry.of(task).datasets[0]
        examples, data = load(name).test, f"generated {name}, test split"
    examples, references = _sample_examples(task, examples, max_examples)
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    full_disk = explain_full_disk("export_model", directory, "The folder is unchanged")
    with full_disk, temporary_folder(directory) as staging:
        _write_targets(task, targets, staging)
        parity = {**check_parity(task, staging, examples, references), "data": data or "the given examples"}
        readers = sorted(path.name for path in staging.iterdir() if path.suffix in (".py", ".mjs"))
        if (staging / "model.tflite").exists():
            write_examples(task, staging, examples)
        card = Card.load(directory)
        card.update(template=task.name, labels=list(task.labels) or None, versions=versions())
        card.update(signatures=parity.pop("signatures"), readers=readers or None)
        card.facts["parity"] = {**parity, **({"command": command} if command else {})}
        card.save(staging)
        _publish(staging, directory)
    return parity


def _write_targets(task, targets, folder):
    """Writes the files of all targets, with the vocabulary and the specification for devices."""
    for target in targets:
        target.write(task, folder)
    if any(target.interface == "device" for target in targets):
        write_preprocessing(task, folder)
    else:
        task.save_vocabulary(folder)


def write_preprocessing(task, folder):
    """Writes the files that readers of `rnn_templates.runtime` need beside the signatures of a task.

    Args:
        task: `rnn_templates.tasks.task.Task`.
        folder: `Path`.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.export.export import write_preprocessing
        >>> write_preprocessing(rt.load_model("saved_models/glyphs"), Path("."))
        >>> sorted(path.name for path in Path(".").glob("*.*"))
        ['labels.txt', 'preprocessing.json']
    """
    write_text(folder / "preprocessing.json", json.dumps(task.preprocessing_spec(), ensure_ascii=True) + "\n")
    task.save_vocabulary(folder)


def _sample_examples(task, examples, max_examples):
    """Returns at most `max_examples` raw examples, evenly spaced, and their targets or None."""
    is_pair = isinstance(examples, tuple) and len(examples) == 2 and not isinstance(examples[0], (str, bytes))
    examples, targets = task.read_examples(*examples) if is_pair else task.read_examples(examples)
    step = -(-len(examples) // max_examples)
    return task.fit_to_device(examples[::step], None if targets is None else targets[::step])


def _publish(staging, directory):
    """Moves the staged files to their places, by renaming alone, which needs no space on the disk."""
    os.chmod(staging, 0o755)
    directory.mkdir(exist_ok=True)
    replaced = Path(staging, ".replaced")
    replaced.mkdir()
    for path in sorted(staging.iterdir()):
        destination = directory / path.name
        if path == replaced:
            continue
        if destination.is_dir():  # a folder cannot be replaced by one that is not empty
            destination.rename(replaced / path.name)
        os.replace(path, destination)
