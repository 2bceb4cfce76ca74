"""The first hour of a new user: checks of what they try, and trainings without flags beside classical baselines.

    python benchmarks/first_hour.py                          # the checks, some minutes
    python benchmarks/first_hour.py --figures                # the trainings too, hours; the same command resumes
    python benchmarks/first_hour.py --figures --only wnut17  # one data set

Prints the tables that stand in RESULTS.md. Trainings and results are kept in `--output`. The CRF baseline needs
python-crfsuite, of the extra "benchmarks".
"""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from first_hour import checks, checks_a, checks_b, checks_c  # noqa: F401 (registers the checks)
from first_hour.data import ROOT, datasets
from first_hour.figures import figures

CHECK_HEADER = ("line", "tried", "result", "")
FIGURE_HEADER = ("data", "metric", "no flags", "baseline", "baseline is", "parameters", "epochs", "")


def main(
    output: Annotated[Path, typer.Option(help="Folder of the trainings.")] = Path("runs/first_hour"),
    only: Annotated[str, typer.Option(help="Lines or data sets, separated by commas; default all.")] = "",
    with_figures: Annotated[bool, typer.Option("--figures", help="Train without flags, beside baselines.")] = False,
    with_checks: Annotated[bool, typer.Option("--checks/--no-checks", help="Run the checks.")] = True,
):
    wanted = {name.strip() for name in only.split(",") if name.strip()}
    if not ROOT.is_dir():
        raise typer.BadParameter(f"there is no data in {ROOT}; set RNN_TEMPLATES_DATA.")
    output = output.absolute()
    if with_figures:
        rows = figures(datasets(output / "data"), output, wanted)
        print_table(FIGURE_HEADER, [_figure_row(row) for row in rows])
    if with_checks:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            rows = [one.run() for one in checks.CHECKS if not wanted or one.line in wanted]
        print_table(CHECK_HEADER, rows)
        print(f"\n{sum(row[-1] == 'ok' for row in rows)} of {len(rows)} ok")


def _figure_row(row):
    names = ("name", "measure", "model", "baseline", "baseline_name", "parameters", "epochs")
    return [*(row[name] for name in names), "ok" if row["won"] > row["lost"] else "not ok"]


def print_table(header, rows):
    """Prints a table in Markdown."""
    print()
    for row in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    typer.run(main)
