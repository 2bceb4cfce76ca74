"""Text of generated tokens as it comes: incomplete characters and possible stop strings are held back."""

import codecs


class TextStream:
    """Converts the bytes of tokens to text, up to the first stop string.

    Args:
        stop: tuple of str; texts that end the stream, and are left out.
        strip: bool; whether to drop a space at the beginning.

    Attributes:
        stopped: bool; whether a stop string was found.

    Example:
        >>> from rnn_templates.templates.text_generation.streaming import TextStream
        >>> stream = TextStream(stop=("end",))
        >>> [stream.feed(b"the "), stream.feed(b"e"), stream.feed(b"n"), stream.feed(b"vy en"), stream.feed(b"d.")]
        ['the ', '', '', 'envy ', '']
        >>> stream.stopped
        True
    """

    def __init__(self, stop=(), strip=False):
        self.stop, self.stopped = tuple(stop), False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._strip = strip

    def feed(self, token):
        """Returns the text that is complete after a further token, a str; empty after a stop string.

        Args:
            token: bytes.
        """
        return self._take(self._decoder.decode(token))

    def finish(self):
        """Returns the text that was held back, a str."""
        if self.stopped:
            return ""
        text = self._take(self._decoder.decode(b"", final=True))
        return "" if self.stopped else text + self._held

    def _take(self, text):
        if self.stopped:
            return ""
        if self._strip and text:
            text, self._strip = text.removeprefix(" "), False
        text = self._held + text
        found = [place for place in (text.find(one) for one in self.stop) if place >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        held = max((_overlap(text, one) for one in self.stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text, stop):
    """Length of the longest end of a text with which a stop string begins."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
