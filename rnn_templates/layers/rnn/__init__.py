"""Recurrent layers and the loops that run a cell over time."""
