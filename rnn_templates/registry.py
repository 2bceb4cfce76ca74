"""The templates that the command line knows, without importing any of them."""

from importlib import import_module
from typing import NamedTuple


class Template(NamedTuple):
    """A template by name: where its builder lives, and one line on what it does."""

    name: str
    line: str
    data: tuple
    pairs: bool = False  # whether the target is a text, or several, and no label

    @property
    def module(self):
        """The template's module; imports TensorFlow."""
        return import_module(f"rnn_templates.templates.{self.name}")

    @property
    def builder(self):
        """The function that makes the model."""
        return getattr(self.module, f"{self.name}_model")


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
        Template(
            "translation",
            "Many to many, delayed: a text for a text (another language, another form, a summary).",
            ("dates", "dates/*", "ted_hrlr_translate/*", "para_crawl/*", "opus/*"),
            pairs=True,
        ),
        Template(
            "captioning",
            "One to many: a caption for a picture.",
            ("scenes", "coco_captions", "coco_captions[:5000]"),
            pairs=True,
        ),
        Template("image_classification", "One to one: a class for a picture.", ("glyphs", "mnist")),
    ]
}
