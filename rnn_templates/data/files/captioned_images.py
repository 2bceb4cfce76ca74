"""Your own pictures with captions: a folder or a tar of pictures, and a table with their captions."""

import dataclasses
from pathlib import Path

import numpy as np
import tensorflow as tf

from rnn_templates.data.files.image_archive import ImageArchive, is_image_archive
from rnn_templates.data.files.labeled_texts import find_text_error, read_rows
from rnn_templates.data.files.text_io import check_rejection_rate, format_suffix
from rnn_templates.data.files.text_pairs import LONE
from rnn_templates.data.splits import Rejected, Splits
from rnn_templates.preprocessing.text.captions import normalize_caption

SPLIT = "split"
SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}


def load_captioned(source, *, text=None, label=None, validation_data=None, test_data=None):
    """Returns the raw splits of captioned pictures; see `read_captioned` for a source.

    A column "split" of the table says which picture is of which split: train, validation (val, dev) or test. Rows with
    another one are left out, and told of in `rejected`.

    Raises:
        FileNotFoundError, ValueError: as `read_captioned`, and ValueError if there is nothing to train on, or further
            files are given to a table with splits.

    Example:
        >>> splits = load_captioned("images.tar,captions.tsv")
        >>> image, captions = next(iter(splits.train))
    """
    images, table = parse_image_source(source)
    album = ImageArchive(images)
    found, rejected = _captions(album, table, text, label)
    if None in found:
        found = {"train": found[None]}
    elif validation_data or test_data:
        raise ValueError(f"{table} has splits of its own; further files go with a table without a column {SPLIT!r}.")
    parts = {split: Captioned(album, captions, []) for split, captions in found.items()}
    for split, further in (("validation", validation_data), ("test", test_data)):
        if further is not None:
            parts[split] = read_captioned(further, text=text, label=label)
            rejected += parts[split].rejected
    return splits_of(f"{images},{table}", parts, rejected)


def splits_of(name, parts, rejected, labels=()):
    """Returns the `Splits` of what was read for each split."""
    if "train" not in parts:
        raise ValueError(f"{name}: there is nothing to train on; the splits are {', '.join(sorted(parts))}.")
    datasets = {split: parts[split].dataset() if split in parts else None for split in ("train", "validation", "test")}
    sizes = {split: len(parts[split]) for split in datasets if split in parts}
    return Splits(name=name, labels=tuple(labels), rejected=tuple(rejected), sizes=sizes, **datasets)


@dataclasses.dataclass(frozen=True)
class Captioned:
    """The usable pictures of a table, with their captions.

    Args:
        album: `ImageArchive` in which they are.
        captions: dict from the name of a picture to the list of its captions (bytes).
        rejected: list of `Rejected`.
    """

    album: ImageArchive
    captions: dict
    rejected: list

    def __len__(self):
        return len(self.captions)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (encoded picture, captions (n,)), strings; pictures are read on the way."""

        def examples():
            for name, captions in self.captions.items():
                yield self.album.read(name), np.array(captions, dtype=object)

        return dataset_of_pictures(examples, len(self), tf.TensorSpec((None,), tf.string))


def dataset_of_pictures(examples, size, target):
    """Returns the dataset of a generator of (encoded picture, target), and of so many examples."""
    dataset = tf.data.Dataset.from_generator(examples, output_signature=(tf.TensorSpec((), tf.string), target))
    return dataset.apply(tf.data.experimental.assert_cardinality(size))


def read_captioned(source, *, text=None, label=None):
    """Reads pictures and their captions.

    Rows that cannot be used, such as those of a damaged picture, are left out, and told of in `rejected` with file and
    line. If the table has a column "split" with test rows, only these are read.

    Args:
        source: the pictures and the table, as a tuple or as a string with a comma between. ImageArray: a folder, with all
            that is below it, or a tar, also compressed. The table: csv, tsv or jsonl, also compressed, with a row for
            every caption; a picture is named by its path in the folder or the tar, or without its folder.
        text, label: columns of the picture and of the caption; None for "image" and "caption".

    Returns:
        `Captioned`.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if a file is not what its name says, there is no such column, a name could mean several pictures, or
            more than half of the rows are of no use.

    Example:
        >>> read_captioned(("images", "captions.csv")).captions["dog.jpg"]
        [b'A dog runs.', b'A brown dog on grass.']
    """
    images, table = parse_image_source(source)
    album = ImageArchive(images)
    found, rejected = _captions(album, table, text, label)
    chosen = next((split for split in (None, "test") if split in found), None)
    everything = {name: captions for of_split in found.values() for name, captions in of_split.items()}
    return Captioned(album, found.get(chosen, everything), rejected)


def parse_image_source(source, alone=False):
    """Returns the paths of the pictures and of the table that a source means; `alone`: the table may be None."""
    if isinstance(source, tuple | list):
        paths = [Path(path) for path in source]
    else:
        paths = [Path(source)] if Path(source).exists() else [Path(path.strip()) for path in str(source).split(",")]
    if len(paths) == 1 and alone:
        return paths[0], None
    if len(paths) != 2 or is_image_archive(paths[1]):
        named = ",".join(map(str, paths))
        raise ValueError(f"{named}: wanted pictures and a table that names them, such as images.tar,captions.tsv.")
    return paths


def has_column(table, column):
    """Whether a table has a column; of jsonl, whether any row has it."""
    rows = read_rows(table, (column,))
    try:
        if format_suffix(table) == ".jsonl":
            return any(isinstance(values, list) for _, values in rows)
        next(rows, None)
    except ValueError:  # it has none, or it is no table, which shows when its rows are read
        return False
    return True


def _captions(album, table, text, label):
    """By split, and within it by the name of the picture, the lists of captions; and what was rejected."""
    found, rejected, split_of = {}, [], {}
    rows = list(iter_valid_rows(album, table, text or "image", label or "caption", _no_caption))
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append(row)
            continue
        line, split, name, caption = row
        if split_of.setdefault(name, split) != split:
            rejected.append(Rejected(str(table), line, f"{name} is in the split {split_of[name]!r} already"))
            continue
        found.setdefault(split, {}).setdefault(name, []).append(caption.strip().encode())
    if not rows:
        raise ValueError(f"{table}: there are no rows below the header.")
    check_rejection_rate(table, len(rows), rejected)
    return found, rejected


def _no_caption(value, column):
    reason = find_text_error(value, column)
    if not reason and LONE.search(value):
        reason = "half of a surrogate pair"
    return reason or (None if normalize_caption(value) else f"no word in {column!r}")


def iter_valid_rows(album, table, image, value, problem):
    """Yields `(line, split, name of the picture, value)` of a table, or `Rejected`; without splits that is None.

    Args:
        album: `ImageArchive` of the pictures.
        table: path.
        image, value: the names of two columns.
        problem: function from a value and the name of its column to why it is of no use, or None.
    """
    splits = has_column(table, SPLIT)
    for line, row in read_rows(table, (image, value, SPLIT) if splits else (image, value)):
        reason, split, names = row if isinstance(row, str) else None, None, []
        if not reason and splits:
            split = SPLITS.get(str(row[2]).strip().lower())
            reason = None if split else f"the split {row[2]!r} is none of train, validation, test"
        reason = reason or find_text_error(row[0], image) or problem(row[1], value)
        if not reason:
            names = album.find(row[0].strip())
            reason = None if names else f"there is no {row[0].strip()!r} in {album.path}"
        if len(names) > 1:
            raise ValueError(f"{table}:{line}: {row[0]!r} could be {' or '.join(names[:3])}; name the folder too.")
        reason = reason or album.problem(names[0])
        yield Rejected(str(table), line, reason) if reason else (line, split, names[0], row[1])
