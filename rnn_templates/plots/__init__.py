"""Plots by Matplotlib, and text with colored tags."""
