"""Text data sets of TFDS: labeled texts, text pairs and tagged sentences."""

import dataclasses

import numpy as np

from rnn_templates.data.splits import RejectedRow, Splits
from rnn_templates.data.tagged_sentences import TaggedSentences
from rnn_templates.preprocessing.text.tag_schemes import sorted_labels

SPAN_FIELDS = ("type", "start", "end")


def load_labeled_texts(spec, builder, name):
    """Returns the `Splits` of labeled texts.

    Args:
        spec: `rnn_templates.data.tfds.specs.LabeledTextsSpec`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.

    Example:
        >>> load_labeled_texts(DATASETS["imdb_reviews"], builder, "imdb_reviews")  # doctest: +SKIP
    """
    import tensorflow as tf

    features = builder.info.features
    labels = spec.labels or tuple(key for key in features if np.dtype(features[key].np_dtype) == np.bool_)

    def example(row):
        if spec.label is None:
            return row[spec.text], tf.stack([tf.cast(row[label], tf.float32) for label in labels])
        return row[spec.text], tf.cast(row[spec.label], tf.int64)

    splits, sizes = {}, {}
    for split, tfds_split in spec.splits:
        splits[split] = None
        if tfds_split is not None:
            splits[split] = builder.as_dataset(split=tfds_split, shuffle_files=False).map(example)
            sizes[split] = int(splits[split].cardinality())
    return Splits(name=name, labels=labels, multi_label=spec.label is None, sizes=sizes, **splits)


def load_text_pairs(spec, builder, name, source=None, target=None):
    """Returns the `Splits` of text pairs.

    Pairs with an empty text go to `rejected_rows`.

    Args:
        spec: `rnn_templates.data.tfds.specs.TextPairsSpec`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.
        source, target: str; languages; None for the order of the supervised keys.

    Raises:
        ValueError: if there is no such language, or the pairs cannot be used in this direction.

    Example:
        >>> load_text_pairs(DATASETS["opus/*"], builder, "opus/medical", source="en")  # doctest: +SKIP
    """
    import tensorflow as tf

    source, target = _language_pair(spec, name, builder.info.supervised_keys, source, target)
    splits, sizes, rejected = {}, {}, []
    for split, tfds_split in spec.splits:
        splits[split] = None
        if tfds_split is not None:
            rows = builder.as_dataset(split=tfds_split, shuffle_files=False)
            # sentences of opus end in a line break, and some consist of nothing else
            rows = rows.map(lambda row: (tf.strings.strip(row[source]), tf.strings.strip(row[target])))
            empty = [] if spec.complete else _rows_with_empty_side(rows)
            rejected += [RejectedRow(f"{name}[{tfds_split}]", number, "a side is empty") for number in empty]
            sizes[split] = int(rows.cardinality()) - len(empty)
            if empty:
                rows = rows.filter(lambda *sides: (sides[0] != "") & (sides[1] != ""))
                rows = rows.apply(tf.data.experimental.assert_cardinality(sizes[split]))
            splits[split] = rows
    return Splits(name=name, labels=(), sizes=sizes, rejected_rows=tuple(rejected), **splits)


def _language_pair(spec, name, languages, source, target):
    """The source language and the target language."""
    for language in (source, target):
        if language not in (None, *languages):
            raise ValueError(f"{name} has no {language!r}; it has {' and '.join(languages)}.")
    source = source or next(one for one in languages if one != target)
    target = target or next(one for one in languages if one != source)
    if source == target:
        raise ValueError(
            f"{name}: `input_column` and `target_column` are both {source!r}; it has {' and '.join(languages)}."
        )
    if spec.one_way and source != languages[0]:
        raise ValueError(
            f"{name}: `input_column` must be {target!r}: the opposite direction is ambiguous; received {source!r}."
        )
    return source, target


def _rows_with_empty_side(rows):
    """The numbers of the rows with an empty source or target."""
    empty = rows.enumerate().filter(lambda _, sides: (sides[0] == "") | (sides[1] == ""))
    return [int(number) for number in empty.map(lambda number, _: number).as_numpy_iterator()]


def load_tagged_sentences(spec, builder, name, tags=None):
    """Returns the `Splits` of tagged sentences.

    Args:
        spec: `rnn_templates.data.tfds.specs.TaggedSentencesSpec`.
        builder: prepared `tfds.core.DatasetBuilder`.
        name: str; name of the data set.
        tags: str; feature of the tags; None for the default.

    Raises:
        ValueError: if there is no such feature.

    Example:
        >>> load_tagged_sentences(DATASETS["conll2003"], builder, "conll2003", "pos")  # doctest: +SKIP
    """
    tags, features = tags or spec.tags, builder.info.features
    if tags not in features:
        raise ValueError(f"{name} has no feature {tags!r}; it has {', '.join(features)}.")
    splits = {}
    for split, tfds_split in spec.splits:
        if tfds_split is not None:
            rows = builder.as_dataset(split=tfds_split, shuffle_files=False).as_numpy_iterator()
            read_spans = spec.spans and tags == spec.tags
            splits[split] = _read_spans(rows, features, tags) if read_spans else _read_tags(rows, features, tags)
    # The set of tags is defined by the data set, not estimated: the tags of all splits.
    labels = tuple(sorted_labels({tag for sentences in splits.values() for one in sentences.tags for tag in one}))
    return Splits.from_examples(
        name, {split: dataclasses.replace(sentences, labels=labels) for split, sentences in splits.items()}
    )


def _read_tags(rows, features, name):
    """Tagged sentences of tokens, without multiword tokens and empty nodes, which have no part of speech."""
    feature = features[name].feature
    tag_name = feature.int2str if hasattr(feature, "int2str") else lambda tag: tag.decode()
    upos_name = features["upos"].feature.int2str if "upos" in features else None
    tokens, tags, raw_texts = [], [], []
    for row in rows:
        raw_texts.append(row["text"].decode() if "text" in features else None)
        is_word = [upos_name is None or upos_name(int(upos)) != "_" for upos in row["upos" if upos_name else "tokens"]]
        tokens.append([token.decode() for token, kept in zip(row["tokens"], is_word, strict=True) if kept])
        tags.append([tag_name(tag) for tag, kept in zip(row[name], is_word, strict=True) if kept])
    return TaggedSentences(tokens, tags, (), None, [], raw_texts)


def _read_spans(rows, features, name):
    """Tagged sentences of texts with spans."""
    type_name = features[name]["type"].int2str
    texts, spans = [], []
    for row in rows:
        fields = zip(*(row[name][field] for field in SPAN_FIELDS), strict=True)
        texts.append(row["text"].decode())
        spans.append([(type_name(int(number)), int(start), int(end)) for number, start, end in fields])
    return TaggedSentences.from_spans(texts, spans)
