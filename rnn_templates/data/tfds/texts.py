"""Data sets by TFDS name."""

import dataclasses
import functools
import sys
from importlib import import_module
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from rnn_templates.data.splits import Rejected, Splits
from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.data.tfds.images import load_images
from rnn_templates.preprocessing.text.tag_schemes import sorted_labels


class _Known(NamedTuple):
    text: str | None  # None: pairs of texts; "image": pictures
    label: str | None = None  # None: every boolean feature is a label of its own
    labels: tuple = ("negative", "positive")
    validation: str | None = None
    test: str | None = "test"


KNOWN = {
    "reviews": _Known("text", "label", validation="validation"),
    "imdb_reviews": _Known("text", "label"),
    "glue/sst2": _Known("sentence", "label", test="validation"),  # the labels of its test split are secret
    "goemotions": _Known("comment_text", None, labels=(), validation="validation"),
    "messages": _Known("text", "entities", validation="validation"),
    "universal_dependencies/*": _Known("tokens", "upos", validation="dev"),
    "conll2003": _Known("tokens", "ner", validation="dev"),
    "wikiann/*": _Known("tokens", "tags", validation="validation"),
    "dates": _Known(None, validation="validation"),
    "dates/*": _Known(None, validation="validation"),
    "ted_hrlr_translate/*": _Known(None, validation="validation"),
    "para_crawl/*": _Known(None, test=None),
    "opus/*": _Known(None, test=None),
    "scenes": _Known("image", "caption", validation="validation"),
    "coco_captions": _Known("image", "captions", validation="val"),
    "glyphs": _Known("image", "label", validation="validation"),
    "mnist": _Known("image", "label"),
}
PLACES = ("type", "start", "end")
GENERATED = {"reviews": "Reviews", "messages": "Messages", "dates": "Dates", "scenes": "Scenes", "glyphs": "Glyphs"}


def load_tfds(name, *, text=None, label=None, pairs=False, manual_dir=None, data_dir=None):
    """Returns the raw splits of a data set that TFDS, or this package, knows by name.

    Args:
        name: one of `KNOWN`, with a language, a treebank or another part of the data set for the asterisk. Of pictures
            also a part of them, such as "coco_captions[:5000]"; see `load_images`.
        text: of translations, the language to read; None for the first one.
        label: of tagged sentences, the feature with the tags; None for the usual one. Of translations, the language to
            write.
        pairs: whether only pairs of texts, or captions, will do.
        manual_dir: folder with the files of its download, for a machine without a network.
        data_dir: where prepared data is kept, or None for the default of TFDS.

    Raises:
        ValueError: if the name is not known, or has no such feature or language, or no pairs.
        RuntimeError: if the data cannot be had; the message says how to go on.

    Example:
        >>> load_tfds("goemotions", manual_dir="downloads").multi_label
        True
    """
    known, name, part = find_dataset(name)
    if known is None:
        raise ValueError(
            f"There is no data set {name!r}. By name: {', '.join(KNOWN)}, with a language, a treebank or another part "
            "for *; a file ends in csv, tsv, jsonl, conll or conllu; pictures are a folder or a tar; two files, or "
            "pictures and a table, have a comma between."
        )
    pictures = known.text == "image"
    if part is not None and not pictures:
        raise ValueError(f"{name}: a part such as [{part}] can be had of pictures, not of texts.")
    if pairs and known.text is not None and (not pictures or known.label == "label"):
        names = ", ".join(key for key, value in KNOWN.items() if value.text is None)
        what = "pictures with classes" if pictures else "texts with labels"
        raise ValueError(f"{name} has {what}, not pairs of texts. Pairs by name: {names}.")
    family, _, member = name.partition("/")
    import tensorflow_datasets as tfds

    if family in GENERATED:
        made = getattr(import_module(f"rnn_templates.data.synthetic.{family}"), GENERATED[family])
        build = functools.partial(made, config=member or None)
    else:
        made, build = tfds.builder_cls(family), functools.partial(tfds.builder, name)
    try:
        builder = build(data_dir=data_dir)
    except Exception as error:
        parts = made.builder_configs
        reason = str(error)[:300] if not parts or member in parts else f"it has {', '.join(parts)[:1000]}."
        raise ValueError(f"TFDS has no {name!r}: {reason}") from error
    if family in GENERATED or not sys.stderr.isatty():
        tfds.disable_progress_bar()
    config = tfds.download.DownloadConfig(manual_dir=manual_dir, try_download_gcs=False)
    try:
        try:
            builder.download_and_prepare(download_config=config)
        except FileExistsError:  # another process prepared it at the same time, and was done first
            builder = build(data_dir=data_dir)
            builder.download_and_prepare(download_config=config)
    except Exception as error:
        raise RuntimeError(
            f"{name} could not be prepared ({type(error).__name__}: {str(error)[:300]}). Without a network, put the "
            "files of its download into a folder and name it with manual_dir (`--manual-dir`). If prepared data is "
            f"damaged, delete {builder.data_dir}."
        ) from error
    if pictures:
        return load_images(name, builder, known, label, part)
    if known.text is None:
        return _translated(name, builder, known, text, label)
    read = _tagged if known.text == "tokens" or known.label == "entities" else _labelled
    return read(name, builder, known, label)


def find_dataset(name):
    """Returns what is known of a data set, or None; its name without a part in brackets; and the part, or None.

    Example:
        >>> find_dataset("mnist[:100]")[1:]
        ('mnist', ':100')
    """
    whole, bracket, part = name.partition("[") if name.endswith("]") else (name, "", "")
    family, _, member = whole.partition("/")
    known = None if member == "*" else KNOWN.get(whole) or (KNOWN.get(f"{family}/*") if member else None)
    return known, whole, part[:-1] if bracket else None


def _translated(name, builder, known, text, label):
    """Splits of texts with their translations."""
    languages = builder.info.supervised_keys
    source, target = _direction(name, languages, text, label)
    splits, sizes, rejected = {}, {}, []
    for ours, theirs in _parts(known):
        splits[ours] = None
        if theirs is not None:
            rows = builder.as_dataset(split=theirs, shuffle_files=False)
            # sentences of opus end in a line break, and some are nothing else
            rows = rows.map(lambda row: (tf.strings.strip(row[source]), tf.strings.strip(row[target])))
            empty = [] if name.partition("/")[0] in GENERATED else _half_empty(rows)
            rejected += [Rejected(f"{name}[{theirs}]", number, "a side is empty") for number in empty]
            sizes[ours] = int(rows.cardinality()) - len(empty)
            if empty:
                rows = rows.filter(lambda *sides: (sides[0] != "") & (sides[1] != ""))
                rows = rows.apply(tf.data.experimental.assert_cardinality(sizes[ours]))
            splits[ours] = rows
    return Splits(name=name, labels=(), sizes=sizes, rejected=tuple(rejected), **splits)


def _direction(name, languages, text, label):
    """The language to read and the one to write."""
    for language in (text, label):
        if language not in (None, *languages):
            raise ValueError(f"{name} has no {language!r}; it has {' and '.join(languages)}.")
    source = text or next(one for one in languages if one != label)
    target = label or next(one for one in languages if one != source)
    if source == target:
        raise ValueError(f"{name}: text and label are both {source!r}; it has {' and '.join(languages)}.")
    if name.partition("/")[0] in GENERATED and source != languages[0]:
        raise ValueError(f"{name} goes from {target!r} to {source!r} alone: the way back has several answers.")
    return source, target


def _half_empty(rows):
    """The numbers of the rows with an empty side."""
    empty = rows.enumerate().filter(lambda _, sides: (sides[0] == "") | (sides[1] == ""))
    return [int(number) for number in empty.map(lambda number, _: number).as_numpy_iterator()]


def _labelled(name, builder, known, label):
    """Splits of texts with labels."""
    if label is not None and label != known.label:
        raise ValueError(f"{name}: its labels are fixed; `label` names a column of a file, or the tags of sentences.")
    features = builder.info.features
    labels = known.labels or tuple(key for key in features if np.dtype(features[key].np_dtype) == np.bool_)

    def example(row):
        if known.label is None:
            return row[known.text], tf.stack([tf.cast(row[label], tf.float32) for label in labels])
        return row[known.text], tf.cast(row[known.label], tf.int64)

    splits, sizes = {}, {}
    for ours, theirs in _parts(known):
        splits[ours] = None
        if theirs is not None:
            splits[ours] = builder.as_dataset(split=theirs, shuffle_files=False).map(example)
            sizes[ours] = int(splits[ours].cardinality())
    return Splits(name=name, labels=labels, multi_label=known.label is None, sizes=sizes, **splits)


def _tagged(name, builder, known, label):
    """Splits of sentences with a tag for every token."""
    label, features = label or known.label, builder.info.features
    if label not in features:
        raise ValueError(f"{name} has no feature {label!r}; it has {', '.join(features)}.")
    splits = {}
    for ours, theirs in _parts(known):
        if theirs is not None:
            rows = builder.as_dataset(split=theirs, shuffle_files=False).as_numpy_iterator()
            splits[ours] = _spans(rows, features) if label == "entities" else _tags(rows, features, label)
    # The set of tags is given with the data, not learned from it: those of all splits.
    labels = sorted_labels({tag for tagged in splits.values() for tags in tagged.tags for tag in tags})
    splits = {ours: dataclasses.replace(tagged, labels=tuple(labels)) for ours, tagged in splits.items()}
    datasets = {ours: splits[ours].dataset() if ours in splits else None for ours, _ in _parts(known)}
    sizes = {ours: len(tagged.tokens) for ours, tagged in splits.items()}
    return Splits(name=name, labels=tuple(labels), sizes=sizes, **datasets)


def _parts(known):
    return ("train", "train"), ("validation", known.validation), ("test", known.test)


def _tags(rows, features, label):
    """TaggedSentences sentences of tokens; ranges of words and empty nodes, which bear no part of speech, are left out."""
    feature = features[label].feature
    name = feature.int2str if hasattr(feature, "int2str") else lambda tag: tag.decode()
    words = features["upos"].feature.int2str if "upos" in features else None
    tokens, tags = [], []
    for row in rows:
        there = [words is None or words(int(upos)) != "_" for upos in row["upos" if words else "tokens"]]
        tokens.append([token.decode() for token, kept in zip(row["tokens"], there, strict=True) if kept])
        tags.append([name(tag) for tag, kept in zip(row[label], there, strict=True) if kept])
    return TaggedSentences(tokens, tags, (), None, [])


def _spans(rows, features):
    """TaggedSentences sentences of texts in which spans are marked."""
    kind = features["entities"]["type"].int2str
    texts, spans = [], []
    for row in rows:
        marked = row["entities"]
        texts.append(row["text"].decode())
        spans.append([(kind(int(t)), int(a), int(b)) for t, a, b in zip(*(marked[k] for k in PLACES), strict=True)])
    return TaggedSentences.from_spans(texts, spans)
