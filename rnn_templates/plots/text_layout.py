"""Text in plots: fonts for all characters, and lines of a given width."""

import textwrap
from bisect import bisect_right

MISSING_GLYPH = "□"


def font_style(texts):
    """Returns how Matplotlib can draw texts of any script without a warning.

    Args:
        texts: list of str.

    Returns:
        `style, boxes`: a dict of keyword arguments of Matplotlib's texts, with the fonts to fall back to, and a table
        for `str.translate` that replaces characters without a glyph in any installed font by an empty box.

    Example:
        >>> style, boxes = font_style(["dog"])
        >>> style
        {'fontfamily': ['sans-serif'], 'parse_math': False}
    """
    families, missing = _font_families({*"".join(texts)})
    return {"fontfamily": families, "parse_math": False}, dict.fromkeys(map(ord, missing), MISSING_GLYPH)


class TextWrapper:
    """Wraps and truncates texts by their drawn width, where `textwrap` counts characters.

    Args:
        families: list of str; fonts, as from `font_style`.
        dpi: int; dots per inch of the figure. Default 120.

    Example:
        >>> TextWrapper(["sans-serif"]).wrap("a dog runs over the grass", 8, 1.0)
        ['a dog runs over', 'the grass']
    """

    def __init__(self, families, dpi=120):
        from matplotlib.backends.backend_agg import RendererAgg

        self.families, self.dpi = families, dpi
        self._renderer = RendererAgg(1, 1, dpi)

    def width(self, text, size):
        """Returns the width of a text in inches; `size` is in points."""
        from matplotlib.font_manager import FontProperties

        font = FontProperties(family=self.families, size=size)
        return self._renderer.get_text_width_height_descent(text, font, ismath=False)[0] / self.dpi

    def wrap(self, text, size, width, max_lines=None):
        """Returns a text as a list of lines.

        Args:
            text: str; it is broken at spaces, and inside of words that are longer than a line.
            size: float; font size in points.
            width: float; width of a line in inches. A line has at least one character.
            max_lines: int; maximum number of lines, the last of which ends in "…" if there are more. None for no
                maximum.
        """
        lines, rest = [], " ".join(text.split())
        while rest:
            line = self._first_line(rest, size, width)
            if len(lines) + 1 == max_lines and line != rest:
                return [*lines, self.truncate(f"{line}…", size, width)]
            lines.append(line)
            rest = rest[len(line) :].lstrip()
        return lines or [""]

    def truncate(self, text, size, width):
        """Returns a text that fits into a width in inches.

        "…" takes the place of an end that does not fit."""
        if self.width(text, size) <= width:
            return text
        fits = bisect_right(range(1, len(text)), width, key=lambda n: self.width(_shorten(text, n), size))
        return _shorten(text, max(fits, 1))

    def _first_line(self, text, size, width):
        """Returns the longest first line of `textwrap` that fits."""
        counts = range(1, len(text) + 1)
        fits = bisect_right(counts, width, key=lambda n: self.width(_first_line(text, n), size))
        return _first_line(text, max(fits, 1))


def _first_line(text, characters):
    return textwrap.wrap(text[: 2 * characters], characters, break_on_hyphens=False)[0]


def _shorten(text, characters):
    return text[:characters].rstrip("… ") + "…"


def _font_families(characters):
    """Returns fonts for the characters, and the characters that none has."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager

    families, missing = ["sans-serif"], characters - _supported_characters(findfont(FontProperties()), characters)
    for font in fontManager.ttflist:
        if not missing:
            break
        # Fonts of last resort have a box for every character.
        if "lastresort" in font.name.lower().replace(" ", "") or not _supported_characters(font.fname, missing):
            continue
        # Matplotlib selects fonts by the name of the family, which may yield another file.
        supported = _supported_characters(findfont(FontProperties(family=[font.name])), missing)
        if supported:
            families.append(font.name)
            missing = missing - supported
    return families, missing


def _supported_characters(path, characters):
    """Returns the characters of a font file that Matplotlib can draw."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        font.set_size(10, 100)
        supported = {character for character in characters if ord(character) in font.get_charmap()}
        for character in supported:
            font.load_char(ord(character))
    except (OSError, RuntimeError):  # such as fonts of emoji
        return set()
    return supported
