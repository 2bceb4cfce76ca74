"""Raw splits of examples: generated, by TFDS name, or from files."""

from rnn_templates.data.loading import load

__all__ = ["load"]
