"""Tokenizers and readers of streams for devices, in Python and JavaScript; exports copy these files.

They import neither TensorFlow nor this package. `docs/word_tokenizer.md`, `docs/subword_tokenizer.md` and
`docs/streams.md` specify them.
"""
