"""Preprocessing of texts and images, identical in Python and in exported graphs."""
