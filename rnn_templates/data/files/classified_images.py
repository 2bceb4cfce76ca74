"""Your own pictures with a class each: folders that are named like the classes, or a table."""

import dataclasses
from pathlib import PurePosixPath

import tensorflow as tf

from rnn_templates.data.files.captioned_images import (
    SPLITS,
    dataset_of_pictures,
    iter_valid_rows,
    parse_image_source,
    splits_of,
)
from rnn_templates.data.files.image_archive import ImageArchive
from rnn_templates.data.files.text_io import check_rejection_rate
from rnn_templates.data.splits import Rejected


def load_classified_images(source, *, text=None, label=None, validation_data=None, test_data=None, label_names=None):
    """Returns the raw splits of pictures with classes; see `read_classified` for a source.

    Folders train, validation (val, dev) and test above those of the classes are the splits, and so is a column "split"
    of a table.

    Raises:
        FileNotFoundError, ValueError: as `read_classified`, and ValueError if there is nothing to train on, or further
            files are given to what has splits.

    Example:
        >>> load_classified_images("flowers").labels
        ('daisy', 'rose')
    """
    columns = {"text": text, "label": label, "label_names": label_names}
    album, found, rejected = _classes(source, **columns)
    if None in found:
        found = {"train": found[None]}
    elif validation_data or test_data:
        raise ValueError(f"{source} has splits of its own; further files go with one that has none.")
    labels = _sorted({label for _, _, label in found.get("train", [])})
    if len(labels) < 2:
        only = f"only the class {labels[0]!r}" if labels else "no picture"
        raise ValueError(f"{source}: there is {only} to train on; every class wants a folder, or a name in a table.")
    parts = {split: _known(album, rows, labels) for split, rows in found.items()}
    rejected += [row for part in parts.values() for row in part.rejected]
    for split, further in (("validation", validation_data), ("test", test_data)):
        if further is not None:
            parts[split] = read_classified(further, labels=labels, **columns)
            rejected += parts[split].rejected
    name = ",".join(map(str, source)) if isinstance(source, tuple | list) else str(source)
    return splits_of(name, parts, rejected, labels)


@dataclasses.dataclass(frozen=True)
class ClassifiedImages:
    """The usable pictures of a folder, a tar or a table, with their classes.

    Args:
        album: `ImageArchive` in which they are.
        classes: dict from the name of a picture to the name of its class.
        labels: names of the classes, in their order.
        rejected: list of `Rejected`.
    """

    album: ImageArchive
    classes: dict
    labels: tuple
    rejected: list

    def __len__(self):
        return len(self.classes)

    def dataset(self):
        """Returns the `tf.data.Dataset` of (encoded picture, int64 class); pictures are read on the way."""
        number = {label: index for index, label in enumerate(self.labels)}

        def examples():
            for name, label in self.classes.items():
                yield self.album.read(name), number[label]

        return dataset_of_pictures(examples, len(self), tf.TensorSpec((), tf.int64))


def read_classified(source, *, text=None, label=None, label_names=None, labels=None):
    """Reads pictures and their classes.

    ImageArray that cannot be used are left out, and told of in `rejected`, with the line of the table if there is one. If
    there are splits with a test split, only this is read.

    Args:
        source: a folder or a tar in which every class has a folder; or one, and a table with a row for every picture,
            as for `rnn_templates.data.files.captioned_images.read_captioned`.
        text, label: columns of the picture and of its class; None for "image" and "label".
        label_names: dict from the classes to better names, or None.
        labels: the classes that may occur, such as those of a trained model; None for those that do.

    Returns:
        `ClassifiedImages`.

    Raises:
        FileNotFoundError: if a file is not there.
        ValueError: if a file is not what its name says, there is no such column, or more than half of the pictures are
            of no use.

    Example:
        >>> read_classified("flowers.tar.gz", labels=model.labels).dataset()
    """
    album, found, rejected = _classes(source, text=text, label=label, label_names=label_names)
    everything = [row for rows in found.values() for row in rows]
    rows = found.get("test", everything)
    labels = _sorted({label for _, _, label in rows}) if labels is None else labels
    part = _known(album, rows, labels)
    return dataclasses.replace(part, rejected=rejected + part.rejected)


def _known(album, rows, labels):
    """The pictures whose class is one of the labels."""
    rejected = []
    for (file, line), _, label in rows:
        if label not in labels:
            known = ", ".join(map(repr, labels[:10]))
            rejected.append(Rejected(file, line, f"the class {label!r} is none of {known}"))
    check_rejection_rate(album.path, len(rows), rejected, "pictures")
    return ClassifiedImages(album, {name: label for _, name, label in rows if label in labels}, tuple(labels), rejected)


def _classes(source, *, text, label, label_names):
    """The album, lists of `((file, line), name, class)` by split, and what was rejected."""
    images, table = parse_image_source(source, alone=True)
    album = ImageArchive(images)
    names = {str(key): value for key, value in (label_names or {}).items()}
    found, rejected, seen = {}, [], set()
    if table is None:
        rows = list(_in_folders(album))
    else:
        rows = list(iter_valid_rows(album, table, text or "image", label or "label", _no_class))
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append(row)
            continue
        line, split, name, of = row
        place = (str(table), line) if table else (str(images / name), 0)
        if name in seen:
            rejected.append(Rejected(*place, f"{name} has a class already"))
            continue
        seen.add(name)
        of = str(of).strip()
        found.setdefault(split, []).append((place, name, names.get(of, of)))
    if not rows:
        raise ValueError(f"{table}: there are no rows below the header.")
    check_rejection_rate(table or images, len(rows), rejected, "rows" if table else "pictures")
    return album, found, rejected


def _no_class(value, column):
    empty = value is None or not str(value).strip() or str(value).strip().lower() == "nan"
    return f"no label in {column!r}" if empty else None


def _in_folders(album):
    """What `iter_valid_rows` yields, from the folders in which the pictures are."""
    parts = {name: PurePosixPath(name).parts for name in album.names}
    while len({one[0] for one in parts.values()}) == 1 and all(
        len(one) > 2 and one[0].lower() not in SPLITS for one in parts.values()
    ):  # a folder around everything
        parts = {name: one[1:] for name, one in parts.items()}
    splits = all(one[0].lower() in SPLITS for one in parts.values() if len(one) > 1)
    for name, one in parts.items():
        split = SPLITS[one[0].lower()] if splits and len(one) > 1 else None
        reason = album.problem(name) if len(one) > 1 + splits else "it is in no folder of a class"
        yield Rejected(str(album.path / name), 0, reason) if reason else (0, split, name, one[splits])


def _sorted(labels):
    """Numbers by size, everything else by the alphabet."""
    return sorted(labels, key=int) if all(one.isdecimal() for one in labels) else sorted(labels)
