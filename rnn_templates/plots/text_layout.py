"""Writing in pictures: fonts that have the characters, and lines that fit."""

MISSING_GLYPH = "□"


def font_style(texts):
    """Returns how Matplotlib writes texts of any script without a warning.

    Args:
        texts: list of str.

    Returns:
        Two dicts: keyword arguments for a text of Matplotlib, and a table for `str.translate`, which puts an empty box
        for every character that no installed font has.

    Example:
        >>> style, boxes = font_style(["喜び"])
        >>> axes.set_title("喜び".translate(boxes), **style)
    """
    families, missing = _font_families({*"".join(texts)})
    return {"fontfamily": families, "parse_math": False}, dict.fromkeys(map(ord, missing), MISSING_GLYPH)


class TextWrapper:
    """Breaks texts into lines of a width.

    Args:
        families: fonts, as `font_style` finds them.
        dpi: dots an inch that a figure will have.

    Example:
        >>> TextWrapper(["sans-serif"]).wrap("a dog runs over the grass", 8, 1.0)
        ['a dog runs over', 'the grass']
    """

    def __init__(self, families, dpi=120):
        from matplotlib.backends.backend_agg import RendererAgg

        self.families, self.dpi = families, dpi
        self._renderer = RendererAgg(1, 1, dpi)

    def width(self, text, size):
        """Returns the width of a text in inches, in a size in points."""
        from matplotlib.font_manager import FontProperties

        font = FontProperties(family=self.families, size=size)
        return self._renderer.get_text_width_height_descent(text, font, ismath=False)[0] / self.dpi

    def wrap(self, text, size, width, most=None):
        """Returns the lines of a text.

        Args:
            text: str, broken at spaces, and inside of words that are too long for a line.
            size: in points.
            width: of a line in inches.
            most: how many lines there may be, the last one ending in "…" if there are more; None for any number.

        Returns:
            List of str.
        """
        lines = [""]
        for piece, new in self._pieces(text, size, width):
            joined = f"{lines[-1]} {piece}".lstrip()
            if new and self.width(joined, size) <= width:
                lines[-1] = joined
            elif lines[-1]:
                lines.append(piece)
            else:
                lines[-1] = piece
            if most is not None and len(lines) > most:
                lines[most - 1 :] = [self.truncate(f"{lines[most - 1]}…", size, width)]
                break
        return lines

    def truncate(self, text, size, width):
        """Returns a text that fits into a width; "…" stands for what was cut from its end."""
        kept = text
        while len(text) > 1 and self.width(kept, size) > width:
            text = text.rstrip("…")[:-1].rstrip()
            kept = f"{text}…"
        return kept

    def _pieces(self, text, size, width):
        """Words, those that are too long for a line in pieces, and of each whether a word begins with it."""
        for word in text.split():
            if self.width(word, size) <= width:
                yield word, True
                continue
            piece, new = word[0], True
            for character in word[1:]:
                if self.width(piece + character, size) <= width:
                    piece += character
                else:
                    yield piece, new
                    piece, new = character, False
            yield piece, new


def _font_families(characters):
    """Families of fonts to draw the characters with, the usual one first, and the characters that none of them has."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager

    families, missing = ["sans-serif"], characters - _supported_characters(findfont(FontProperties()), characters)
    for font in fontManager.ttflist:
        if not missing:
            break
        # The fonts of last resort have a box for every character.
        if "lastresort" in font.name.lower().replace(" ", "") or not _supported_characters(font.fname, missing):
            continue
        # Matplotlib chooses by the name of the family, which may lead to another file.
        found = _supported_characters(findfont(FontProperties(family=[font.name])), missing)
        if found:
            families.append(font.name)
            missing = missing - found
    return families, missing


def _supported_characters(path, characters):
    """Those of the characters that a font can draw; none if Matplotlib cannot use it, as some fonts of emoji."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        font.set_size(10, 100)
        found = {character for character in characters if ord(character) in font.get_charmap()}
        for character in found:
            font.load_char(ord(character))
    except (OSError, RuntimeError):
        return set()
    return found
