"""`rnn-templates export`."""

from pathlib import Path

from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.examples import UNUSED_OPTIONS, check_model_and_data, load_examples, model_folder
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, command_line, make_table
from rnn_templates.utils import output_folder
from rnn_templates.utils.tensorflow_import import quiet_stderr

HELP = """Export a trained model for servers and devices, and check that every file reproduces its predictions.

saved_model/ takes strings and needs only TensorFlow. model.tflite and model_int8.tflite take ids or pixels and need
only LiteRT; preprocessing.json, the vocabulary and the labels specify the preprocessing on the device."""


def export_files(
    model: Path,
    data,
    *,
    split: str | None = None,
    targets: str | None = None,
    examples: int = 1000,
    output: Path | None = None,
):
    """Exports a trained model.

    Args:
        model: folder of a trained model, a .keras file, or the name of a shipped model.
        data: `DataOptions`.
        split: train, validation or test; default the test split, or all examples of a file.
        targets: names of export targets, separated by commas; default all.
        examples: maximum number of examples for the comparison with Keras.
        output: folder to write; default that of the model.

    Returns:
        `Result`: the parity report.
    """
    from rnn_templates.export import export_model
    from rnn_templates.model_card import parity_columns
    from rnn_templates.saving import load_model

    folder = model_folder(model)
    loaded = load_model(model)
    dataset, name, _ = load_examples(data, loaded, folder, split)
    names = {} if targets is None else {"targets": tuple(target.strip() for target in targets.split(","))}
    with quiet_stderr():  # the converter and LiteRT write to it whatever the log level is
        parity = export_model(
            loaded,
            output or folder,
            **names,
            examples=dataset,
            max_examples=examples,
            data=name,
            command=command_line(),
        )
    files = [target["target"] for target in parity["targets"]]
    several = len(set(files)) < len(files)  # signatures of one file
    columns = [column for column in parity_columns(parity) if several or column != "signature"]
    rows = [tuple(target.get(column) for column in columns) for target in parity["targets"]]
    title = f"{output or folder}: parity on {parity['examples']} examples of {name}"
    return Result(parity, make_table([column.replace("_", " ") for column in columns], rows, title=title))


def make_command():
    """Returns the `Command` that exports a trained model.

    Example:
        >>> make_command().groups[0].names[0]
        'model'
    """

    def run(options, data):
        return export_files(data=DataOptions(**data), **options)

    def check(options, data):
        check_model_and_data(options["model"], data)
        if options["output"] is None and not options["model"].exists():
            raise ValueError(f"`--output` must be a folder for the files of the shipped model {options['model']}.")
        output_folder.check(options["output"] or model_folder(options["model"]).absolute())

    return Command(run, [OptionGroup(export_files), OptionGroup(DataOptions, skip=UNUSED_OPTIONS)], HELP, check)
