"""Training: epochs with checkpoints, resumption, weight averaging, early stopping, and hyperparameter search."""

from rnn_templates.training.fit import fit

__all__ = ["fit"]
