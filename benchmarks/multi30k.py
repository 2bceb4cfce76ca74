"""Multi30k, English to German: a model and its LiteRT files, greedy and beam search, in both protocols.

    python benchmarks/multi30k.py runs/translation --data test_2016_flickr.en.gz,test_2016_flickr.de.gz

Evaluates Keras, and `model.tflite` and `model_int8.tflite` where they exist. The protocols are those of
`multi30k_protocols.py`. The last column is the fraction of texts that equal those of Keras, token for token.
"""

from pathlib import Path
from typing import Annotated

import typer
from multi30k_protocols import moses
from rich.console import Console
from rich.table import Table
from sacrebleu.metrics import BLEU, CHRF

from rnn_templates import load_model
from rnn_templates.data.files.text_pairs import read_text_pairs
from rnn_templates.utils.progress import with_progress


def main(
    model: Annotated[Path, typer.Argument(help="Folder of a trained translation model.")],
    data: Annotated[str, typer.Option(help="Two parallel files, separated by a comma.")],
    language: Annotated[str, typer.Option(help="Two-letter code of the target language.")] = "de",
):
    from rnn_templates.export.targets.litert import LiteRTModel
    from rnn_templates.tasks.signature import predict_with

    translator = load_model(model)
    sources, references = translator.read_examples(read_text_pairs(data).dataset())
    references = [reference.decode() for reference in references]
    table = Table("file", "search", "BLEU", "chrF", "BLEU, lower case, Moses", "equal to Keras", header_style="bold")
    decode = translator.target_preprocessor.vocabulary.decode
    for signature in translator.device_signatures():
        if signature.decode is None:
            continue
        strategy = signature.strategy
        expected = translator.predict_examples(sources, strategy)
        for name in ("keras", "model.tflite", "model_int8.tflite"):
            predictions = expected
            if name != "keras":
                if not (model / name).exists():
                    continue
                runner = LiteRTModel(model / name, threads=2)
                predictions = [
                    predict_with(runner, signature, [source])[0]
                    for source in with_progress(sources, f"{name} {strategy}")
                ]
            texts = [decode(prediction.outputs) for prediction in predictions]
            tokenized = [moses(lines, language) for lines in (references, texts)]
            scores = [metric.corpus_score(texts, [references]).score for metric in (BLEU(), CHRF())]
            scores.append(BLEU(tokenize="none", force=True).corpus_score(tokenized[1], [tokenized[0]]).score)
            same = translator.agreement(expected, predictions)
            table.add_row(name, strategy, *(f"{score:.2f}" for score in scores), f"{same:.3f}")
    table.title = f"{len(sources):,} sentences, beam {translator.beam_width}"
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
