"""Builders called with the fields of their components as flat names, as on the command line."""

from rnn_templates.utils.arguments import unflatten


def build_flat(builder, *args, **options):
    """Returns `builder(*args, ...)`, with fields of components such as `beam_width` among the keyword arguments."""
    return builder(*args, **unflatten(builder, options))
