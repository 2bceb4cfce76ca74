"""Forms of source files, and the kinds of examples of each."""

from pathlib import Path

from rnn_templates.data.files.captioned_images import read_captioned_images, read_captioned_splits
from rnn_templates.data.files.classified_images import read_classified_images, read_classified_splits
from rnn_templates.data.files.image_archive import is_image_archive
from rnn_templates.data.files.image_tables import parse_image_source
from rnn_templates.data.files.labeled_texts import read_labeled_texts
from rnn_templates.data.files.plain_texts import (
    TEXT_SUFFIXES,
    find_text_files,
    is_text_file,
    read_plain_texts,
    text_paths,
)
from rnn_templates.data.files.table_kinds import table_kinds
from rnn_templates.data.files.tables import TABLE_SUFFIXES, column_names
from rnn_templates.data.files.tagged_sentences import CONLL_SUFFIXES, has_tag_lines, read_tagged_sentences
from rnn_templates.data.files.text_io import format_suffix
from rnn_templates.data.files.text_pairs import pair_paths, read_text_pairs
from rnn_templates.data.frames import Frame
from rnn_templates.data.series.reading import read_series, read_series_splits
from rnn_templates.data.tfds.specs import find_dataset
from rnn_templates.utils.compression import OPENERS

# Options of the readers besides the columns. `labels` are the classes of the training split or of a trained model.
READER_OPTIONS = {
    "labeled_texts": ("labels", "label_separator", "label_names", "delimiter"),
    "plain_texts": (),
    "tagged_sentences": ("labels",),
    "text_pairs": ("delimiter",),
    "captioned_images": ("delimiter",),
    "classified_images": ("labels", "label_names", "delimiter"),
    "time_series": ("delimiter", "series_options"),
}


def is_parallel(source):
    """Returns whether a source is two files.

    These are a tuple, or a str with a comma that is not the path of a file.

    Example:
        >>> is_parallel("train.en,train.de"), is_parallel("train.csv")
        (True, False)
    """
    return isinstance(source, tuple | list) or ("," in str(source) and not Path(source).is_file())


class FileSource:
    """Form of source files; base class.

    Subclasses define `readers` and `matches`, and override `kinds` and `read_splits` if the contents decide.

    Attributes:
        description: str; for messages.
        readers: dict from the kind of the examples to the function that reads one file.
        is_file: bool; True, in contrast to the name of a data set.
        may_have_splits: bool; whether the contents can assign examples to splits.

    Example:
        >>> ConllFile().matches("train.conll.gz")
        True
    """

    description: str
    readers: dict
    is_file = True
    may_have_splits = False

    def matches(self, source, kind=None):
        """Returns whether a source has this form.

        Args:
            source: str, path, or tuple of paths.
            kind: str; the kind of the examples that are wanted, or None.
        """
        raise NotImplementedError

    def kinds(self, source, *, input_column=None, target_column=None, label_names=None, delimiter=None):
        """Returns the kinds of examples that the source can hold, the most likely one first."""
        return tuple(self.readers)

    def paths(self, source):
        """Returns the tuple of paths that a source consists of."""
        return (Path(source),)

    def read(self, source, kind, **options):
        """Reads one source with the reader of a kind; see `rnn_templates.data.loading.read_labeled_file`.

        Raises:
            ValueError: if an option is not for this kind.
        """
        return self.readers[kind](source, **_reader_options(kind, options))

    def read_splits(self, source, kind, **options):
        """Returns a dict from split name, or None, to `Examples`, and a list of `RejectedRow`.

        The key None means that the source has no splits of its own.
        """
        options.pop("validation", None)
        return {None: self.read(source, kind, **options)}, []


def _reader_options(kind, options):
    """The options that are given, without `labels` where there are none."""
    columns = () if kind == "plain_texts" else ("input_column", "target_column")
    accepted = (*columns, *READER_OPTIONS.get(kind, ()))
    given = {name: value for name, value in options.items() if value is not None}
    unused = [name for name in given if name not in (*accepted, "labels")]
    if unused:
        raise ValueError(f"`{unused[0]}` must be None for {kind.replace('_', ' ')}; received {given[unused[0]]!r}.")
    return {name: value for name, value in given.items() if name in accepted}


class ImageFiles(FileSource):
    """A folder or a tar of images, optionally with a table.

    Example:
        >>> ImageFiles().matches("images.tar,captions.tsv")
        True
    """

    description = "a source of images"
    may_have_splits = True
    readers = {"captioned_images": read_captioned_images, "classified_images": read_classified_images}

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        if isinstance(source, tuple | list):
            return bool(source) and is_image_archive(source[0])
        path = Path(source)
        if path.is_dir():  # "mnist" is the data set, "./mnist" the folder
            return isinstance(source, Path) or find_dataset(source)[0] is None
        return is_image_archive(path if path.is_file() else str(source).split(",")[0].strip())

    def kinds(self, source, *, input_column=None, target_column=None, label_names=None, delimiter=None):
        """See `FileSource.kinds`."""
        _, table = parse_image_source(source, table_optional=True)
        captions_first = ("captioned_images", "classified_images")
        if table is None or label_names is not None:
            return captions_first[::-1]
        columns = {target_column} if target_column else column_names(table, delimiter) & {"caption", "label"}
        if target_column is None and len(columns) == 1:
            return ("classified_images",) if columns == {"label"} else ("captioned_images",)
        return captions_first if "caption" in columns or not columns else captions_first[::-1]

    def paths(self, source):
        """See `FileSource.paths`."""
        return tuple(path for path in parse_image_source(source, table_optional=True) if path is not None)

    def read_splits(self, source, kind, **options):
        """See `FileSource.read_splits`."""
        options.pop("validation", None)
        read = {"captioned_images": read_captioned_splits, "classified_images": read_classified_splits}[kind]
        return read(source, **_reader_options(kind, options))


class PlainTextFiles(FileSource):
    """Text files without targets: one, several, or all of a folder.

    Example:
        >>> PlainTextFiles().matches("poems.txt"), PlainTextFiles().matches("poems.txt", "tagged_sentences")
        (True, False)
    """

    description = "plain text"
    readers = {"plain_texts": read_plain_texts}

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        if isinstance(source, Frame):
            return False
        is_wanted = kind in self.readers
        paths = text_paths(source)
        if len(paths) == 1 and paths[0].is_dir():
            folder = paths[0]
            return is_wanted and find_dataset(source)[0] is None and any(True for _ in find_text_files(folder))
        if len(paths) > 1:
            return is_wanted and all(is_text_file(path) or path.is_dir() for path in paths)
        suffix = format_suffix(paths[0])
        if suffix == ".txt":
            return kind != "tagged_sentences" and not (paths[0].is_file() and has_tag_lines(paths[0]))
        others = (*TABLE_SUFFIXES, *CONLL_SUFFIXES, ".tar", ".tgz", ".zip")
        return suffix in TEXT_SUFFIXES or (is_wanted and paths[0].is_file() and suffix not in others)

    def paths(self, source):
        """See `FileSource.paths`."""
        return tuple(text_paths(source))


class ParallelFiles(FileSource):
    """Two text files with one text a line.

    Example:
        >>> ParallelFiles().kinds("train.en,train.de")
        ('text_pairs',)
    """

    description = "two parallel text files"
    readers = {"text_pairs": read_text_pairs}

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        return is_parallel(source)

    def paths(self, source):
        """See `FileSource.paths`."""
        return tuple(pair_paths(source))


class ConllFile(FileSource):
    """A CoNLL or CoNLL-U file, also with another suffix if its contents are tagged tokens.

    Example:
        >>> ConllFile().matches("train.txt"), ConllFile().matches("train.txt", "tagged_sentences")
        (False, True)
    """

    description = "a file of tags"
    readers = {"tagged_sentences": read_tagged_sentences}

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        suffix = format_suffix(source)
        if suffix in CONLL_SUFFIXES or (suffix == ".txt" and kind in self.readers):
            return True
        return suffix in (".txt", ".tsv", ".csv") and Path(source).is_file() and has_tag_lines(source)


class TableFile(FileSource):
    """A csv, tsv, jsonl or Parquet file.

    Matches all other files too: the reader raises an error that names their format.

    Example:
        >>> TableFile().kinds("reviews.csv")
        ('labeled_texts', 'text_pairs', 'time_series')
    """

    description = "a table"
    readers = {"labeled_texts": read_labeled_texts, "text_pairs": read_text_pairs}

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        suffixes = {*TABLE_SUFFIXES, ".txt", ".json", *OPENERS}
        path = Path(source)
        return path.suffix.lower() in suffixes or (path.exists() and not path.is_dir())

    def kinds(self, source, *, input_column=None, target_column=None, label_names=None, delimiter=None):
        """See `FileSource.kinds`."""
        is_read = Path(source).is_file() and not (input_column or target_column)
        return table_kinds(column_names(source, delimiter) if is_read else set(), format_suffix(source))

    def read(self, source, kind, **options):
        """See `FileSource.read`."""
        readers = {**self.readers, "tagged_sentences": read_tagged_sentences, "time_series": read_series}
        return readers[kind](source, **_reader_options(kind, options))

    def read_splits(self, source, kind, *, validation=0.1, **options):
        """See `FileSource.read_splits`; time series have chronological splits."""
        if kind != "time_series":
            return super().read_splits(source, kind, **options)
        return read_series_splits(source, validation=validation, **_reader_options(kind, options))


class MemoryTable(TableFile):
    """A `rnn_templates.data.frames.Frame`: a DataFrame or a dict of columns.

    Example:
        >>> from rnn_templates.data.frames import Frame
        >>> MemoryTable().kinds(Frame({"tokens": [["Oslo"]], "tags": [["B-LOC"]]}))
        ('tagged_sentences',)
    """

    description = "a table in memory"

    def matches(self, source, kind=None):
        """See `FileSource.matches`."""
        return isinstance(source, Frame)

    def kinds(self, source, *, input_column=None, target_column=None, label_names=None, delimiter=None):
        """See `FileSource.kinds`."""
        named = input_column or target_column
        return table_kinds(set() if named else set(source.columns), ".parquet")

    def paths(self, source):
        """See `FileSource.paths`."""
        return ()


FILE_SOURCES = (MemoryTable(), PlainTextFiles(), ImageFiles(), ParallelFiles(), ConllFile(), TableFile())
