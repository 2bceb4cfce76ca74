"""Data sets of TFDS, by name."""
