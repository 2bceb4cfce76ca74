"""Tokenizers for devices in Python and JavaScript; exports copy these files.

They import neither TensorFlow nor this package. `docs/word_tokenizer.md` and `docs/subword_tokenizer.md` specify them.
"""
