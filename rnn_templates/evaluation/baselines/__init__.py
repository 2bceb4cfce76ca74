"""Baselines that a report shows beside the model."""
