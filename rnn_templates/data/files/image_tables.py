"""Tables of images and their targets, beside an archive of the images."""

from pathlib import Path
from typing import NamedTuple

from rnn_templates.data.files.image_archive import is_image_archive
from rnn_templates.data.files.tables import column_names, find_text_error, read_rows
from rnn_templates.data.files.text_io import check_rejection_rate
from rnn_templates.data.splits import RejectedRow

SPLIT_COLUMN = "split"
SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}


class ImageRow(NamedTuple):
    """Valid row: an image and its target.

    Args:
        file: str; path of the table, or of the image if there is no table.
        line: int; line number in the table, or 0.
        split: "train", "validation", "test", or None if the source has no splits.
        image: str; name of the image in its archive.
        target: caption or class.

    Example:
        >>> ImageRow("flowers.csv", 2, None, "a.png", "daisy").target
        'daisy'
    """

    file: str
    line: int
    split: str | None
    image: str
    target: object


def parse_image_source(source, table_optional=False):
    """Returns the path of the archive and that of the table.

    Args:
        source: tuple of paths, or str with a comma between.
        table_optional: bool; whether the table may be absent, then it is None.

    Raises:
        ValueError: if these are not an archive and a table.

    Example:
        >>> [str(path) for path in parse_image_source("images.tar, captions.tsv")]
        ['images.tar', 'captions.tsv']
    """
    if isinstance(source, tuple | list):
        paths = [Path(path) for path in source]
    else:
        paths = [Path(source)] if Path(source).exists() else [Path(path.strip()) for path in str(source).split(",")]
    if len(paths) == 1 and table_optional:
        return paths[0], None
    if len(paths) != 2 or is_image_archive(paths[1]):
        names = ",".join(map(str, paths))
        raise ValueError(
            f"{names}: give images and a table with their names, such as images.tar,captions.tsv. A folder for each "
            "class, without a table, is for `train image_classification`."
        )
    return tuple(paths)


def iter_valid_rows(archive, table, image_column, target_column, find_target_error, delimiter=None):
    """Yields an `ImageRow` or a `RejectedRow` for each row of a table.

    Args:
        archive: `ImageArchive` of the images.
        table: path; an optional column "split" assigns rows to splits.
        image_column, target_column: str; names of the columns.
        find_target_error: function from a target and the name of its column to the reason why it is invalid, or None.
        delimiter: str; of the columns of a csv file; None finds it.

    Raises:
        ValueError: if a file name matches several images.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> from rnn_templates.data.files.image_archive import ImageArchive
        >>> Path("images").mkdir()
        >>> _ = Path("images/dog.png").write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> _ = Path("t.csv").write_text("image,label\\ndog.png,dog\\ncat.png,cat\\n")
        >>> [row.line for row in iter_valid_rows(ImageArchive("images"), "t.csv", "image", "label", lambda *_: None)]
        [2, 3]
    """
    has_splits = SPLIT_COLUMN in column_names(table, delimiter)
    columns = (image_column, target_column, *((SPLIT_COLUMN,) if has_splits else ()))
    for line, row in read_rows(table, columns, delimiter):
        reason, split, names = row if isinstance(row, str) else None, None, []
        if not reason and has_splits:
            split = SPLITS.get(str(row[2]).strip().lower())
            reason = None if split else f"the split {row[2]!r} is none of train, validation, test"
        reason = reason or find_text_error(row[0], image_column) or find_target_error(row[1], target_column)
        if not reason:
            names = archive.find(row[0].strip())
            reason = None if names else f"there is no {row[0].strip()!r} in {archive.path}"
        if len(names) > 1:
            raise ValueError(f"{table}:{line}: {row[0]!r} matches {' and '.join(names[:3])}; give the folder too.")
        reason = reason or archive.validate(names[0])
        yield RejectedRow(str(table), line, reason) if reason else ImageRow(str(table), line, split, names[0], row[1])


def accept_rows(rows, source, noun, find_error):
    """Separates valid rows from rejected ones.

    Args:
        rows: iterable of `ImageRow` and `RejectedRow`.
        source: path, for messages.
        noun: str; the unit, for messages.
        find_error: function from an `ImageRow` to the reason to reject it, or None.

    Returns:
        `accepted, rejected`: lists of `ImageRow` and of `RejectedRow`.

    Raises:
        ValueError: if there are no rows, or more than half of them are rejected.

    Example:
        >>> row = ImageRow("flowers.csv", 2, None, "a.png", "daisy")
        >>> accept_rows([row], "flowers.csv", "rows", lambda row: None)[0] == [row]
        True
    """
    accepted, rejected = [], []
    for row in rows:
        reason = row.reason if isinstance(row, RejectedRow) else find_error(row)
        if reason:
            rejected.append(RejectedRow(row.file, row.line, reason))
        else:
            accepted.append(row)
    if not accepted and not rejected:
        raise ValueError(f"{source}: there are no rows below the header.")
    check_rejection_rate(source, len(accepted) + len(rejected), rejected, noun)
    return accepted, rejected


def make_image_dataset(examples, size, target_spec):
    """Returns the dataset of a generator function of (encoded image, target).

    Args:
        examples: function that returns an iterator.
        size: int; number of examples.
        target_spec: `tf.TensorSpec` of a target.

    Example:
        >>> int(make_image_dataset(lambda: iter([(b"", 1)]), 1, tf.TensorSpec((), tf.int64)).cardinality())
        1
    """
    import tensorflow as tf

    dataset = tf.data.Dataset.from_generator(examples, output_signature=(tf.TensorSpec((), tf.string), target_spec))
    return dataset.apply(tf.data.experimental.assert_cardinality(size))
