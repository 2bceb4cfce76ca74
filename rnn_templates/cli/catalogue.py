"""The templates that the command line knows, without importing any of them."""

import inspect
from importlib import import_module
from typing import NamedTuple


class Template(NamedTuple):
    """A template by name: where its builder lives, and one line on what it does."""

    name: str
    line: str
    data: tuple

    @property
    def module(self):
        """The template's module; imports TensorFlow."""
        return import_module(f"rnn_templates.templates.{self.name}")

    @property
    def builder(self):
        """The function that makes the model."""
        return getattr(self.module, f"{self.name}_model")

    def from_data(self, splits):
        """What the data says of the model besides its labels, as keyword arguments of the builder."""
        asked = "multi_label" in inspect.signature(self.builder).parameters
        return {"multi_label": splits.multi_label} if asked else {}


TEMPLATES = {
    template.name: template
    for template in [
        Template(
            "sentiment",
            "Many to one: labels for a text (sentiment, topic, emotion; one label or many).",
            ("reviews", "imdb_reviews", "glue/sst2", "goemotions"),
        ),
        Template(
            "tagging",
            "Many to many, aligned: a tag for every word (parts of speech, names, personal data).",
            ("messages", "universal_dependencies/*", "conll2003", "wikiann/*"),
        ),
    ]
}
