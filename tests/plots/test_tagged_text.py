"""Tagged text has all its characters, and labels after their spans."""

import pytest
from rich.console import Console

from rnn_templates.plots.tagged_text import TaggedText


def prediction(text, tokens, spans=None):
    tokens = [{"text": text[a:b], "start": a, "end": b, "tag": tag} for a, b, tag in tokens]
    marked = [{"text": text[a:b], "start": a, "end": b, "type": label} for a, b, label in spans or ()]
    return {"text": text, "tokens": tokens, **({} if spans is None else {"spans": marked})}


NAMED = prediction("Hi Ann Lee!", [(0, 2, "O"), (3, 6, "B-N"), (7, 10, "I-N"), (10, 11, "O")], [(3, 10, "NAME")])


def test_a_span_has_one_label():
    assert str(TaggedText(NAMED)) == "Hi Ann Lee [NAME]!"
    assert TaggedText(NAMED)._repr_html_().count("NAME") == 1


def test_without_spans_every_token_has_its_tag():
    assert str(TaggedText(prediction("I run", [(0, 1, "PRON"), (2, 5, "VERB")]))) == "I [PRON] run [VERB]"


@pytest.mark.parametrize("gap", ["\u200d", "\n", "  ", ""])
def test_characters_between_tokens_are_unchanged(gap):
    text = f"a{gap}b"
    assert str(TaggedText(prediction(text, [(0, 1, "O"), (1 + len(gap), 2 + len(gap), "O")], []))) == text


def test_html_is_escaped():
    rendered = TaggedText(prediction("<b>", [(0, 1, "O"), (1, 2, "O"), (2, 3, "O")], []))._repr_html_()
    assert "&lt;b&gt;" in rendered and "<b>" not in rendered


def test_brackets_are_no_markup_in_a_terminal(capsys):
    Console(width=80).print(TaggedText(prediction("[red]", [(0, 1, "O"), (1, 4, "O"), (4, 5, "O")], [])))
    assert capsys.readouterr().out.strip() == "[red]"
