"""A tagged sentence is shown with all its characters, its marks behind their words."""

import pytest
from rich.console import Console

from rnn_templates.plots.tagged_text import TaggedText


def answer(text, tokens, spans=None):
    found = [{"text": text[a:b], "start": a, "end": b, "tag": tag} for a, b, tag in tokens]
    marked = [{"text": text[a:b], "start": a, "end": b, "type": kind} for a, b, kind in spans or ()]
    return {"text": text, "tokens": found, **({} if spans is None else {"spans": marked})}


NAMED = answer("Hi Ann Lee!", [(0, 2, "O"), (3, 6, "B-N"), (7, 10, "I-N"), (10, 11, "O")], [(3, 10, "NAME")])


def test_a_span_is_marked_once_and_as_a_whole():
    assert str(TaggedText(NAMED)) == "Hi Ann Lee [NAME]!"
    assert TaggedText(NAMED)._repr_html_().count("NAME") == 1


def test_every_word_has_its_tag_where_tags_name_no_spans():
    assert str(TaggedText(answer("I run", [(0, 1, "PRON"), (2, 5, "VERB")]))) == "I [PRON] run [VERB]"


@pytest.mark.parametrize("gap", ["\u200d", "\n", "  ", ""])
def test_what_stands_between_tokens_is_shown_as_it_is(gap):
    text = f"a{gap}b"
    assert str(TaggedText(answer(text, [(0, 1, "O"), (1 + len(gap), 2 + len(gap), "O")], []))) == text


def test_html_in_a_text_stays_text():
    shown = TaggedText(answer("<b>", [(0, 1, "O"), (1, 2, "O"), (2, 3, "O")], []))._repr_html_()
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_brackets_are_no_markup_in_a_terminal(capsys):
    Console(width=80).print(TaggedText(answer("[red]", [(0, 1, "O"), (1, 4, "O"), (4, 5, "O")], [])))
    assert capsys.readouterr().out.strip() == "[red]"
