"""From text to tokens and ids."""
