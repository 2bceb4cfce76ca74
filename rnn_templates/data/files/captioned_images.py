"""Captioned images: an archive of images, and a table of their captions."""

import dataclasses
from typing import ClassVar

import numpy as np

from rnn_templates.data.files.image_archive import ImageArchive
from rnn_templates.data.files.image_tables import accept_rows, iter_valid_rows, make_image_dataset, parse_image_source
from rnn_templates.data.files.tables import find_text_error
from rnn_templates.data.splits import Examples
from rnn_templates.preprocessing.text.captions import normalize_caption


@dataclasses.dataclass(frozen=True)
class CaptionedImages(Examples):
    """Images of an archive with one or more captions each.

    Args:
        archive: `ImageArchive` of the images.
        captions: dict from the name of an image to the list of its captions (bytes).
        rejected: list of `RejectedRow`.

    Example:
        >>> len(CaptionedImages(None, {"a.png": [b"A dog."]}, []))
        1
    """

    archive: ImageArchive
    captions: dict
    rejected: list
    labels: ClassVar[tuple] = ()
    multi_label: ClassVar[bool] = False

    def __len__(self):
        return len(self.captions)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (encoded image, captions (n,)), strings; images are read on access."""
        import tensorflow as tf

        def examples():
            for name, captions in self.captions.items():
                yield self.archive.read(name), np.array(captions, dtype=object)

        return make_image_dataset(examples, len(self), tf.TensorSpec((None,), tf.string))


def read_captioned_splits(source, *, input_column=None, target_column=None, delimiter=None):
    """Reads the captioned images of each split.

    Arguments and errors are those of `read_captioned_images`. A column "split" of the table assigns images to splits:
    train, validation (val, dev) or test. Rows with another value are rejected.

    Returns:
        `splits, rejected`: dict from split name, or None if there is no such column, to `CaptionedImages`; and the list
        of `RejectedRow`.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> Path("images").mkdir()
        >>> _ = Path("images/dog.png").write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> _ = Path("captions.csv").write_text("image,caption,split\\ndog.png,A dog.,val\\n")
        >>> splits, rejected = read_captioned_splits("images,captions.csv")
        >>> list(splits), rejected
        (['validation'], [])
    """
    images, table = parse_image_source(source)
    archive = ImageArchive(images)
    split_of = {}

    def find_error(row):
        split = split_of.setdefault(row.image, row.split)
        return None if split == row.split else f"{row.image} is in the split {split!r} already"

    columns = input_column or "image", target_column or "caption"
    rows = iter_valid_rows(archive, table, *columns, _find_caption_error, delimiter)
    accepted, rejected = accept_rows(rows, table, "rows", find_error)
    captions = {}
    for row in accepted:
        captions.setdefault(row.split, {}).setdefault(row.image, []).append(row.target.strip().encode())
    return {split: CaptionedImages(archive, found, []) for split, found in captions.items()}, rejected


def read_captioned_images(source, *, input_column=None, target_column=None, delimiter=None):
    """Reads images and their captions.

    Rows that cannot be used, such as those of a damaged image, go to `rejected`. If the table has a column "split" with
    test rows, only these are read.

    Args:
        source: archive and table, as a tuple of paths or as a str with a comma between. The archive: a folder with
            subfolders, or a tar, plain or compressed. The table: csv, tsv or jsonl, plain or compressed, with one row a
            caption; an image is given by its path in the archive, or by its file name.
        input_column: str; column of the image; None for "image".
        target_column: str; column of the caption; None for "caption".
        delimiter: str; of the columns of a csv file; None finds it.

    Returns:
        `CaptionedImages`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match a suffix, a column is missing, a file name matches several images, or
            more than half of the rows are invalid.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> Path("images").mkdir()
        >>> _ = Path("images/dog.png").write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> _ = Path("captions.csv").write_text("image,caption\\ndog.png,A dog.\\ndog.png,It runs.\\n")
        >>> read_captioned_images(("images", "captions.csv")).captions["dog.png"]
        [b'A dog.', b'It runs.']
    """
    columns = {"input_column": input_column, "target_column": target_column, "delimiter": delimiter}
    splits, rejected = read_captioned_splits(source, **columns)
    chosen = next((split for split in (None, "test") if split in splits), None)
    whole = {name: captions for examples in splits.values() for name, captions in examples.captions.items()}
    captions = splits[chosen].captions if chosen in splits else whole
    archive = next(iter(splits.values())).archive
    return CaptionedImages(archive, captions, rejected)


def _find_caption_error(value, column):
    error = find_text_error(value, column, allow_surrogates=False)
    return error or (None if normalize_caption(value) else f"no word in {column!r}")
