"""Disk cache for the image features of a frozen backbone."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import platformdirs

from rnn_templates.utils.atomic import write_text

DTYPE = np.float16
FLOAT16_MAX = np.finfo(DTYPE).max  # larger values are clipped, else they would become infinity


def cache_dir():
    """Returns the folder of cached features.

    Returns:
        `Path`: `features` in the folder of the environment variable RNN_TEMPLATES_CACHE, or in the user's cache folder.

    Example:
        >>> cache_dir().name
        'features'
    """
    return Path(os.environ.get("RNN_TEMPLATES_CACHE") or platformdirs.user_cache_dir("rnn_templates")) / "features"


def fingerprint(backbone, images):
    """Returns a hash of a backbone's weights and of images.

    Args:
        backbone: `keras.Model`.
        images: list of bytes; encoded images.

    Returns:
        str of 32 hexadecimal digits of a SHA-256 hash.

    Example:
        >>> len(fingerprint(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), [b"image"]))
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
    """Disk cache of the features of a list of images.

    Features are stored in half precision, in one file.

    It is filled batch by batch, and the number of finished images is stored after each batch: a killed process
    loses at most one batch.

    Args:
        name: str from `fingerprint`; it changes with the images and the backbone, so that no stale features are read.
        shape: tuple (images, positions, features).
        folder: str or `Path`; default `cache_dir()`.

    Raises:
        OSError: if the folder is not writable, or the disk has too little space.

    Example:
        >>> cache = FeatureCache("name", (2, 1, 1), folder="features")
        >>> cache.get_or_compute(lambda start, stop: np.ones((stop - start, 1, 1)))[1].tolist(), cache.num_done
        ([[1.0]], 2)
    """

    def __init__(self, name, shape, folder=None):
        folder = Path(folder) if folder is not None else cache_dir()
        self.shape = tuple(int(size) for size in shape)
        self.file, self._progress_file = folder / f"{name}.npy", folder / f"{name}.json"

    @property
    def num_done(self):
        """int: number of images whose features are stored; 0 if the file is damaged or has another shape."""
        try:
            state = json.loads(self._progress_file.read_text(encoding="utf-8"))
            features = np.load(self.file, mmap_mode="r")
        except (OSError, ValueError, EOFError, SyntaxError):  # numpy evaluates the header of the file
            return 0
        expected = {"done": state.get("done"), "shape": list(self.shape)} if isinstance(state, dict) else None
        if state != expected or features.shape != self.shape or features.dtype != DTYPE:
            return 0
        done = state["done"]
        return done if type(done) is int and 0 <= done <= self.shape[0] else 0

    def get_or_compute(self, compute, batch_size=32, on_progress=None):
        """Computes missing features, and returns all.

        Args:
            compute: function `compute(start, stop)` that returns the features (stop - start, positions, features) of
                those images.
            batch_size: int; images per call of `compute`.
            on_progress: None, or function `on_progress(num_done, images_per_second)`, called after each batch.

        Returns:
            Read-only memory-mapped float16 array (images, positions, features).

        Raises:
            OSError: if the folder is not writable, or the disk has too little space.
        """
        done, count = self.num_done, self.shape[0]
        if done < count:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._allocate(done)
            features = np.lib.format.open_memmap(self.file, mode="r+")
            start_time, first = time.perf_counter(), done
            while done < count:
                stop = min(count, done + batch_size)
                features[done:stop] = np.clip(compute(done, stop), -FLOAT16_MAX, FLOAT16_MAX)
                features.flush()
                done = stop
                write_text(self._progress_file, json.dumps({"done": done, "shape": self.shape}))
                if on_progress is not None:
                    on_progress(done, (done - first) / max(time.perf_counter() - start_time, 1e-9))
        return np.load(self.file, mmap_mode="r")

    @property
    def _num_bytes(self):
        return int(np.prod(self.shape, dtype=np.int64)) * DTYPE().itemsize

    def _allocate(self, done):
        """Creates the file in its full size, to detect a full disk early."""
        if done:
            return
        free = shutil.disk_usage(self.file.parent).free
        if free < self._num_bytes:
            raise OSError(
                f"The features of {self.shape[0]:,} images need {self._num_bytes / 2**20:,.0f} MB; {self.file.parent} "
                f"has {free / 2**20:,.0f} MB left. Set RNN_TEMPLATES_CACHE to another folder, or use fewer images."
            )
        self._progress_file.unlink(missing_ok=True)
        np.lib.format.open_memmap(self.file, mode="w+", dtype=DTYPE, shape=self.shape).flush()
