"""Images in a folder or a tar, found by name."""

import os
import tarfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from rnn_templates.preprocessing.images.image_io import load_image_bytes
from rnn_templates.utils.compression import CORRUPTION_ERRORS, OPENERS, bound
from rnn_templates.utils.files import check_file
from rnn_templates.utils.limits import check_limit

LONG_HEADERS = (*tarfile.GNU_TYPES[:2], tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
MAX_HEADER_BYTES = 1 << 20
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")


def is_image_archive(path):
    """Returns whether a path is a folder or has a tar suffix.

    Example:
        >>> is_image_archive("images.tar.gz"), is_image_archive("table.csv")
        (True, False)
    """
    return str(path).lower().endswith(TAR_SUFFIXES) or Path(path).is_dir()


class ImageArchive:
    """Images of a folder or a tar, by name.

    Files of a folder are read on access, those of a tar are kept in memory. Hidden files and links are left out, and so
    are members of a tar with a path outside of it.

    Args:
        path: str or Path; folder, or tar (.tar, .tar.gz, .tar.xz, .tar.bz2).

    Attributes:
        path: Path.
        names: sorted list of str; paths of the files relative to the folder, with "/".

    Raises:
        FileNotFoundError: if there is no such folder or file.
        ValueError: if it is not a tar, truncated or damaged, empty, or expands beyond the limits.

    Example:
        >>> from pathlib import Path
        >>> from rnn_templates.preprocessing.images.image_io import load_image_bytes
        >>> Path("images").mkdir()
        >>> _ = Path("images/a.png").write_bytes(load_image_bytes(np.zeros((2, 2, 3), np.uint8)))
        >>> archive = ImageArchive("images")
        >>> archive.names, archive.read("a.png")[:4]
        (['a.png'], b'\\x89PNG')
    """

    def __init__(self, path):
        self.path = Path(path)
        if not self.path.is_dir():
            check_file(self.path)
        self._contents = {} if self.path.is_dir() else _read_members(self.path)
        self.names = sorted(_list_files(self.path) if self.path.is_dir() else self._contents)
        if not self.names:
            raise ValueError(f"{path}: there are no files in it.")
        self._errors = {}
        self._by_file_name = defaultdict(list)
        for name in self.names:
            self._by_file_name[PurePosixPath(name).name].append(name)

    def find(self, name):
        """Returns the list of the names that match a path, or a file name without its folder."""
        path = PurePosixPath(name)
        matches = self._by_file_name.get(path.name, [])
        if str(path) in matches:
            return [str(path)]
        return matches if len(path.parts) == 1 else []

    def validate(self, name):
        """Returns why a file is not a usable image, or None; decodes it at the first call."""
        if name not in self._errors:
            try:
                encoded = self.read(name)
                if name in self._contents:
                    self._contents[name] = encoded
                self._errors[name] = None
            except (ValueError, OSError) as error:
                self._errors[name] = str(error)
        return self._errors[name]

    def read(self, name):
        """Returns the encoded bytes of an image; see `rnn_templates.preprocessing.images.image_io.load_image_bytes`."""
        if name not in self._contents:
            check_file(self.path / name)
            check_limit(name, "MAX_IMAGE_BYTES", (self.path / name).stat().st_size)
            return load_image_bytes((self.path / name).read_bytes(), name)
        validated = self._errors.get(name, "") is None
        return self._contents[name] if validated else load_image_bytes(self._contents[name], name)


def _list_files(folder):
    for root, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (Path(root, one).relative_to(folder).as_posix() for one in files if not one.startswith("."))


def _read_members(path):
    """The contents of the regular files of a tar by name, read in one pass."""
    try:
        with _open_tar(path) as file, tarfile.open(fileobj=file, mode="r|", tarinfo=_Member) as tar:
            return {name: _read_member(tar, one) for one in tar if (name := _safe_name(one))}
    except (tarfile.TarError, *CORRUPTION_ERRORS) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path} is no tar, or truncated or damaged ({reason}); download it again.") from error


def _open_tar(path):
    """The decompressed bytes of a tar, which are counted; see `rnn_templates.utils.compression.open_compressed`."""
    opener = OPENERS.get({".tgz": ".gz", ".txz": ".xz"}.get(path.suffix.lower(), path.suffix.lower()))
    file = open(path, "rb")  # noqa: SIM115
    return file if opener is None else bound(opener(file, "rb"), path, file)


def _read_member(tar, member):
    check_limit(member.name, "MAX_IMAGE_BYTES", member.size)
    return tar.extractfile(member).read()


class _Member(tarfile.TarInfo):
    """A member of a tar; raises for a damaged header, which the library takes for the end of the archive."""

    @classmethod
    def frombuf(cls, buf, encoding, errors):
        member = super().frombuf(buf, encoding, errors)
        if member.type in LONG_HEADERS and member.size > MAX_HEADER_BYTES:  # the library would read it whole
            raise tarfile.ReadError(f"a header of {member.size:,} bytes")
        return member

    @classmethod
    def fromtarfile(cls, tar):
        try:
            return super().fromtarfile(tar)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:
            raise tarfile.ReadError(f"{error} at byte {tar.offset:,}") from error


def _safe_name(member):
    path = PurePosixPath(member.name)
    outside = path.is_absolute() or ".." in path.parts
    hidden = any(part.startswith(".") for part in path.parts)
    return str(path) if member.isfile() and not outside and not hidden else None
