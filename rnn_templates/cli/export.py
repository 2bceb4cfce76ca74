"""`rnn-templates export`."""

from pathlib import Path

from rich.console import Console

from rnn_templates.cli.evaluate import DATA, examples
from rnn_templates.cli.options import keyword, model_argument, with_signature
from rnn_templates.cli.output import command_line, print_json, table

DOC = """Write a trained model for servers and devices, and prove that the files answer as the model does.

saved_model/ takes strings and needs only TensorFlow. model.tflite and model_int8.tflite take ids and need only LiteRT;
the vocabulary, the labels and preprocessing.json tell a device how to make them."""

OWN = [
    keyword(
        "split",
        str | None,
        None,
        help="train, validation or test; else the test split, or the whole file.",
        panel="Data",
    ),
    keyword("output", Path | None, None, help="Folder to write; else the model's own."),
    keyword("targets", str, "saved_model,litert", help="What to write, with commas between."),
    keyword("examples", int, 1000, help="Most examples to ask for the parity."),
    keyword("json", bool, False, "--json", help="Print the parity as JSON."),
]


def _export(model, **values):
    from rnn_templates.export import export_model
    from rnn_templates.model_card import certificate_columns
    from rnn_templates.saving import load_model

    folder = model if model.is_dir() else model.parent
    loaded = load_model(model)
    where = {option.name: values[option.name] for option in DATA}
    dataset, name, _ = examples(loaded, folder, where, values["split"])
    parity = export_model(
        loaded,
        values["output"] or folder,
        tuple(target.strip() for target in values["targets"].split(",")),
        examples=dataset,
        max_examples=values["examples"],
        data=name,
        command=command_line(),
    )
    if values["json"]:
        return print_json(parity)
    columns = certificate_columns(parity)
    rows = [tuple(target.get(column) for column in columns) for target in parity["targets"]]
    title = f"{values['output'] or folder}: parity on {parity['examples']} examples of {name}"
    Console().print(table([column.replace("_", " ") for column in columns], rows, title=title))


export = with_signature(_export, [model_argument(), *DATA, *OWN], DOC)
