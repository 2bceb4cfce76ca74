"""Images with a class each: one folder a class, or a table."""

import dataclasses
from pathlib import PurePosixPath
from typing import ClassVar

from rnn_templates.data.files.image_archive import ImageArchive
from rnn_templates.data.files.image_tables import (
    SPLITS,
    ImageRow,
    accept_rows,
    iter_valid_rows,
    make_image_dataset,
    parse_image_source,
)
from rnn_templates.data.files.text_io import check_rejection_rate
from rnn_templates.data.splits import Examples, RejectedRow, sort_labels


@dataclasses.dataclass(frozen=True)
class ClassifiedImages(Examples):
    """Images of an archive with one class each.

    Args:
        archive: `ImageArchive` of the images.
        classes: dict from the name of an image to the name of its class.
        labels: tuple of str; names of the classes in the order of their numbers.
        rejected: list of `RejectedRow`.

    Example:
        >>> len(ClassifiedImages(None, {"a.png": "daisy"}, ("daisy", "rose"), []))
        1
    """

    archive: ImageArchive
    classes: dict
    labels: tuple
    rejected: list
    multi_label: ClassVar[bool] = False

    def __len__(self):
        return len(self.classes)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (encoded image, int64 class); images are read on access."""
        import tensorflow as tf

        number = {label: index for index, label in enumerate(self.labels)}

        def examples():
            for name, label in self.classes.items():
                yield self.archive.read(name), number[label]

        return make_image_dataset(examples, len(self), tf.TensorSpec((), tf.int64))


def read_classified_splits(source, *, input_column=None, target_column=None, label_names=None, delimiter=None):
    """Reads the classified images of each split.

    Arguments and errors are those of `read_classified_images`. Folders train, validation (val, dev) and test above
    those of the classes are splits, and so are the values of a column "split" of a table. The classes are those of the
    training split; images of other classes are rejected.

    Returns:
        `splits, rejected`: dict from split name, or None if there are no splits, to `ClassifiedImages`; and the list of
        `RejectedRow`.

    Raises:
        ValueError: also if there are fewer than two classes to train on.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> for name in ("daisy/1.png", "rose/2.png"):
        ...     Path("flowers", name).parent.mkdir(parents=True)
        ...     _ = Path("flowers", name).write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> splits, rejected = read_classified_splits("flowers")
        >>> splits[None].labels
        ('daisy', 'rose')
    """
    archive, found, rejected = _read_classes(source, (input_column, target_column), label_names, delimiter)
    labels = sort_labels({row.target for row in found.get(None, found.get("train", []))})
    if len(labels) < 2:
        only = f"only the class {labels[0]!r}" if labels else "no image"
        raise ValueError(
            f"{source}: there is {only} to train on; a classifier needs two, each with a folder or in a table."
        )
    return {split: _with_known_classes(archive, rows, labels) for split, rows in found.items()}, rejected


def read_classified_images(
    source, *, input_column=None, target_column=None, label_names=None, labels=None, delimiter=None
):
    """Reads images and their classes.

    Images that cannot be used go to `rejected`. If there are splits with a test split, only this is read.

    Args:
        source: archive (folder or tar) with one folder a class; or an archive and a table with one row an image, as for
            `rnn_templates.data.files.captioned_images.read_captioned_images`.
        input_column: str; column of the image; None for "image".
        target_column: str; column of the class; None for "label".
        label_names: dict from the classes of the source to other names, or None.
        labels: sequence of str; the classes of a trained model, other classes are rejected; None for those of the
            source.
        delimiter: str; of the columns of a csv file; None finds it.

    Returns:
        `ClassifiedImages`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the contents do not match a suffix, a column is missing, or more than half of the images are
            invalid.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> for name in ("daisy/1.png", "rose/2.png"):
        ...     Path("flowers", name).parent.mkdir(parents=True)
        ...     _ = Path("flowers", name).write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> read_classified_images("flowers", labels=("rose", "daisy")).classes
        {'daisy/1.png': 'daisy', 'rose/2.png': 'rose'}
    """
    archive, found, rejected = _read_classes(source, (input_column, target_column), label_names, delimiter)
    rows = found.get("test", [row for rows in found.values() for row in rows])
    labels = sort_labels({row.target for row in rows}) if labels is None else labels
    images = _with_known_classes(archive, rows, labels)
    return dataclasses.replace(images, rejected=rejected + images.rejected)


def _with_known_classes(archive, rows, labels):
    """The images whose class is one of the labels."""
    rejected = []
    for row in rows:
        if row.target not in labels:
            names = ", ".join(map(repr, labels[:10]))
            rejected.append(RejectedRow(row.file, row.line, f"the class {row.target!r} is none of {names}"))
    check_rejection_rate(archive.path, len(rows), rejected, "images")
    classes = {row.image: row.target for row in rows if row.target in labels}
    return ClassifiedImages(archive, classes, tuple(labels), rejected)


def _read_classes(source, columns, label_names, delimiter):
    """The archive, lists of `ImageRow` by split, and the list of `RejectedRow`."""
    images, table = parse_image_source(source, table_optional=True)
    archive = ImageArchive(images)
    names = {str(key): value for key, value in (label_names or {}).items()}
    if table is None:
        rows = _folder_rows(archive)
    else:
        columns = columns[0] or "image", columns[1] or "label"
        rows = iter_valid_rows(archive, table, *columns, _find_class_error, delimiter)
    seen = set()

    def find_error(row):
        repeated = row.image in seen
        seen.add(row.image)
        return f"{row.image} has a class already" if repeated else None

    accepted, rejected = accept_rows(rows, table or images, "rows" if table else "images", find_error)
    found = {}
    for row in accepted:
        label = str(row.target).strip()
        found.setdefault(row.split, []).append(row._replace(target=names.get(label, label)))
    return archive, found, rejected


def _find_class_error(value, column):
    empty = value is None or not str(value).strip() or str(value).strip().lower() == "nan"
    if empty:
        return f"no label in {column!r}"
    return "a line break in the label" if len(str(value).strip().splitlines()) > 1 else None


def _folder_rows(archive):
    """Yields an `ImageRow` or a `RejectedRow` for each file, whose folder is its class."""
    parts = {name: PurePosixPath(name).parts or (name,) for name in archive.names}  # "./" has no parts
    while len({one[0] for one in parts.values()}) == 1 and all(
        len(one) > 2 and one[0].lower() not in SPLITS for one in parts.values()
    ):  # a common parent folder
        parts = {name: one[1:] for name, one in parts.items()}
    has_splits = all(one[0].lower() in SPLITS for one in parts.values() if len(one) > 1)
    for name, one in parts.items():
        split = SPLITS[one[0].lower()] if has_splits and len(one) > 1 else None
        file = str(archive.path / name)
        reason = archive.validate(name) if len(one) > 1 + has_splits else "it is not in the folder of a class"
        yield RejectedRow(file, 0, reason) if reason else ImageRow(file, 0, split, name, one[has_splits])
