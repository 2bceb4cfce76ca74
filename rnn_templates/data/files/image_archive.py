"""The pictures of a folder or a tar, found by their names."""

import os
import tarfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from rnn_templates.data.files.text_io import DAMAGE
from rnn_templates.preprocessing.images.image_io import load_image_bytes

TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")


def is_image_archive(path):
    """Whether a path is a folder, or ends like a tar."""
    return str(path).lower().endswith(TARS) or Path(path).is_dir()


class ImageArchive:
    """The files of a folder, which stay there until they are wanted, or of a tar, which are kept in memory.

    Hidden files and links are left out, and members of a tar that want to lie outside of it.

    Args:
        path: of the folder, or of the tar (.tar, .tar.gz, .tar.xz, .tar.bz2).

    Attributes:
        names: sorted list of the files' names, relative to the folder, with "/".

    Raises:
        FileNotFoundError: if it is not there.
        ValueError: if it is no tar, cut short or damaged, or empty.

    Example:
        >>> album = ImageArchive("images.tar")
        >>> album.read(album.names[0])[:2]
        b'\\xff\\xd8'
    """

    def __init__(self, path):
        self.path = Path(path)
        if not self.path.exists():
            raise FileNotFoundError(f"There is no folder and no tar {self.path.absolute()}.")
        self._kept = {} if self.path.is_dir() else _members(self.path)
        self.names = sorted(_files(self.path) if self.path.is_dir() else self._kept)
        if not self.names:
            raise ValueError(f"{path}: there are no files in it.")
        self._problems = {}
        self._of_base_name = defaultdict(list)
        for name in self.names:
            self._of_base_name[PurePosixPath(name).name].append(name)

    def find(self, name):
        """Returns the list of the names that a name, whole or without its folder, could mean."""
        path = PurePosixPath(name)
        alike = self._of_base_name.get(path.name, [])
        if str(path) in alike:
            return [str(path)]
        return alike if len(path.parts) == 1 else []

    def problem(self, name):
        """Returns why a picture is of no use, or None; decodes it, the first time."""
        if name not in self._problems:
            try:
                encoded = self.read(name)
                if name in self._kept:
                    self._kept[name] = encoded
                self._problems[name] = None
            except (ValueError, OSError) as error:
                self._problems[name] = str(error)
        return self._problems[name]

    def read(self, name):
        """Returns the encoded bytes of a picture; see `rnn_templates.preprocessing.images.image_io.load_image_bytes`."""
        if name not in self._kept:
            return load_image_bytes((self.path / name).read_bytes(), name)
        known_as_good = self._problems.get(name, "") is None
        return self._kept[name] if known_as_good else load_image_bytes(self._kept[name], name)


def _files(folder):
    for where, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (Path(where, one).relative_to(folder).as_posix() for one in files if not one.startswith("."))


def _members(path):
    """The contents of the regular files of a tar by name, read in one pass."""
    try:
        with tarfile.open(path, tarinfo=_Member) as tar:
            return {name: tar.extractfile(one).read() for one in tar if (name := _name(one))}
    except (tarfile.TarError, *DAMAGE) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path} is no tar, or cut short or damaged ({reason}); get it anew.") from error


class _Member(tarfile.TarInfo):
    """A member of a tar; the library takes a damaged one for the end."""

    @classmethod
    def fromtarfile(cls, tar):
        try:
            return super().fromtarfile(tar)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:
            raise tarfile.ReadError(f"{error} at byte {tar.offset:,}") from error


def _name(member):
    path = PurePosixPath(member.name)
    outside = path.is_absolute() or ".." in path.parts
    hidden = any(part.startswith(".") for part in path.parts)
    return str(path) if member.isfile() and not outside and not hidden else None
