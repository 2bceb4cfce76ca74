"""From a trained model to the files that servers, phones and browsers run."""

from rnn_templates.export.export import export_model

__all__ = ["export_model"]
