"""The field's metrics, and the examples that a person wants to see."""

from rnn_templates.evaluation.evaluate import evaluate

__all__ = ["evaluate"]
