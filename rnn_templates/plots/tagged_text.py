"""Text with its tags, for notebooks and terminals."""

import html

COLORS = ("#c6dbef", "#fdd0a2", "#c7e9c0", "#dadaeb", "#fcbba1", "#d9d9d9", "#fde0dd", "#e5f5e0", "#fff3b0", "#ccece6")
TERMINAL_COLORS = ("blue", "yellow", "green", "magenta", "red", "cyan")


class TaggedText:
    """Text with the tags of one prediction of a `Tagger`.

    A notebook shows colors, a terminal tags in brackets. Spans are marked as a whole. Where tags encode no spans, each
    token has its tag.

    Args:
        prediction: one dict of `Tagger.predict(..., return_labels=True)`.

    Example:
        >>> tokens = [{"start": 0, "end": 1, "tag": "P"}, {"start": 2, "end": 5, "tag": "V"}]
        >>> TaggedText({"text": "I run", "tokens": tokens})
        I [P] run [V]
    """

    def __init__(self, prediction):
        self.prediction = prediction

    def segments(self):
        """Yields (text before it, text, label or None) for every segment.

        A segment is a span, or a token outside of spans.

        Example:
            >>> list(TaggedText({"text": "I", "tokens": [{"start": 0, "end": 1, "tag": "P"}]}).segments())
            [('', 'I', 'P')]
        """
        text = self.prediction["text"]
        spans = {span["start"]: span for span in self.prediction.get("spans", ())}
        end = 0
        for token in self.prediction["tokens"]:
            if token["start"] < end:
                continue  # inside of a span
            segment = spans.get(token["start"], token)
            label = segment["type"] if "type" in segment else None if "spans" in self.prediction else segment["tag"]
            yield text[end : token["start"]], text[token["start"] : segment["end"]], label
            end = segment["end"]

    def __str__(self):
        return "".join(f"{gap}{text}" + (f" [{label}]" if label else "") for gap, text, label in self.segments())

    __repr__ = __str__

    def __rich__(self):
        from rich.text import Text

        rendered = Text()
        for gap, text, label in self.segments():
            rendered.append(gap).append(text, style="bold" if label else "")
            if label:
                color = TERMINAL_COLORS[_color_index(label) % len(TERMINAL_COLORS)]
                rendered.append(f" [{label}]", style=color)
        return rendered

    def _repr_html_(self):
        parts = []
        for gap, text, label in self.segments():
            gap, text = (html.escape(part).replace("\n", "<br>") for part in (gap, text))
            if label:
                color = COLORS[_color_index(label) % len(COLORS)]
                style = f"background:{color};color:#222;border-radius:4px;padding:1px 4px;margin:0 1px"
                text = f'<span style="{style}">{text} <small><b>{html.escape(label)}</b></small></span>'
            parts.append(gap + text)
        return f'<div dir="auto" style="line-height:2">{"".join(parts)}</div>'


def _color_index(label):
    """Returns an integer that depends on the label alone; `hash` differs between processes."""
    return sum(byte * place for place, byte in enumerate(label.encode(), start=1))
