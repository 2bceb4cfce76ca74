"""Suffixes of compressed files, and the functions that open them."""

import bz2
import gzip
import lzma

OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
