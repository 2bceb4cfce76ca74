"""Tables of the tokens that a treebank joins or cuts differently from the word tokenizer."""

import collections
import re

from rnn_templates.preprocessing.text.token_offsets import normalize_token
from rnn_templates.preprocessing.text.word_tokenizer import compile_rule, is_word
from rnn_templates.runtime.word_tokenizer import MAX_JOINED, cut_position, regroup

MIN_COUNT = 3  # occurrences of an entry of `joined`, different tokens with an affix
MIN_PRECISION = 0.6  # share of the occurrences that the treebank joins or cuts
MAX_WORDS = 3000
_DIGITS = re.compile("[0-9]+")


def learn_token_rules(sentences):
    """Returns the tables that reproduce the tokens of a treebank, or None if the word tokenizer does.

    `joined`: runs of tokens without spaces that are one token, such as "dr.", with "0" for digits and "A" for any word.
    `prefixes`, `suffixes`: parts of a token that are tokens, such as "l'" and "n't". `words`: position of the cut in
    other tokens, such as "cannot"; 0 where an affix does not apply.

    Args:
        sentences: iterable of (text, spans): str, and for each token its (start, end), or None where it is unknown.

    Returns:
        Dict for `regroup`, or None.

    Example:
        >>> learn_token_rules([("l'eau l'air l'or", [(0, 2), (2, 5), (6, 8), (8, 11), (12, 14), (14, 16)])])["prefixes"]
        ["l'"]
    """
    counts = collections.Counter(chunk for text, spans in sentences for chunk in _chunks(text, spans))
    rows = [(text, _units(text), spans, count) for (text, spans), count in counts.items()]
    joined = set()
    for length in range(2, MAX_JOINED + 1):
        joined |= _learn_joined(rows, joined, length)
    tables = {"joined": sorted(joined), "words": {}, "prefixes": [], "suffixes": []}
    tables |= _learn_cuts(rows, tables)
    return tables if any(tables.values()) else None


def _chunks(text, spans):
    """Yields the normalized parts of a text without spaces, each with the spans of the treebank's tokens in it."""
    normalized = normalize_token(text)
    if len(normalized) != len(text):  # dropped characters: too rare to map the offsets
        return
    spans = iter(sorted(span for span in spans if span))
    span = next(spans, None)
    for found in re.finditer(r"\S+", normalized):
        start, end = found.span()
        inside = []
        while span is not None and span[0] < end:
            if start <= span[0] and span[1] <= end:
                inside.append((span[0] - start, span[1] - start))
            span = next(spans, None)
        yield found[0], tuple(inside)


def _units(text):
    return [found.span() for found in compile_rule()[0].finditer(text)]


def _learn_joined(rows, known, length):
    """The keys of runs of `length` tokens that are mostly one token, and not joined by the `known` keys."""
    totals, hits = collections.Counter(), collections.Counter()
    tables = {"joined": known, "words": {}, "prefixes": (), "suffixes": ()}
    for text, units, gold, count in rows:
        if len(units) < length:
            continue
        owner, done = _owners(gold), _owners(regroup(text, units, tables, is_word))
        exact = ["0" if _DIGITS.fullmatch(text[i:j]) else text[i:j] for i, j in units]
        general = ["A" if unit != "0" and is_word(unit) else unit for unit in exact]
        for first in range(len(units) - length + 1):
            run = units[first : first + length]
            start, end = run[0][0], run[-1][1] - 1
            is_run = all(a[1] == b[0] for a, b in zip(run, run[1:], strict=False))
            if is_run and start in owner and end in owner and done[start] != done[end]:
                for key in {"".join(exact[first : first + length]), "".join(general[first : first + length])}:
                    totals[key] += count
                    hits[key] += count * (owner[start] == owner[end])
    return {key for key, count in hits.items() if count >= MIN_COUNT and count >= MIN_PRECISION * totals[key]}


def _owners(spans):
    """Dict from position to the number of the span that contains it."""
    return {position: number for number, (i, j) in enumerate(spans) for position in range(i, j)}


def _learn_cuts(rows, tables):
    """The tables of words and affixes."""
    counts = collections.defaultdict(collections.Counter)  # of the (first, last) cut of a token
    for text, units, gold, count in rows:
        starts, owner = {i for i, _ in gold}, _owners(gold)
        for i, j in regroup(text, units, tables, is_word):
            if all(position in owner for position in range(i, j)):
                cuts = [position - i for position in range(i + 1, j) if position in starts]
                counts[text[i:j]][(cuts[0], cuts[-1]) if cuts else (0, 0)] += count
    prefixes = _learn_affixes(counts, lambda token, cut: token[: cut[0]], lambda token, affix: token.startswith(affix))
    suffixes = _learn_affixes(counts, lambda token, cut: token[cut[1] :], lambda token, affix: token.endswith(affix))
    words = {}
    for token in sorted(counts, key=lambda token: (-counts[token].total(), token)):
        (first, _), count = counts[token].most_common(1)[0]
        if count >= 2 and first != cut_position(token, {}, prefixes, suffixes) and len(words) < MAX_WORDS:
            words[token] = first
    return {"words": words, "prefixes": sorted(prefixes), "suffixes": sorted(suffixes)}


def _learn_affixes(counts, affix_of, has):
    """The affixes with a symbol inside, such as an apostrophe, that are mostly tokens of their own."""
    hits, kinds = collections.Counter(), collections.Counter()
    for token, cuts in counts.items():
        for cut, count in cuts.items():
            if cut[0] and not affix_of(token, cut).isalnum():
                hits[affix_of(token, cut)] += count
                kinds[affix_of(token, cut)] += 1
    hits = {affix: count for affix, count in hits.items() if kinds[affix] >= MIN_COUNT}
    totals = {
        affix: sum(cuts.total() for token, cuts in counts.items() if len(token) > len(affix) and has(token, affix))
        for affix in hits
    }
    return {affix for affix, count in hits.items() if count >= MIN_PRECISION * totals[affix]}
