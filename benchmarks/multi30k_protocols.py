"""BLEU and chrF of the same translations in both protocols in which Multi30k is reported.

    python benchmarks/multi30k_protocols.py REFERENCES ANSWERS [--language de]

Two files of plain text, also .gz, .xz or .bz2: one sentence a line, cased, not tokenized. The protocols:

- sacrebleu's defaults on the text as it is (arXiv:1804.08771);
- that of nmtpytorch (arXiv:1707.04481) and of the tokenized files that come with Multi30k: both sides in lower case,
  punctuation normalized, tokenized as Moses does, and BLEU over those tokens. Made so, the German test set of 2016 has
  12,103 tokens, as the published file has. Here a quote is written as it is, not as "&quot;": one token either way.

A figure of one protocol says nothing beside one of the other. Needs sacremoses.
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
    sys.exit(f"{error}. The protocol of nmtpytorch needs the rules of Moses: pip install sacremoses")


def main(
    references: Annotated[Path, typer.Argument(help="What people wrote, one sentence a line.")],
    answers: Annotated[Path, typer.Argument(help="What the model wrote, one sentence a line.")],
    language: Annotated[str, typer.Option(help="Of both files, by its two letters.")] = "de",
):
    wanted, written = sentences(references), sentences(answers)
    if len(wanted) != len(written):
        sys.exit(f"{references} has {len(wanted):,} sentences, but {answers} has {len(written):,}.")
    if not wanted:
        sys.exit(f"{references} is empty.")
    tokens = moses(wanted, language), moses(written, language)
    table = Table("protocol", "BLEU", "chrF", title=f"{len(wanted):,} sentences", header_style="bold")
    signatures = []
    for protocol, bleu, texts in (
        ("sacrebleu's defaults, cased", BLEU(), (wanted, written)),
        ("nmtpytorch, lower case, Moses tokens", BLEU(tokenize="none", force=True), tokens),
    ):
        metrics = {"BLEU": bleu, "chrF": CHRF()}
        scores = [metric.corpus_score(texts[1], [texts[0]]).score for metric in metrics.values()]
        table.add_row(protocol, *(f"{score:.2f}" for score in scores))
        signatures += [f"{protocol}: {name} {metric.get_signature()}" for name, metric in metrics.items()]
    Console().print(table)
    print(*signatures, sep="\n")
    counts = [sum(len(text.split()) for text in texts) for texts in tokens]
    print("Moses tokens: {:,} in the references, {:,} in the answers".format(*counts))


def sentences(path):
    """The lines of a file; an empty line is an empty sentence."""
    try:
        lines = [line.rstrip("\r\n") for line in read_lines(path, (format_suffix(path),))]
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    for number, line in enumerate(lines, start=1):
        if has_invalid_utf8(line):
            sys.exit(f"{path}:{number} is not UTF-8; save the file as UTF-8.")
    return lines


def moses(texts, language):
    """The texts in lower case, with their tokens between spaces."""
    normalizer, tokenizer = MosesPunctNormalizer(language), MosesTokenizer(language)
    # Lower case comes first, as for the published files: of one sentence the tokens would be others.
    cut = (tokenizer.tokenize(normalizer.normalize(text.lower().strip()), escape=False) for text in texts)
    return [" ".join(tokens) for tokens in cut]


if __name__ == "__main__":
    typer.run(main)
