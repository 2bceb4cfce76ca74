"""`rnn-templates tune TEMPLATE`."""

from pathlib import Path

from rich.console import Console

from rnn_templates.cli.options import data_options, keyword, load_data, with_signature
from rnn_templates.cli.show import print_json, table
from rnn_templates.cli.train import report_rejected

DOC = """Trials are kept in the output folder: after an interruption the same command goes on with the next one."""


def command(template):
    """Returns the command that searches a template's hyperparameters."""
    data = data_options(template.module.DEFAULT_DATA)
    own = [
        keyword("output", Path, Path("runs") / f"{template.name}-tuning", help="Folder for the trials."),
        keyword("trials", int, 10, help="How many settings to try."),
        keyword("epochs", int, 5, help="Most epochs a trial."),
        keyword("batch_size", int, 32, help="Examples in a step."),
        keyword("vocabulary_size", int, 20000, help="Most frequent words to keep."),
        keyword("min_count", int, 2, help="Rarer words are unknown."),
        keyword("seed", int, 1, help="Of the search, the weights and the order of the examples."),
        keyword("restart", bool, False, "--restart", help="Forget the trials that are done."),
        keyword("json", bool, False, "--json", help="Print the trials as JSON."),
    ]

    def tune(**values):
        from rnn_templates.tuning import tune as search

        splits = load_data(seed=values["seed"], **{option.name: values[option.name] for option in data})
        report_rejected(splits.rejected, Console(stderr=True))
        counted = {"size": values["vocabulary_size"], "min_count": values["min_count"]}
        vocabulary = template.module.make_vocabulary(splits.train, **counted)
        trials = search(
            lambda **chosen: template.builder(vocabulary, splits.labels, **template.from_data(splits), **chosen),
            template.module.search_space,
            splits,
            values["output"],
            builder=template.builder,
            trials=values["trials"],
            epochs=values["epochs"],
            batch_size=values["batch_size"],
            seed=values["seed"],
            resume=not values["restart"],
        )
        if values["json"]:
            return print_json([trial._asdict() for trial in trials])
        names = list(trials[0].settings)
        rows = [(trial.number, trial.status, trial.score, *trial.settings.values()) for trial in trials]
        Console().print(table(("trial", "status", "val loss", *names), rows, title="Best first"))

    return with_signature(tune, [*data, *own], DOC)
