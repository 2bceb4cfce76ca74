"""Readers for devices: they need NumPy at most, and are copied into exported folders."""
