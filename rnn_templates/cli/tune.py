"""`rnn-templates tune TEMPLATE`."""

from pathlib import Path

from rich.console import Console

from rnn_templates.cli.options import data_options, keyword, load_data, signature_options, with_signature
from rnn_templates.cli.output import print_json, table
from rnn_templates.cli.train import report_rejected

DOC = """Trials are kept in the output folder: after an interruption the same command goes on with the next one."""


def command(template):
    """Returns the command that searches a template's hyperparameters."""
    data = data_options(template.datasets[0])
    dictating = signature_options(template.load("data_kwargs"), panel="Vocabulary")
    own = [
        keyword("output", Path, Path("runs") / f"{template.name}-tuning", help="Folder for the trials."),
        keyword("trials", int, 10, help="How many settings to try."),
        keyword("epochs", int, 5, help="Most epochs a trial."),
        keyword("batch_size", int, 32, help="Examples in a step."),
        keyword("seed", int, 1, help="Of the search, the weights and the order of the examples."),
        keyword("restart", bool, False, "--restart", help="Forget the trials that are done."),
        keyword("json", bool, False, "--json", help="Print the trials as JSON."),
    ]

    def tune(**values):
        from rnn_templates.training.tuning import tune as search

        where = {option.name: values[option.name] for option in data}
        splits = load_data(seed=values["seed"], kind=template.data_kind, **where)
        report_rejected(splits.rejected_rows, Console(stderr=True))
        dictated = template.load("data_kwargs")(splits, **{option.name: values[option.name] for option in dictating})
        trials = search(
            lambda **chosen: template.load("builder")(**dictated, **chosen),
            template.load("search_space"),
            splits,
            values["output"],
            builder=template.load("builder"),
            trials=values["trials"],
            epochs=values["epochs"],
            batch_size=values["batch_size"],
            seed=values["seed"],
            resume=not values["restart"],
        )
        if values["json"]:
            return print_json([trial._asdict() for trial in trials])
        names = list(trials[0].hyperparameters)
        rows = [(trial.id, trial.status, trial.score, *trial.hyperparameters.values()) for trial in trials]
        Console().print(table(("trial", "status", "val loss", *names), rows, title="Best first"))

    return with_signature(tune, [*data, *own, *dictating], DOC)
