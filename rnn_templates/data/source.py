"""The three doors to data."""

from pathlib import Path


def load(
    source,
    *,
    text="text",
    label="label",
    validation_data=None,
    test_data=None,
    label_separator=None,
    label_names=None,
    validation=0.1,
    validation_block=1,
    seed=1,
    manual_dir=None,
    data_dir=None,
):
    """Returns the raw splits of a data set.

    Args:
        source: "reviews" (generated), the TFDS name of a data set ("imdb_reviews", "glue/sst2", "goemotions"), or the
            path of a csv, tsv or jsonl file, plain or compressed (.gz, .xz, .bz2).
        text, label: columns of the file.
        validation_data, test_data: files of the same form, or None.
        label_separator: what stands between the labels of a text that may bear several, or None for one label.
        label_names: dict from the labels of the file to better names.
        validation: fraction of the training split to hold out where there is no validation split.
        validation_block: how many neighbours are held out together; more than 1 where neighbours belong together, as
            reviews of one film do.
        seed: of that choice, a non-negative integer.
        manual_dir: folder with files of a TFDS data set that were downloaded before.
        data_dir: where TFDS keeps prepared data, or None for its default.

    Returns:
        `rnn_templates.data.splits.Splits`.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if the name is unknown, or nothing usable is in the file.

    Example:
        >>> splits = load("reviews")
        >>> text, label = next(iter(splits.train))
    """
    if looks_like_file(source):
        from rnn_templates.data.files import load_files

        splits = load_files(
            source,
            text=text,
            label=label,
            validation_data=validation_data,
            test_data=test_data,
            label_separator=label_separator,
            label_names=label_names,
        )
    else:
        if validation_data or test_data:
            raise ValueError(f"{source} has splits of its own; further files go with a file as the source.")
        from rnn_templates.data.named import load_named

        splits = load_named(source, manual_dir=manual_dir, data_dir=data_dir)
    return splits if splits.validation is not None else splits.hold_out(validation, seed, validation_block)


def looks_like_file(source):
    """Whether a source is meant as a path: it is there, or ends like a file."""
    endings = {".csv", ".tsv", ".jsonl", ".txt", ".gz", ".xz", ".bz2", ".json"}
    return Path(source).is_file() or Path(source).suffix.lower() in endings
