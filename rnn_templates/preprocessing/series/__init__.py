"""Preprocessing of time series."""
