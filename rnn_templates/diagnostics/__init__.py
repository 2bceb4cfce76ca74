"""Diagnostics of gradients through time."""

from rnn_templates.diagnostics.gradient_monitor import GradientMonitor
from rnn_templates.diagnostics.gradient_through_time import gradient_through_time

__all__ = ["GradientMonitor", "gradient_through_time"]
