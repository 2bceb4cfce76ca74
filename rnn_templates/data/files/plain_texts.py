"""Plain texts: one text file, several, or all of a folder."""

import dataclasses
from pathlib import Path
from typing import ClassVar

from rnn_templates.data.files.text_io import check_rejection_rate, format_suffix, open_text
from rnn_templates.data.splits import Examples, RejectedRow
from rnn_templates.data.text_splits import make_text_dataset
from rnn_templates.utils.compression import CORRUPTION_ERRORS

TEXT_SUFFIXES = (
    ".txt", ".text", ".md", ".rst", ".tex", ".log", ".html", ".xml", ".css", ".py", ".js", ".mjs", ".ts", ".c", ".h",
    ".cc", ".cpp", ".hpp", ".cs", ".java", ".kt", ".go", ".rs", ".rb", ".php", ".pl", ".lua", ".sh", ".sql", ".abc",
)  # fmt: skip
BOM = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True)
class PlainTexts(Examples):
    """Texts without targets.

    Args:
        texts: list of bytes in UTF-8, one a file.
        rejected: list of `RejectedRow`.

    Example:
        >>> len(PlainTexts([b"to be"], []))
        1
    """

    texts: list
    rejected: list
    labels: ClassVar[tuple] = ()
    multi_label: ClassVar[bool] = False

    def __len__(self):
        return len(self.texts)

    def dataset(self):
        """Returns the `tf.data.Dataset` of texts, scalar strings."""
        return make_text_dataset(self.texts)


def read_plain_texts(source):
    """Reads text files, each as one text.

    Line ends become line feeds, a byte order mark is dropped. Of several files, those that are empty or not UTF-8 go to
    `rejected`.

    Args:
        source: path of a file or a folder; or several as a tuple or as a str with commas between. Of a folder, all
            files with a suffix of `TEXT_SUFFIXES` are read, in all its subfolders, plain or compressed.

    Returns:
        `PlainTexts`, sorted by path within a folder.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if a folder has no text file, the only file cannot be used, or more than half of the files cannot.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.txt").write_bytes(b"To be,\\r\\nor not")
        >>> read_plain_texts("mine.txt").texts
        [b'To be,\\nor not']
    """
    paths = [file for path in text_paths(source) for file in _files(path)]
    texts, rejected = [], []
    for path in paths:
        try:
            text, error = _read(path)
        except ValueError as reason:  # no text file
            if len(paths) == 1:
                raise
            text, error = None, (0, str(reason).removeprefix(f"{path} ").rstrip("."))
        if error:
            rejected.append(RejectedRow(str(path), *error))
        else:
            texts.append(text)
    if len(paths) == 1 and rejected:
        raise ValueError(f"{rejected[0].file}: {rejected[0].reason}.")
    check_rejection_rate(source, len(paths), rejected, "files")
    return PlainTexts(texts, rejected)


def text_paths(source):
    """Returns the paths of files and folders of a source of plain texts.

    Example:
        >>> [path.name for path in text_paths("one.txt, two.txt")]
        ['one.txt', 'two.txt']
    """
    if isinstance(source, tuple | list):
        return [Path(path) for path in source]
    if "," not in str(source) or Path(source).exists():
        return [Path(source)]
    return [Path(path.strip()) for path in str(source).split(",") if path.strip()]


def is_text_file(path):
    """Returns whether the suffix of a path is one of `TEXT_SUFFIXES`, also with that of a compression.

    Example:
        >>> is_text_file("poems.txt.gz"), is_text_file("reviews.csv")
        (True, False)
    """
    return format_suffix(path) in TEXT_SUFFIXES


def find_text_files(folder):
    """Yields the text files of a folder and of its subfolders, in no order; hidden ones are left out.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("notes.md").write_text("x")
        >>> [path.name for path in find_text_files(".")]
        ['notes.md']
    """
    for path in Path(folder).rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if is_text_file(path) and not hidden and path.is_file():
            yield path


def _files(path):
    """The files of a path: itself, or those of the folder."""
    if not path.is_dir():
        return [path]
    files = sorted(find_text_files(path))
    if not files:
        raise ValueError(f"{path}: there is no text file in the folder ({', '.join(TEXT_SUFFIXES[:6])}, ...).")
    return files


def _read(path):
    """The text of a file, or None and (line, reason)."""
    with open_text(path, (format_suffix(path),)) as file:
        try:
            content = file.read()
        except CORRUPTION_ERRORS as error:
            raise ValueError(f"{path} is truncated or damaged ({error}).") from error
    content = content.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not content.strip():
        return None, (0, "the file is empty")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, (
            line,
            f"byte {error.start} (line {line}), 0x{content[error.start]:02X}, is not UTF-8 ({error.reason}); save the "
            "file as UTF-8",
        )
    return content, None
