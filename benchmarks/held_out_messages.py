"""How the entity tagger does on generated messages from sentence lines that training never drew from.

python benchmarks/foreign_messages.py saved_models/entities

The test split of `messages` has sentence patterns of its own, but their words and most of their parts are in training.
Here whole lines are foreign, so that the words around a name may never have been seen.
"""

import sys

from rich.console import Console

import rnn_templates as rt
from rnn_templates.data.synthetic.messages import make_messages
from rnn_templates.data.tagged_sentences import TaggedSentences


def main(folder):
    model = rt.load_model(folder)
    texts, spans, _ = zip(*make_messages(2000, "foreign"), strict=True)
    tagged = TaggedSentences.from_spans(texts, spans, model.labels)
    Console().print(rt.evaluate(model, (tagged.tokens, tagged.tags)))


if __name__ == "__main__":
    main(sys.argv[1])
