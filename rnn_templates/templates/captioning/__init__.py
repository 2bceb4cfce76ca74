"""The captioning template."""
