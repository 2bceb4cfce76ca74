"""The image classification template."""
