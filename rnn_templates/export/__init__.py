"""Export of trained models to the formats of servers, phones and browsers."""

from rnn_templates.export.export import export_model

__all__ = ["export_model"]
