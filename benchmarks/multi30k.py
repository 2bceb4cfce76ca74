"""Multi30k, English to German: a model and its device files, greedy and by beam search, in both protocols.

    python benchmarks/multi30k.py runs/translation --data test_2016_flickr.en.gz,test_2016_flickr.de.gz

For each of Keras, `model.tflite` and `model_int8.tflite`, as far as they are in the folder; the protocols are those of
`multi30k_protocols.py`. It says too which share of the texts is the same as Keras's, token for token.
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
    data: Annotated[str, typer.Option(help="Two parallel files with a comma between.")],
    language: Annotated[str, typer.Option(help="Of the target, by its two letters.")] = "de",
):
    from rnn_templates.export.targets.litert import LiteRTModel
    from rnn_templates.tasks.signature import predict_with

    translator = load_model(model)
    sources, references = translator.read_examples(read_text_pairs(data).dataset())
    references = [reference.decode() for reference in references]
    table = Table("file", "search", "BLEU", "chrF", "BLEU, lower case, Moses", "same as Keras", header_style="bold")
    write = translator.target_preprocessor.vocabulary.decode
    for signature in translator.device_signatures():
        if signature.decode is None:
            continue
        way = signature.strategy
        expected = translator.predict_examples(sources, way)
        for name in ("keras", "model.tflite", "model_int8.tflite"):
            predictions = expected
            if name != "keras":
                if not (model / name).exists():
                    continue
                file = LiteRTModel(model / name, threads=2)
                predictions = [
                    predict_with(file, signature, [source])[0] for source in with_progress(sources, f"{name} {way}")
                ]
            texts = [write(prediction.outputs) for prediction in predictions]
            wanted, written = moses(references, language), moses(texts, language)
            scores = [metric.corpus_score(texts, [references]).score for metric in (BLEU(), CHRF())]
            scores.append(BLEU(tokenize="none", force=True).corpus_score(written, [wanted]).score)
            same = translator.agreement(expected, predictions)
            table.add_row(name, way, *(f"{score:.2f}" for score in scores), f"{same:.3f}")
    table.title = f"{len(sources):,} sentences, beam {translator.beam_width}"
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
