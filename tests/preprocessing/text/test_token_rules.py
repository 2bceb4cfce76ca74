"""Learning the tokens of a treebank from its raw texts, or from its tokens alone."""

import pytest

from rnn_templates.preprocessing.text.token_alignment import align_tokens, guess_text
from rnn_templates.preprocessing.text.token_offsets import tokenize_with_offsets
from rnn_templates.preprocessing.text.token_rules import learn_token_rules

FRENCH = """
Il n' aime pas l' eau .|Il n'aime pas l'eau.
Je n' ai pas vu l' ami d' Ann aujourd'hui .|Je n'ai pas vu l'ami d'Ann aujourd'hui.
Elle dit qu' il n' est pas à l' heure aujourd'hui .|Elle dit qu'il n'est pas à l'heure aujourd'hui.
L' oncle d' Ève pense qu' on part d' ici .|L’oncle d’Ève pense qu’on part d’ici.
Le prix de le pain monte de 3,50 à 4,20 .|Le prix du pain monte de 3,50 à 4,20.
Qu' avez-vous ? Rendez-vous à 8,15 .|Qu'avez-vous ? Rendez-vous à 8,15.
"""
ENGLISH = """
Dr. Lee does n't know it ...|Dr. Lee doesn't know it...
We do n't think Dr. Lee 's dog barks ...|We don't think Dr. Lee's dog barks...
You ca n't say it is n't Ann 's .|You can't say it isn't Ann's.
I can not see Dr. Smith ; he can not see me , but it 's fine .|I cannot see Dr. Smith; he cannot see me, but it's fine.
The well-known shop costs 1,000 or 2,500 or 3,000 .|The well-known shop costs 1,000 or 2,500 or 3,000.
"""


def sentences(excerpt):
    for line in excerpt.strip().split("\n"):
        tokens, text = line.split("|")
        yield text, align_tokens(tokens.split(" "), text.replace("’", "'"))


def tokens(text, rules):
    return [token.text for token in tokenize_with_offsets(text, rules)]


def test_french_elisions_are_cut_also_before_unseen_words_and_whole_words_stay():
    rules = learn_token_rules(sentences(FRENCH))
    assert tokens("qui n'aime pas l'eau", None) == ["qui", "n'aime", "pas", "l'eau"], "without a table"
    assert tokens("qui n'aime pas l'eau", rules) == ["qui", "n'", "aime", "pas", "l'", "eau"]
    assert tokens("D’abord l'été, aujourd'hui 9,99", rules) == ["D’", "abord", "l'", "été", ",", "aujourd'hui", "9,99"]
    assert not {"du", "de", "pain"} & {*rules["words"]}, "the words of a contraction are not in the text"


def test_english_clitics_are_cut_and_abbreviations_and_numbers_stay_whole():
    rules = learn_token_rules(sentences(ENGLISH))
    assert tokens("They don't see Dr. No's...", rules) == ["They", "do", "n't", "see", "Dr.", "No", "'s", "..."]
    assert tokens("It cannot cost 7,999.", rules) == ["It", "can", "not", "cost", "7,999", "."]


def test_tokens_without_a_raw_text_still_give_the_clitics():
    lines = [line.split("|")[0].split(" ") for line in (ENGLISH + FRENCH).strip().split("\n") if line]
    rules = learn_token_rules(map(guess_text, lines))
    assert tokens("don't l'amie", rules) == ["do", "n't", "l'", "amie"]


def test_data_with_the_tokens_of_the_word_tokenizer_has_no_rules():
    texts = ["don't l'eau Dr. No's 1,000...", "it's 5 o'clock (ok)"] * 5
    assert learn_token_rules([(text, [token[1:] for token in tokenize_with_offsets(text)]) for text in texts]) is None
    words = [[token.text for token in tokenize_with_offsets(text)] for text in texts]
    assert learn_token_rules(map(guess_text, words)) is None


@pytest.mark.parametrize(
    ("words", "text", "spans"),
    [
        (["a", "b"], " a  b", [(1, 2), (4, 5)]),
        (["de", "le", "pain"], "du pain", [None, None, (3, 7)]),
        (["à", "le", "bar", "de", "les", "amis"], "au bar des amis", [None, None, (3, 6), None, None, (11, 15)]),
        (["x", "y"], "nothing of it", [None, None]),
        (["1 000", "€"], "1 000€", [(0, 5), (5, 6)]),
        ([], "", []),
    ],
)
def test_tokens_are_aligned_by_offsets_and_contracted_words_have_none(words, text, spans):
    assert align_tokens(words, text) == spans
