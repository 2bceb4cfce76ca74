"""The sentiment template."""
