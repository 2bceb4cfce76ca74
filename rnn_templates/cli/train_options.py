"""The flags of `rnn-templates train`, from signatures that are read without importing TensorFlow."""

import inspect
from pathlib import Path

from rnn_templates.cli.data_help import data_help
from rnn_templates.cli.data_options import DataOptions
from rnn_templates.cli.help import ADVANCED, MODEL
from rnn_templates.cli.options import OptionGroup
from rnn_templates.cli.sizes import size_defaults
from rnn_templates.utils.arguments import component_names
from rnn_templates.utils.declaration import declare

TRAINING_COMPONENTS = ("loss", "optimizer", "regularization")


def option_groups(template, train, defaults=None):
    """Returns the groups of flags of `train`: data, output, vocabulary, builder and fit; a list of `OptionGroup`.

    Args:
        template: `rnn_templates.registry.Template`.
        train: `rnn_templates.cli.train.train`; its keyword-only arguments are flags too.
        defaults: dict or None; default values that replace those of the functions.

    Example:
        >>> from rnn_templates import registry
        >>> from rnn_templates.cli.train import train
        >>> option_groups(registry.get("tagging"), train)[2].names
        ['vocabulary_size', 'min_count']
    """
    builder = template.declaration("builder")
    parameters = inspect.signature(builder).parameters
    defaults = {"data": template.datasets[0], "output": Path("runs") / template.name, **(defaults or {})}
    needs = {"pretrained_vectors": "pretrained_vectors", "balanced_class_weights": "class_weights"}
    skip = tuple(name for name, needed in needs.items() if needed not in parameters)
    texts, unused = data_help(template.data_kind)
    return [
        OptionGroup(DataOptions, ADVANCED, unused, defaults, texts),
        OptionGroup(train, ADVANCED, skip, defaults=defaults),
        OptionGroup(template.declaration("data_kwargs"), MODEL, defaults=defaults),
        OptionGroup(builder, _builder_panels(builder), defaults={**size_defaults(template), **defaults}),
        OptionGroup(declare("rnn_templates.training.fit:fit"), ADVANCED, defaults=defaults),
    ]


def _builder_panels(builder):
    """Dict from a flag of a builder to its heading: settings of training are not settings of the network."""
    components = component_names(builder)
    training = ("learning_rate", "dropout", "label_smoothing")
    return {
        name: ADVANCED if component in TRAINING_COMPONENTS or name in training else MODEL
        for name, component in components.items()
    }
