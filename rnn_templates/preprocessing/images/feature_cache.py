"""What a frozen network sees in pictures, computed once and kept on disk."""

import hashlib
import json
import os
import time
from pathlib import Path

import numpy as np

from rnn_templates.utils.atomic import write_text

DTYPE = np.float16
FLOAT16_MAX = np.finfo(DTYPE).max  # beyond it half precision knows infinity alone


def cache_dir():
    """Returns where features are kept: the variable RNN_TEMPLATES_CACHE, or `~/.cache/rnn_templates`.

    Example:
        >>> cache_dir().name
        'features'
    """
    return Path(os.environ.get("RNN_TEMPLATES_CACHE") or Path.home() / ".cache" / "rnn_templates") / "features"


def fingerprint(backbone, images):
    """Returns a name that is another one as soon as a weight of the network, its shape, or a picture is another one.

    Args:
        backbone: `keras.Model`.
        images: list of encoded pictures (bytes).

    Example:
        >>> len(fingerprint(image_backbone(), [encoded]))
        32
    """
    digest = hashlib.sha256(json.dumps([backbone.input_shape, backbone.output_shape]).encode())
    for weight in backbone.weights:
        digest.update(weight.path.encode())
        digest.update(np.ascontiguousarray(weight.numpy()).tobytes())
    for image in images:
        digest.update(hashlib.sha256(image).digest())
    return digest.hexdigest()[:32]


class FeatureCache:
    """The features of a list of pictures, in half precision, in one file.

    The file is filled batch by batch; after each the number of pictures that are done is written down. A process that
    is killed loses at most the batch it was at.

    Args:
        name: from `fingerprint`; other pictures or another network have another name, so that nothing stale is read.
        shape: (pictures, places, features).
        folder: where files are kept; None for `cache_dir()`.

    Raises:
        OSError: if the folder cannot be written, or the disk is full.

    Example:
        >>> cache = FeatureCache(fingerprint(backbone, images), (len(images), *backbone.output_shape[1:]))
        >>> features = cache.get_or_compute(lambda start, stop: backbone(pictures[range(start, stop)]).numpy(), batch_size=32)
    """

    def __init__(self, name, shape, folder=None):
        folder = Path(folder) if folder is not None else cache_dir()
        self.shape = tuple(int(size) for size in shape)
        self.file, self._progress_file = folder / f"{name}.npy", folder / f"{name}.json"

    @property
    def num_done(self):
        """How many pictures' features are there."""
        try:
            state = json.loads(self._progress_file.read_text(encoding="utf-8"))
            whole = self.file.stat().st_size >= int(np.prod(self.shape, dtype=np.int64)) * DTYPE().itemsize
        except (OSError, ValueError):
            return 0
        return state["done"] if whole and tuple(state.get("shape", ())) == self.shape else 0

    def get_or_compute(self, compute, batch_size=32, on_progress=None):
        """Computes what is missing, and returns all.

        Args:
            compute: function from two numbers, start and stop, to the features of those pictures.
            batch_size: pictures at once.
            on_progress: None, or a function that is told how many pictures are done, and how many a second.

        Returns:
            A read-only (pictures, places, features) float16 array on disk.
        """
        done, count = self.num_done, self.shape[0]
        if done < count:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._allocate(done)
            features = np.lib.format.open_memmap(self.file, mode="r+")
            began, first = time.perf_counter(), done
            while done < count:
                stop = min(count, done + batch_size)
                features[done:stop] = np.clip(compute(done, stop), -FLOAT16_MAX, FLOAT16_MAX)
                features.flush()
                done = stop
                write_text(self._progress_file, json.dumps({"done": done, "shape": self.shape}))
                if on_progress is not None:
                    on_progress(done, (done - first) / max(time.perf_counter() - began, 1e-9))
        return np.load(self.file, mmap_mode="r")

    def _allocate(self, done):
        """Makes the file at its full size, so that a disk that is too small is met now and not later."""
        if done:
            return
        size = int(np.prod(self.shape, dtype=np.int64)) * DTYPE().itemsize
        free = os.statvfs(self.file.parent).f_bavail * os.statvfs(self.file.parent).f_frsize
        if free < size:
            raise OSError(
                f"The features of {self.shape[0]:,} pictures take {size / 2**20:,.0f} MB, and {self.file.parent} has "
                f"{free / 2**20:,.0f} MB left. Set RNN_TEMPLATES_CACHE to another folder, or take fewer pictures."
            )
        self._progress_file.unlink(missing_ok=True)
        np.lib.format.open_memmap(self.file, mode="w+", dtype=DTYPE, shape=self.shape).flush()
