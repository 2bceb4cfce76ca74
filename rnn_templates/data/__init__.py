"""Where examples come from: generated, by TFDS name, or from your own files; all become raw `Splits`."""

from rnn_templates.data.loading import load

__all__ = ["load"]
