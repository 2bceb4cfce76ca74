"""From a model and its data to a trained model, with progress, resume, a picture and a card."""

from rnn_templates.training.fit import fit

__all__ = ["fit"]
