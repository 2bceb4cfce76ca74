"""`rnn-templates train --recipe NAME`: training, evaluation and export with the settings of a TOML file."""

import dataclasses
import os
import re
import tomllib
from pathlib import Path

from rich.console import Group

import rnn_templates
from rnn_templates import registry
from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.evaluate import evaluate_model
from rnn_templates.cli.examples import is_file
from rnn_templates.cli.export import export_files
from rnn_templates.cli.options import Command, OptionGroup
from rnn_templates.cli.output import Result, make_console
from rnn_templates.cli.train import make_result, train
from rnn_templates.cli.train_options import option_groups
from rnn_templates.utils import output_folder

HELP = """Train, evaluate and export with the settings of a recipe; flags override it.

A checkpoint is written after every epoch: the same command resumes an interrupted training."""
STAGES = {"train": None, "evaluate": evaluate_model, "export": export_files}
TABLES = ("data", "builder", "fit", "evaluate", "export")


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The settings of a training, from a TOML file; see recipes/README.md.

    Args:
        path: `Path` of the file.
        template: str; name of the template.
        description: str or None; for the model card.
        tables: dict of table name to its dict.
        files: dict of (table, key) to the value of a setting with an environment variable, which must be a file.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.toml").write_text('template = "sentiment"\\n[fit]\\nepochs = 3\\n')
        >>> Recipe.load("mine.toml").tables["fit"]
        {'epochs': 3}
    """

    path: Path
    template: str
    description: str | None
    tables: dict
    files: dict

    @classmethod
    def load(cls, name):
        """Reads a recipe.

        Args:
            name: str; path of a file, or name of a file in the folder `recipes`.

        Raises:
            FileNotFoundError: if there is no such recipe; the message lists the names.
            ValueError: if the file is not TOML, the template or a table does not exist, or an environment variable is
                not set.
        """
        path = _find(name)
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path}: {error}") from error
        for key, value in content.items():
            if key not in ("template", "description", *TABLES) or isinstance(value, dict) != (key in TABLES):
                raise ValueError(
                    f"{path}: unknown key `{key}`; a recipe has template, description, [{'], ['.join(TABLES)}]."
                )
        template, names = content.get("template"), registry.names()
        if template not in names:
            raise ValueError(f"{path}: `template` must be one of {', '.join(names)}; received {template!r}.")
        files = {}
        tables = {
            table: {key: _expand(value, path, table, key, files) for key, value in content[table].items()}
            for table in TABLES
            if table in content
        }
        return cls(path, template, content.get("description"), tables, files)

    def check(self, table, groups, renamed=None, skip=()):
        """Returns the settings of a table by the names of flags, after a check of keys and types.

        Args:
            table: str.
            groups: list of `OptionGroup`; the flags that the table can set.
            renamed: dict or None; keys of the table that have another name than the flag.
            skip: names of flags that the table cannot set.

        Raises:
            ValueError: naming file, table and key.
        """
        renamed = renamed or {}
        excluded = {*renamed.values(), *skip}
        known = [*renamed, *(name for group in groups for name in group.names if name not in excluded)]
        settings = {}
        for key, value in self.tables.get(table, {}).items():
            if key not in known:
                raise ValueError(f"{self.path}: [{table}] has an unknown key `{key}`; it can have {', '.join(known)}.")
            name = renamed.get(key, key)
            group = next(group for group in groups if name in group.names)
            try:
                group.check_type(name, value)
            except ValueError as error:
                raise ValueError(f"{self.path}: [{table}] {error}") from error
            settings[name] = value
        return settings

    def check_files(self, table, values):
        """Raises FileNotFoundError if a file of a table does not exist; values that flags override are not checked.

        Args:
            table: str.
            values: dict of key to the value in use.
        """
        for (owner, key), value in self.files.items():
            for part in str(value).split(","):
                if owner == table and values.get(key) == value and not Path(part.strip()).exists():
                    raise FileNotFoundError(f"{self.path}: [{table}] `{key}`: there is no file {part.strip()}.")


def is_requested(arguments):
    """Returns whether a command line is `train` with a recipe.

    Example:
        >>> is_requested(["train", "--recipe", "sentiment"])
        True
    """
    return arguments[:1] == ["train"] and any(re.match("--recipe(=|$)", argument) for argument in arguments)


def recipe_options(template: str | None = None, *, recipe: str, stages: str | None = None):
    """Declares the options of a recipe.

    Args:
        template: name of a template; must be that of the recipe.
        recipe: name of a recipe in the folder recipes, or a TOML file.
        stages: stages to run, separated by commas, of train, evaluate and export; default train and those for which the
            recipe has a table.
    """


def make_command(arguments):
    """Returns the `Command` that runs a recipe; the settings of the recipe are the defaults of its flags.

    Args:
        arguments: list of str; the command line with `--recipe`.

    Raises:
        ValueError: naming file, table and key, if a setting is wrong.
        FileNotFoundError: if there is no such recipe.
    """
    recipe = Recipe.load(_recipe_name(arguments))
    template = registry.get(recipe.template)
    data, output, vocabulary, builder, fit = option_groups(template, train)
    settings = {
        "output": Path("runs") / recipe.path.stem,
        **({"description": recipe.description} if recipe.description else {}),
        **recipe.check("data", [data], {"source": "data"}),
        **recipe.check("builder", [builder, vocabulary, output], skip=("output", "resume", "description")),
        **recipe.check("fit", [fit]),
    }
    tables = {
        stage: recipe.check(stage, [OptionGroup(function), OptionGroup(DataOptions)], skip=("model", "output"))
        for stage, function in STAGES.items()
        if function
    }

    def run(options, data, output, data_args, builder_args, fit_args):
        if options["template"] not in (None, recipe.template):
            raise ValueError(f"{recipe.path}: `template` is {recipe.template!r}; received {options['template']!r}.")
        stages = _stages(options["stages"], recipe)
        values = {**data, "source": data["data"], **builder_args, **output}
        for table in ("data", "builder"):
            recipe.check_files(table, values)
        for stage in stages:
            recipe.check_files(stage, tables.get(stage, {}))
        results = {}
        for stage in stages:
            make_console(stderr=True).print(f"{recipe.path.stem}: {stage}")
            if stage == "train":
                splits = DataOptions(**data).load(template.data_kind, fit_args["seed"])
                _, metrics = train(template, splits, data_args, builder_args, fit_args, **output)
                results[stage] = make_result(output["output"], metrics)
            else:
                held_out = None if is_file(data["data"]) else data["data"]  # None selects the held-out part of files
                given = {**data, "data": held_out}
                selected = DataOptions(**{name: tables[stage].get(name, value) for name, value in given.items()})
                more = {"update_card": True} if stage == "evaluate" else {}
                more |= {name: value for name, value in tables[stage].items() if name not in data}
                results[stage] = STAGES[stage](output["output"], selected, **more)
        views = Group(*(result.view for result in results.values()))
        return Result({stage: result.data for stage, result in results.items()}, views)

    def check(options, data, output, *_):
        output_folder.check(output["output"])

    groups = [OptionGroup(recipe_options), *option_groups(template, train, settings)]
    return Command(run, groups, f"{template.summary}\n\n{HELP}", check)


def _recipe_name(arguments):
    """The value of `--recipe`."""
    for position, argument in enumerate(arguments):
        if argument == "--recipe" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--recipe="):
            return argument.partition("=")[2]
    raise ValueError("`--recipe` must be the name or the file of a recipe.")


def _stages(names, recipe):
    """The stages to run, in their order."""
    if names is None:
        return ["train", *(stage for stage in ("evaluate", "export") if stage in recipe.tables)]
    names = [name.strip() for name in names.split(",")]
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        raise ValueError(f"`--stages` must be among {', '.join(STAGES)}; received {', '.join(unknown)}.")
    return [stage for stage in STAGES if stage in names]


def _find(name):
    """The path of a recipe: a file, or a name in ./recipes or in the folder of the repository."""
    folders = [Path("recipes"), Path(rnn_templates.__file__).parents[1] / "recipes"]
    for path in (Path(name), *(folder / f"{name}.toml" for folder in folders)):
        if path.is_file():
            return path
    names = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    raise FileNotFoundError(f"There is no recipe {name!r}; there are {', '.join(names) or 'none'}.")


def _expand(value, path, table, key, files):
    """A setting with environment variables in the place of ${NAME}, and a dict as "a=b,c=d", the form of flags."""
    if isinstance(value, dict):
        return ",".join(f"{name}={_expand(inner, path, table, key, files)}" for name, inner in value.items())
    if not isinstance(value, str):
        return value

    def replace(match):
        if match.group(1) not in os.environ:
            raise ValueError(f"{path}: [{table}] `{key}`: the environment variable {match.group(1)} is not set.")
        return os.environ[match.group(1)]

    expanded = re.sub(r"\$\{(\w+)\}", replace, value)
    if expanded != value:
        files[table, key] = expanded
    return expanded
