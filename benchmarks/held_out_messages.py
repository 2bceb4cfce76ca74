"""Metrics of the entity tagger on generated messages with sentences of held-out lines.

    python benchmarks/held_out_messages.py saved_models/entities

The sentence patterns of the test split of `messages` are not in the training split, but most of their words and phrases
are. The lines of this split are reserved as a whole, so that the context of a name can be entirely new.
"""

import sys

from rich.console import Console

import rnn_templates as rt
from rnn_templates.data.synthetic.messages import make_messages
from rnn_templates.data.tagged_sentences import TaggedSentences


def main(folder):
    model = rt.load_model(folder)
    texts, spans, _ = zip(*make_messages(2000, "held_out_lines"), strict=True)
    sentences = TaggedSentences.from_spans(texts, spans, model.labels)
    Console().print(rt.evaluate(model, (sentences.tokens, sentences.tags)))


if __name__ == "__main__":
    main(sys.argv[1])
