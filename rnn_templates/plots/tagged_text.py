"""A tagged sentence as a person wants to see it."""

import html

COLORS = ("#c6dbef", "#fdd0a2", "#c7e9c0", "#dadaeb", "#fcbba1", "#d9d9d9", "#fde0dd", "#e5f5e0", "#fff3b0", "#ccece6")
TERMINAL = ("blue", "yellow", "green", "magenta", "red", "cyan")


class TaggedText:
    """Shows one answer of a `Tagger`: in a notebook as colored words, in a terminal with its tags in brackets.

    Spans are marked as a whole. Where tags name no spans, each word has its tag.

    Args:
        answer: one dict of `Tagger.predict(..., return_labels=True)`.

    Example:
        >>> TaggedText(model.predict(["Call Ann Lee"], return_labels=True)[0])
        Call Ann Lee [NAME]
    """

    def __init__(self, answer):
        self.answer = answer

    def segments(self):
        """Yields (what stands before it, text, kind or None) for every span, and for every token outside of spans."""
        spans = {span["start"]: span for span in self.answer.get("spans", ())}
        end = 0
        for token in self.answer["tokens"]:
            if token["start"] < end:
                continue  # inside of a span that was shown as a whole
            piece = spans.get(token["start"], token)
            kind = piece["type"] if "type" in piece else None if "spans" in self.answer else piece["tag"]
            yield self.answer["text"][end : token["start"]], self.answer["text"][token["start"] : piece["end"]], kind
            end = piece["end"]

    def __str__(self):
        shown = (f"{gap}{text}" + (f" [{kind}]" if kind else "") for gap, text, kind in self.segments())
        return "".join(shown)

    __repr__ = __str__

    def __rich__(self):
        from rich.text import Text

        shown = Text()
        for gap, text, kind in self.segments():
            shown.append(gap).append(text, style="bold" if kind else "")
            if kind:
                shown.append(f" [{kind}]", style=TERMINAL[_color_index(kind) % len(TERMINAL)])
        return shown

    def _repr_html_(self):
        shown = []
        for gap, text, kind in self.segments():
            gap, text = (html.escape(part).replace("\n", "<br>") for part in (gap, text))
            if kind:
                color = COLORS[_color_index(kind) % len(COLORS)]
                style = f"background:{color};color:#222;border-radius:4px;padding:1px 4px;margin:0 1px"
                text = f'<span style="{style}">{text} <small><b>{html.escape(kind)}</b></small></span>'
            shown.append(gap + text)
        return f'<div dir="auto" style="line-height:2">{"".join(shown)}</div>'


def _color_index(kind):
    """The same number for the same kind, on every machine."""
    return sum(byte * place for place, byte in enumerate(kind.encode(), start=1))
