"""The registry of templates: one record each, without TensorFlow."""

import inspect
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module, metadata

from rnn_templates.utils.declaration import declare
from rnn_templates.utils.size_rule import SizeRule

ENTRY_POINTS = "rnn_templates.templates"
BUILDER_PARTS = ("data_kwargs", "search_space")
_REGISTERED = {}


@dataclass(frozen=True)
class Demo:
    """Settings of `rnn-templates demo` for one template.

    Args:
        builder: keyword arguments of the builder.
        data: keyword arguments of the template's `data_kwargs`.
        fit: keyword arguments of `rnn_templates.fit`.
        inputs: raw inputs that the exported file predicts at the end; None for the first test examples.
        max_examples: number of training examples; None for all.
    """

    builder: Mapping = field(default_factory=dict)
    data: Mapping = field(default_factory=dict)
    fit: Mapping = field(default_factory=dict)
    inputs: tuple | None = None
    max_examples: int | None = None


@dataclass(frozen=True)
class Template:
    """The record of a template: names of its parts as "module:attribute", imported on first use.

    Args:
        name: identifier, also the name of its models.
        summary: one line: the topology, and what it is used for.
        builder: the function that returns a compiled model. Its module also defines `data_kwargs(splits, ...)`, the
            builder arguments that the data determines, and `search_space(hp)` for keras-tuner.
        task: the `rnn_templates.tasks.task.Task` subclass that the builder returns.
        evaluate: function from (model, dataset, *, baseline, num_worst) to a report.
        data_kind: kind of the examples, which selects the readers: "labeled_texts", "tagged_sentences", "text_pairs",
            "captioned_images", "classified_images" or "plain_texts".
        datasets: names of data sets; the first one is the default.
        size_rule: `SizeRule` or None; builder arguments that follow from the size of the training data, for `train`;
            None for the defaults of the builder.
        headline_metric: name of the metric that the demo prints.
        demo: `Demo`.

    Example:
        >>> get("sentiment").data_kind
        'labeled_texts'
    """

    name: str
    summary: str
    builder: str
    task: str
    evaluate: str
    data_kind: str
    datasets: tuple[str, ...]
    size_rule: SizeRule | None = None
    headline_metric: str = "accuracy"
    demo: Demo = Demo()

    def load(self, part):
        """Imports and returns the object that a field names.

        Args:
            part: "builder", "task" or "evaluate"; or "data_kwargs" or "search_space" of the builder's module.

        Raises:
            ImportError: if the module or the attribute does not exist.
        """
        module, _, attribute = self._reference(part).partition(":")
        try:
            return getattr(import_module(module), attribute)
        except AttributeError as error:
            raise ImportError(f"Template {self.name!r}: {module} has no {attribute!r}, its `{part}`.") from error

    def declaration(self, part):
        """Returns a function with the signature and docstring of a part, which imports the part when it is called.

        The declaration is read from the source, so that help and checks of arguments do not import TensorFlow. A part
        that cannot be read this way, of another package, is imported.

        Args:
            part: as for `load`, the name of a function.

        Raises:
            ImportError: if the module or the attribute does not exist.

        Example:
            >>> get("tagging").declaration("builder").__name__
            'tagging_model'
        """
        try:
            return declare(self._reference(part))
        except (ValueError, SyntaxError, OSError, ImportError, AttributeError):
            return self.load(part)

    def _reference(self, part):
        """The "module:attribute" of a part."""
        if part in BUILDER_PARTS:
            return f"{self.builder.partition(':')[0]}:{part}"
        return getattr(self, part)


def register(template):
    """Adds the template of another package to the registry, for this process.

    An installed package declares its templates in the entry-point group `rnn_templates.templates` instead.

    Args:
        template: `Template`.

    Raises:
        TypeError: if it is no `Template`.
        ValueError: if another template has the name.

    Example:
        >>> register(get("sentiment"))  # the same record again is accepted
    """
    if not isinstance(template, Template):
        raise TypeError(f"register: `template` must be a Template; received {type(template).__name__}.")
    known = _templates().get(template.name)
    if known is not None and known != template:
        raise ValueError(f"register: there is another template named {template.name!r}: {known.builder}.")
    _REGISTERED[template.name] = template


def names():
    """Returns the names of all templates, sorted.

    Example:
        >>> "translation" in names()
        True
    """
    return sorted(_templates())


def get(name):
    """Returns the `Template` with this name.

    Raises:
        ValueError: if there is none; the message lists the names.

    Example:
        >>> get("tagging").headline_metric
        'span_f1'
    """
    templates = _templates()
    if name not in templates:
        raise ValueError(f"There is no template {name!r}; there are {', '.join(sorted(templates))}.")
    return templates[name]


def of(model):
    """Returns the `Template` whose task class a model is an instance of.

    Raises:
        ValueError: if there is none.

    Example:
        >>> of(rt.image_classification_model(["0", "1"], image_size=12, units=4, filters=4)).name
        'image_classification'
    """
    tasks = {template.task: template for template in _templates().values()}
    for cls in inspect.getmro(type(model)):
        if found := tasks.get(f"{cls.__module__}:{cls.__qualname__}"):
            return found
    raise ValueError(
        f"{type(model).__name__} is not the task of a registered template; there are {', '.join(names())}."
    )


def _templates():
    """All templates by name: those of this package, registered ones, and those of installed packages."""
    templates = import_module("rnn_templates.templates")

    found = {name: import_module(f"{templates.__name__}.{name}").TEMPLATE for name in templates.NAMES}
    for point in _entry_points(tuple((folder, _modified(folder)) for folder in sys.path)):
        if point.name not in found:
            found[point.name] = point.load()
    return {**found, **_REGISTERED}


@lru_cache(maxsize=1)
def _entry_points(folders):
    """The entry points of the group. `folders` are those of `sys.path` and their times: a read takes 10 ms."""
    return tuple(metadata.entry_points(group=ENTRY_POINTS))


def _modified(folder):
    try:
        return os.stat(folder or ".").st_mtime_ns
    except OSError:
        return None
