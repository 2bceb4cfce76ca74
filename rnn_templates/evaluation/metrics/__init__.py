"""Metrics, one kind a module."""
