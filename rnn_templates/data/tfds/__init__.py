"""Data sets by TFDS name."""
