"""Image decoding, resizing and caching."""
