"""Loads a data set: generated, from TFDS, or from files."""

import dataclasses

from rnn_templates.data.files.sources import FILE_SOURCES
from rnn_templates.data.frames import Frame, is_frame
from rnn_templates.data.kinds import suggest_templates, words
from rnn_templates.data.splits import Splits
from rnn_templates.data.text_splits import TextSplits
from rnn_templates.data.tfds.specs import DATASETS, get_dataset, load_tfds


class TfdsName:
    """The name of a TFDS or generated data set.

    Matches every source, so that it must be the last one to try.

    Example:
        >>> TfdsName().kinds("mnist")
        ('classified_images',)
    """

    description = "a data set"
    is_file = False

    def matches(self, source, kind=None):
        """Returns True: this is the last source to try."""
        return True

    def kinds(self, source, **_):
        """Returns the kind of the examples of the data set."""
        return (get_dataset(source).kind,)

    def load(self, source, extra_files, *, manual_dir, data_dir, **options):
        """Returns the `Splits`; arguments as for `load`."""
        if any(file is not None for file in extra_files.values()):
            raise ValueError(
                f"`validation_data` and `test_data` must be None for {source}, which has splits of its own."
            )
        columns = {name: options.pop(name) for name in ("input_column", "target_column")}
        unused = [name for name, value in options.items() if value is not None]
        if unused:
            raise ValueError(f"`{unused[0]}` must be None for {source}, which is no file.")
        return load_tfds(source, **columns, manual_dir=manual_dir, data_dir=data_dir)


SOURCES = (*FILE_SOURCES, TfdsName())


def load(
    source,
    *,
    kind=None,
    input_column=None,
    target_column=None,
    validation_data=None,
    test_data=None,
    label_separator=None,
    label_names=None,
    series_options=None,
    delimiter=None,
    validation=0.1,
    validation_block_size=1,
    seed=1,
    manual_dir=None,
    data_dir=None,
):
    """Returns the raw splits of a data set.

    Args:
        source: str, Path, tuple of paths, or a table in memory: a dict of columns, a DataFrame (pandas, polars) or a
            pyarrow `Table`, with the columns of a table file. Generated data: "reviews", "messages", "dates" (also
            "dates/en_fr"), "scenes", "glyphs". The TFDS name of a data set: "imdb_reviews", "glue/sst2", "goemotions";
            "universal_dependencies/en_ewt", "conll2003", "wikiann/en"; "ted_hrlr_translate/pt_to_en",
            "para_crawl/ende", "opus/medical"; "python_sources", "tiny_shakespeare"; "mnist", "coco_captions", or a
            slice of the training images, "coco_captions[:5000]". Files, plain or compressed (.gz, .xz, .bz2): a table
            (csv, tsv, jsonl, parquet) of labeled texts or of text pairs; tagged sentences (conll, bio, conllu, or a
            jsonl or parquet table with lists of "tokens" and "tags"); two parallel text files, ("train.en", "train.de")
            or "train.en,train.de"; plain texts without targets, a file, several, or a folder;
            a folder or a tar of images with one folder a class, or with a table of captions or classes,
            "images.tar,captions.tsv". Of `Splits` only the validation split is held out.
        kind: str; the kind of the examples, as `Template.data_kind`: "labeled_texts", "tagged_sentences", "text_pairs",
            "captioned_images", "classified_images", "plain_texts" or "time_series"; None infers it from the source.
        input_column: str; column of a table: of the texts (default "text"), of the source texts (default "source"), of
            the images (default "image") or of the stamps of time series (default "time", "date" or the like); number of
            the token column of a CoNLL file (default 0); source language of a TFDS translation data set, such as "en".
        target_column: str; column of a table: of the labels (default "label"), of the target texts (default "target"),
            of the captions or classes (default "caption" or "label"), or of the values of time series, separated by
            commas (default all others); number of the tag column of a CoNLL file (default -1)
            or name of one of CoNLL-U (default "upos"); tag feature of a TFDS data set, such as "xpos";
            target language of a TFDS translation data set.
        validation_data, test_data: files of the same form as `source`, or None.
        label_separator: str; separator of the labels of a text that may have several, or None for one label a text.
            Lists of labels need any separator.
        label_names: dict from the labels of the files to other names, or None.
        series_options: dict; `rnn_templates.data.series.options.SeriesOptions` of time series, or None.
        delimiter: str; character between the columns of a csv file, such as ";"; None finds it.
        validation: float in (0, 1); fraction of the training split to hold out if there is no validation split; of
            fewer than ten plain texts the last part of each.
        validation_block_size: positive int; number of consecutive examples that are held out together; more than 1 if
            consecutive examples are related, such as reviews of one film.
        seed: non-negative int; seed of the held-out examples.
        manual_dir: path; folder with files of a TFDS data set that were downloaded manually.
        data_dir: path; where TFDS keeps prepared data; None for its default.

    Returns:
        `rnn_templates.data.splits.Splits`.

    Raises:
        FileNotFoundError: if a file does not exist.
        ValueError: if there is no data set of this name, the source does not have this kind (the message names the
            template that fits), an option is not for this source, or a file has no usable examples.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.csv").write_text("text,label\\nfine,yes\\nbad,no\\ngood,yes\\nboring,no\\n")
        >>> splits = load("mine.csv", validation=0.25)
        >>> splits.labels, splits.sizes
        (('no', 'yes'), {'train': 3, 'validation': 1})
    """
    if isinstance(source, Splits):
        splits = source
    else:
        options = {"input_column": input_column, "target_column": target_column, "label_names": label_names}
        options |= {"delimiter": delimiter, "label_separator": label_separator, "series_options": series_options}
        extra_files = {"validation": _source(validation_data), "test": _source(test_data)}
        source = _source(source)
        found, kind = _find_common_kind(source, kind, [one for one in extra_files.values() if one is not None], options)
        if found.is_file:
            splits = _load_files(found, source, kind, extra_files, options, validation)
        else:
            splits = found.load(source, extra_files, manual_dir=manual_dir, data_dir=data_dir, **options)
        given = {name: value for name, value in options.items() if value is not None}
        held_out = {"validation": validation, "validation_block_size": validation_block_size, "seed": seed}
        held_out |= {f"{split}_data": _describe(file) for split, file in extra_files.items()}
        splits = dataclasses.replace(splits, kind=kind, options=given, held_out=held_out if found.is_file else {})
    return splits if splits.validation is not None else splits.hold_out(validation, seed, validation_block_size)


def _source(source):
    """A source with a table in memory as a `Frame`."""
    return Frame(source) if is_frame(source) and not isinstance(source, Frame) else source


def _describe(file):
    """A file, or two, as a str for the model card, or None."""
    return ",".join(map(str, file)) if isinstance(file, tuple | list) else None if file is None else str(file)


def read_labeled_file(
    source,
    kind,
    *,
    labels=None,
    input_column=None,
    target_column=None,
    label_separator=None,
    label_names=None,
    series_options=None,
    delimiter=None,
):
    """Reads the examples of one file, or of two parallel files.

    Args:
        source: str, Path or tuple of paths, as for `load`.
        kind: str; the kind of the examples, as for `load`.
        labels: sequence of str; the classes of a trained model, other labels are rejected; None for those of the file.
        input_column, target_column, label_separator, label_names, series_options, delimiter: as for `load`.

    Returns:
        `rnn_templates.data.splits.Examples`, with `dataset()`, `labels` and `rejected`.

    Raises:
        FileNotFoundError: if a file does not exist.
        ValueError: as for `load`, and if the source is not a file.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("test.csv").write_text("text,label\\nfine,yes\\nbad,no\\nhm,perhaps\\n")
        >>> examples = read_labeled_file("test.csv", "labeled_texts", labels=("no", "yes"))
        >>> len(examples), examples.rejected[0].line
        (2, 4)
    """
    columns = {"input_column": input_column, "target_column": target_column, "label_names": label_names}
    columns["delimiter"] = delimiter
    source = _source(source)
    found, kind = find_source(source, kind, **columns)
    if not found.is_file:
        raise ValueError(f"`source` must be a file; received {source!r}, {found.description}.")
    more = {"label_separator": label_separator, "series_options": series_options}
    return found.read(source, kind, labels=labels, **more, **columns)


def find_source(source, kind=None, **columns):
    """Returns the form of a source and the kind of its examples.

    Args:
        source: str, Path or tuple of paths, as for `load`.
        kind: str; the kind of the examples that are wanted; None for the most likely kind of the source.
        **columns: `input_column`, `target_column`, `label_names` and `delimiter`, as for `load`.

    Returns:
        `form, kind`: one of `SOURCES`, with `is_file` and `paths(source)`; and a str.

    Raises:
        ValueError: if there is no such data set, or the source does not have this kind.

    Example:
        >>> find_source("train.en,train.de")[1]
        'text_pairs'
    """
    found = next(form for form in SOURCES if form.matches(source, kind))
    kinds = found.kinds(source, **columns)
    if kind is None:
        return found, kinds[0]
    if kind not in kinds:
        raise ValueError(_describe_mismatch(source, found, kinds, kind))
    return found, kind


def _describe_mismatch(source, found, kinds, kind):
    """The error message for a source that does not have a kind of examples."""
    names = [name for name, spec in DATASETS.items() if spec.kind == kind]
    known = f" Data sets of {words(kind)}: {', '.join(names)}." if names and not found.is_file else ""
    own = " or ".join(map(words, kinds))
    return f"{source} is {found.description} ({own}), not {words(kind)}; {suggest_templates(kinds)}.{known}"


def _find_common_kind(source, kind, extra_files, options):
    """The form of a source, and the most likely kind that all further files can have too."""
    columns = {name: value for name, value in options.items() if name not in ("label_separator", "series_options")}
    found, inferred = find_source(source, kind, **columns)
    if kind is not None or not extra_files or not found.is_file:
        return found, inferred
    common = [
        one
        for one in found.kinds(source, **columns)
        if all(one in find_source(file)[0].kinds(file, **columns) for file in extra_files)
    ]
    return found, (common or [inferred])[0]


def _load_files(found, source, kind, extra_files, options, validation):
    """The splits of a source of files and of the further files."""
    examples, rejected = found.read_splits(source, kind, validation=validation, **options)
    name = ",".join(map(str, found.paths(source))) or str(source)
    if None in examples:
        examples = {"train": examples[None]}
    elif any(file is not None for file in extra_files.values()):
        raise ValueError(f"`validation_data` and `test_data` must be None for {name}, which has splits of its own.")
    for split, file in extra_files.items():
        if file is not None:
            examples[split] = read_labeled_file(file, kind, labels=examples["train"].labels or None, **options)
    splits = TextSplits if kind == "plain_texts" else Splits
    return splits.from_examples(name, examples, rejected)
