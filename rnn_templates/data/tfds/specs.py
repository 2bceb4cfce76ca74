"""Specifications of the data sets that have a name."""

import dataclasses
from typing import ClassVar

from rnn_templates.data.tfds.builders import prepare_builder
from rnn_templates.data.tfds.dataset_spec import DatasetSpec
from rnn_templates.data.tfds.images import load_captioned_images, load_classified_images
from rnn_templates.data.tfds.plain_texts import PlainTextsSpec
from rnn_templates.data.tfds.series import TimeSeriesSpec
from rnn_templates.data.tfds.texts import load_labeled_texts, load_tagged_sentences, load_text_pairs
from rnn_templates.utils.suggestions import suggest

SYNTHETIC = "rnn_templates.data.synthetic"


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabeledTextsSpec(DatasetSpec):
    """Texts with one class each, or with several labels.

    Args:
        text: str; feature of the text.
        label: str; feature of the class; None if each boolean feature is a label.
        labels: tuple of str; names of the classes; empty for the names of the boolean features.

    Example:
        >>> DATASETS["glue/sst2"].text
        'sentence'
    """

    kind: ClassVar[str] = "labeled_texts"
    text: str = "text"
    label: str | None = "label"
    labels: tuple = ("negative", "positive")

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        if target_column not in (None, self.label):
            raise ValueError(f"{name}: `target_column` must be None, its labels are fixed; received {target_column!r}.")
        return load_labeled_texts(self, builder, name)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextPairsSpec(DatasetSpec):
    """Text pairs, such as translations, in the two supervised keys.

    Args:
        one_way: bool; whether the pairs can be used only in the order of the supervised keys.
        complete: bool; whether no text is empty, so that the pairs need not be checked.

    Example:
        >>> DATASETS["dates"].one_way
        True
    """

    kind: ClassVar[str] = "text_pairs"
    one_way: bool = False
    complete: bool = False

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        return load_text_pairs(self, builder, name, input_column, target_column)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaggedSentencesSpec(DatasetSpec):
    """Sentences with a tag for each token, or texts with spans.

    Args:
        tags: str; default feature of the tags, or feature of the spans.
        spans: bool; whether the feature `tags` holds spans (type, start, end) of the feature "text".

    Example:
        >>> DATASETS["conll2003"].tags
        'ner'
    """

    kind: ClassVar[str] = "tagged_sentences"
    tags: str
    spans: bool = False

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        return load_tagged_sentences(self, builder, name, target_column)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassifiedImagesSpec(DatasetSpec):
    """Images with one class each.

    Args:
        target: str; feature of the class.

    Example:
        >>> DATASETS["glyphs"].sliceable
        True
    """

    kind: ClassVar[str] = "classified_images"
    sliceable: ClassVar[bool] = True
    target: str = "label"

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        _check_target(name, self.target, target_column)
        return load_classified_images(self, builder, name, train_slice)


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaptionedImagesSpec(DatasetSpec):
    """Images with one or more captions each.

    Args:
        target: str; feature of the caption, or of the sequence of captions.

    Example:
        >>> DATASETS["coco_captions"].target
        'captions'
    """

    kind: ClassVar[str] = "captioned_images"
    sliceable: ClassVar[bool] = True
    target: str = "caption"

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        _check_target(name, self.target, target_column)
        return load_captioned_images(self, builder, name, train_slice)


def _check_target(name, target, target_column):
    if target_column not in (None, target):
        raise ValueError(f"{name}: `target_column` must be None or {target!r}; received {target_column!r}.")


_DATES = TextPairsSpec(builder=f"{SYNTHETIC}.dates:Dates", validation="validation", one_way=True, complete=True)

DATASETS = {
    "reviews": LabeledTextsSpec(builder=f"{SYNTHETIC}.reviews:Reviews", validation="validation"),
    "imdb_reviews": LabeledTextsSpec(),
    "glue/sst2": LabeledTextsSpec(text="sentence", test="validation"),  # the labels of its test split are not public
    "goemotions": LabeledTextsSpec(text="comment_text", label=None, labels=(), validation="validation"),
    "messages": TaggedSentencesSpec(
        builder=f"{SYNTHETIC}.messages:Messages", tags="entities", spans=True, validation="validation"
    ),
    "universal_dependencies/*": TaggedSentencesSpec(tags="upos", validation="dev"),
    "conll2003": TaggedSentencesSpec(tags="ner", validation="dev"),
    "wikiann/*": TaggedSentencesSpec(tags="tags", validation="validation"),
    "dates": _DATES,
    "dates/*": _DATES,
    "ted_hrlr_translate/*": TextPairsSpec(validation="validation"),
    "para_crawl/*": TextPairsSpec(test=None),
    "opus/*": TextPairsSpec(test=None),
    "scenes": CaptionedImagesSpec(builder=f"{SYNTHETIC}.scenes:Scenes", validation="validation"),
    "coco_captions": CaptionedImagesSpec(target="captions", validation="val"),
    "glyphs": ClassifiedImagesSpec(builder=f"{SYNTHETIC}.glyphs:Glyphs", validation="validation"),
    "mnist": ClassifiedImagesSpec(),
    "demand": TimeSeriesSpec(builder=f"{SYNTHETIC}.demand:Demand", step=3600, known=("holiday",), test=None),
    "sensors": TimeSeriesSpec(
        builder=f"{SYNTHETIC}.sensors:Sensors", step=3600, label="is_anomaly", split_sizes=(0.45, 0.15, 0.4), test=None
    ),
    "python_sources": PlainTextsSpec(builder=f"{SYNTHETIC}.python_sources:PythonSources", validation="validation"),
    # the last 10 % of the characters, of which the first half is the validation split
    "tiny_shakespeare": PlainTextsSpec(validation="validation", test="validation+test"),
}


def register(name, spec):
    """Adds a data set that `rnn_templates.load` finds by name, for this process.

    Args:
        name: str; TFDS name, with "/*" for any config of it, or the name of `spec.builder`.
        spec: `DatasetSpec`; its `kind` may be one of another package's template.

    Raises:
        TypeError: if `spec` is not a `DatasetSpec`.
        ValueError: if the name is taken by another spec.

    Example:
        >>> register("yelp_polarity_reviews", LabeledTextsSpec())
        >>> del DATASETS["yelp_polarity_reviews"]
    """
    if not isinstance(spec, DatasetSpec):
        raise TypeError(f"register: `spec` must be a DatasetSpec; received {type(spec).__name__}.")
    if DATASETS.setdefault(name, spec) != spec:
        raise ValueError(f"register: `name` {name!r} is taken by {DATASETS[name]}.")


def find_dataset(name):
    """Looks up a data set by name.

    Returns:
        `spec, name, train_slice`: the `DatasetSpec` or None; the name without a slice; and the slice or None.

    Example:
        >>> find_dataset("mnist[:100]")[1:]
        ('mnist', ':100')
    """
    name = str(name)
    whole, bracket, train_slice = name.partition("[") if name.endswith("]") else (name, "", "")
    family, _, config = whole.partition("/")
    spec = None if config == "*" else DATASETS.get(whole) or (DATASETS.get(f"{family}/*") if config else None)
    return spec, whole, train_slice[:-1] if bracket else None


def get_dataset(name):
    """Returns the `DatasetSpec` of a data set.

    Raises:
        ValueError: if there is none of this name; the message lists the names.

    Example:
        >>> get_dataset("wikiann/en").tags
        'tags'
    """
    spec, name, _ = find_dataset(name)
    if spec is None:
        raise ValueError(
            f"There is no data set {name!r}.{suggest(name, DATASETS)} By name: {', '.join(DATASETS)}, with a language, "
            "a treebank or another config for *; a file ends in csv, tsv, jsonl, parquet, conll or conllu; images are "
            "a folder or a tar; parallel files, or images and a table, are separated by a comma."
        )
    return spec


def load_tfds(name, *, input_column=None, target_column=None, manual_dir=None, data_dir=None):
    """Returns the raw splits of a data set of `DATASETS`.

    Args:
        name: str; key of `DATASETS`, with a language, a treebank or another config for the asterisk; of images also
            with a slice of the training split, such as "coco_captions[:5000]".
        input_column: str; source language of translations; None for the first one.
        target_column: str; feature of the tags of tagged sentences, or target language of translations; None for the
            default.
        manual_dir: path; folder with manually downloaded files, for a machine without a network.
        data_dir: path; where prepared data is kept; None for the default of TFDS.

    Raises:
        ValueError: if there is no data set of this name, or no such feature, language or slice.
        RuntimeError: if the data cannot be prepared; the message describes how to provide it.

    Example:
        >>> load_tfds("goemotions", manual_dir="downloads").multi_label  # doctest: +SKIP
        True
    """
    spec = get_dataset(name)
    _, name, train_slice = find_dataset(name)
    if train_slice is not None and not spec.sliceable:
        raise ValueError(
            f"{name}: a slice such as [{train_slice}] is for images, not for {spec.kind.replace('_', ' ')}."
        )
    builder = prepare_builder(name, spec.builder, manual_dir=manual_dir, data_dir=data_dir)
    return spec.load(builder, name, input_column=input_column, target_column=target_column, train_slice=train_slice)
