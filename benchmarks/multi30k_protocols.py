"""BLEU and chrF of the same translations in both protocols of the literature on Multi30k.

    python benchmarks/multi30k_protocols.py REFERENCES HYPOTHESES [--language de]

Two files of plain text, also .gz, .xz or .bz2: one sentence a line, cased, not tokenized. The protocols:

- the defaults of sacrebleu on the cased text (arXiv:1804.08771);
- that of nmtpytorch (arXiv:1707.04481) and of the tokenized files of Multi30k: both sides in lower case, with
  normalized punctuation and the tokenizer of Moses, and BLEU over those tokens. The German test set of 2016 then has
  12,103 tokens, as the published file. A quote stays a quote here, and is "&quot;" there: one token in both.

Scores of the two protocols are not comparable. Needs sacremoses.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sacrebleu.metrics import BLEU, CHRF

from rnn_templates.data.files.text_io import format_suffix, has_invalid_utf8, read_lines

try:
    from sacremoses import MosesPunctNormalizer, MosesTokenizer
except ImportError as error:
    sys.exit(f"{error}. The nmtpytorch protocol needs the tokenizer of Moses: pip install sacremoses")


def main(
    references: Annotated[Path, typer.Argument(help="References, one sentence a line.")],
    hypotheses: Annotated[Path, typer.Argument(help="Generated texts, one sentence a line.")],
    language: Annotated[str, typer.Option(help="Two-letter code of the language of both files.")] = "de",
):
    sides = sentences(references), sentences(hypotheses)
    if len(sides[0]) != len(sides[1]):
        sys.exit(f"{references} has {len(sides[0]):,} sentences, but {hypotheses} has {len(sides[1]):,}.")
    if not sides[0]:
        sys.exit(f"{references} is empty.")
    tokens = [moses(texts, language) for texts in sides]
    table = Table("protocol", "BLEU", "chrF", title=f"{len(sides[0]):,} sentences", header_style="bold")
    signatures = []
    for protocol, bleu, texts in (
        ("sacrebleu defaults, cased", BLEU(), sides),
        ("nmtpytorch, lower case, Moses tokens", BLEU(tokenize="none", force=True), tokens),
    ):
        metrics = {"BLEU": bleu, "chrF": CHRF()}
        scores = [metric.corpus_score(texts[1], [texts[0]]).score for metric in metrics.values()]
        table.add_row(protocol, *(f"{score:.2f}" for score in scores))
        signatures += [f"{protocol}: {name} {metric.get_signature()}" for name, metric in metrics.items()]
    Console().print(table)
    print(*signatures, sep="\n")
    counts = [sum(len(text.split()) for text in texts) for texts in tokens]
    print("Moses tokens: {:,} in the references, {:,} in the hypotheses".format(*counts))


def sentences(path):
    """Returns the lines of a file; an empty line is an empty sentence."""
    try:
        lines = [line.rstrip("\r\n") for line in read_lines(path, (format_suffix(path),))]
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    for number, line in enumerate(lines, start=1):
        if has_invalid_utf8(line):
            sys.exit(f"{path}:{number} is not UTF-8; save the file as UTF-8.")
    return lines


def moses(texts, language):
    """Returns texts in lower case, tokenized as by Moses, joined by spaces."""
    normalizer, tokenizer = MosesPunctNormalizer(language), MosesTokenizer(language)
    # Lower case first, as in the published files: in the other order one sentence has other tokens.
    tokenized = (tokenizer.tokenize(normalizer.normalize(text.lower().strip()), escape=False) for text in texts)
    return [" ".join(tokens) for tokens in tokenized]


if __name__ == "__main__":
    typer.run(main)
