"""The translation template."""
