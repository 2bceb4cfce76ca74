"""Keras models from raw inputs to predictions: what the templates share."""
