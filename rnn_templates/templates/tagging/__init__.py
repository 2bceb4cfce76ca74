"""The tagging template."""
