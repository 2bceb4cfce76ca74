"""Tokenizers, vocabularies and text preprocessors."""
