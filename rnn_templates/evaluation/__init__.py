"""Evaluation: metrics of a trained model, beside a baseline, and its worst examples."""

from rnn_templates.evaluation.evaluate import evaluate

__all__ = ["evaluate"]
