"""The three doors to data."""

from pathlib import Path

TAGGED = {".conll", ".conllu", ".bio", ".iob", ".iob2"}


def load(
    source,
    *,
    text=None,
    label=None,
    validation_data=None,
    test_data=None,
    pairs=False,
    label_separator=None,
    label_names=None,
    validation=0.1,
    validation_block_size=1,
    seed=1,
    manual_dir=None,
    data_dir=None,
):
    """Returns the raw splits of a data set.

    Args:
        source: "reviews", "messages", "dates", "scenes" or "glyphs" (generated; also "dates/en_fr"), the TFDS name of
            a data set ("imdb_reviews", "glue/sst2", "goemotions"; "universal_dependencies/en_ewt", "conll2003",
            "wikiann/en"; "ted_hrlr_translate/pt_to_en", "para_crawl/ende", "opus/medical"; "mnist", "coco_captions" or
            a part such as "coco_captions[:5000]"), or the path of a file, plain or compressed (.gz, .xz, .bz2): csv,
            tsv or jsonl for texts with labels, conll, bio or conllu for sentences with a tag for every word. Two text
            files with a sentence and its translation in the same line are a tuple of paths, or both in one string with
            a comma between: "train.en,train.de". So are a folder or a tar of pictures and the table of their captions
            or classes: "images.tar,captions.tsv". A folder or a tar alone has a folder of pictures for every class.
        text, label: columns of the file; None for "text" and "label", of pairs for "source" and "target", of pictures
            for "image" and "caption" or "label", of tagged sentences for the first and the last column, in conllu for
            the forms and "upos". For a TFDS data set of tagged sentences `label` is the feature with the tags, such as
            "xpos"; for one of translations they are the languages to read and to write, such as "en" and "pt".
        validation_data, test_data: files of the same form, or None.
        pairs: whether a table holds texts with a text each, such as its translation, instead of labels; or pictures
            with captions instead of classes, where `label` does not tell.
        label_separator: what stands between the labels of a text that may bear several, or None for one label.
        label_names: dict from the labels of the file to better names.
        validation: fraction of the training split to hold out where there is no validation split.
        validation_block_size: how many neighbours are held out together; more than 1 where neighbours belong together, as
            reviews of one film do.
        seed: of that choice, a non-negative integer.
        manual_dir: folder with files of a TFDS data set that were downloaded before.
        data_dir: where TFDS keeps prepared data, or None for its default.

    Returns:
        `rnn_templates.data.splits.Splits`.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if the name is unknown, nothing usable is in the file, or it does not go with the other arguments.

    Example:
        >>> splits = load("reviews")
        >>> text, label = next(iter(splits.train))
    """
    further = {"validation_data": validation_data, "test_data": test_data}
    if looks_like_pictures(source):
        splits = _load_pictures(source, text, label, pairs, label_separator, label_names, further)
        return splits if splits.validation is not None else splits.hold_out(validation, seed, validation_block_size)
    pairs = pairs or any(map(looks_parallel, (source, validation_data, test_data)))
    if pairs and (looks_parallel(source) or looks_like_file(source)):
        from rnn_templates.data.files.text_pairs import load_parallel_files

        if label_separator is not None or label_names is not None:
            raise ValueError("label_separator and label_names go with labels; the target of a pair is a text.")
        splits = load_parallel_files(source, text=text, label=label, **further)
    elif looks_tagged(source):
        from rnn_templates.data.files.tagged_sentences import load_tagged_files

        columns = {"token": text, "label": label}
        columns = {name: value for name, value in columns.items() if value is not None}
        splits = load_tagged_files(source, **further, **columns)
    elif looks_like_file(source):
        from rnn_templates.data.files.labeled_texts import load_files

        splits = load_files(
            source,
            text=text or "text",
            label=label or "label",
            **further,
            label_separator=label_separator,
            label_names=label_names,
        )
    else:
        if validation_data or test_data:
            raise ValueError(f"{source} has splits of its own; further files go with a file as the source.")
        from rnn_templates.data.tfds.texts import load_tfds

        splits = load_tfds(source, text=text, label=label, pairs=pairs, manual_dir=manual_dir, data_dir=data_dir)
    return splits if splits.validation is not None else splits.hold_out(validation, seed, validation_block_size)


def _load_pictures(source, text, label, pairs, label_separator, label_names, further):
    from rnn_templates.data.files.captioned_images import has_column, load_captioned, parse_image_source
    from rnn_templates.data.files.classified_images import load_classified_images

    if label_separator is not None:
        raise ValueError("label_separator goes with texts; a picture has one class.")
    _, table = parse_image_source(source, alone=True)
    told = label or next((column for column in ("caption", "label") if table and has_column(table, column)), None)
    if not pairs and (table is None or told not in ("caption", None) or label_names is not None):
        columns = {"text": text, "label": label, "label_names": label_names}
        return load_classified_images(source, **columns, **further)
    if label_names is not None:
        raise ValueError("label_names go with classes; the target of a picture is a caption.")
    return load_captioned(source, text=text, label=label, **further)


def looks_like_pictures(source):
    """Whether a source is meant as a folder or a tar of pictures, alone or with a table after a comma."""
    from rnn_templates.data.files.image_archive import is_image_archive

    if isinstance(source, tuple | list):
        return bool(source) and is_image_archive(source[0])
    path = Path(source)
    if path.is_dir():
        from rnn_templates.data.tfds.texts import find_dataset

        return isinstance(source, Path) or find_dataset(source)[0] is None  # mnist is the data set, ./mnist the folder
    return is_image_archive(path if path.is_file() else str(source).split(",")[0].strip())


def looks_parallel(source):
    """Whether a source is meant as two files: a tuple or a list, or a string with a comma that is no file itself."""
    return isinstance(source, tuple | list) or ("," in str(source) and not Path(source).is_file())


def looks_tagged(source):
    """Whether a source is the path of a file with a tag for every word."""
    suffixes = [suffix.lower() for suffix in Path(source).suffixes]
    return any(suffix in TAGGED for suffix in suffixes[-2:])


def looks_like_file(source):
    """Whether a source is meant as a path: it is there, or ends like a file; or as pictures."""
    if looks_like_pictures(source):
        return True
    endings = {*TAGGED, ".csv", ".tsv", ".jsonl", ".txt", ".gz", ".xz", ".bz2", ".json"}
    return Path(source).is_file() or Path(source).suffix.lower() in endings
