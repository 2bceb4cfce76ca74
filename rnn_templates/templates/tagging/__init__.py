"""Many to many, aligned: a tag for every word."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="tagging",
    summary="Many to many, aligned: a tag for every word (parts of speech, names, personal data).",
    builder="rnn_templates.templates.tagging.builder:tagging_model",
    task="rnn_templates.templates.tagging.task:Tagger",
    evaluate="rnn_templates.evaluation.tagging:evaluate_tagger",
    data_kind="tagged_sentences",
    datasets=("messages", "universal_dependencies/*", "conll2003", "wikiann/*"),
    headline_metric="span_f1",
    size_rule=SizeRule(
        "words",
        (
            (
                20_000,
                {
                    "units": 64,
                    "embedding_dim": 48,
                    "char_units": 96,
                    "dropout": 0.4,
                    "unk_dropout": 0.3,
                    "learning_rate": 0.004,
                },
            ),
            (
                100_000,
                {
                    "units": 128,
                    "embedding_dim": 64,
                    "char_units": 128,
                    "dropout": 0.4,
                    "unk_dropout": 0.3,
                    "learning_rate": 0.004,
                },
            ),
            (
                None,
                {
                    "units": 128,
                    "embedding_dim": 96,
                    "char_units": 192,
                    "dropout": 0.4,
                    "unk_dropout": 0.25,
                    "learning_rate": 0.002,
                },
            ),
        ),
    ),
    demo=Demo(
        builder={"units": 64, "embedding_dim": 32, "char_units": 64, "max_tokens": 64, "learning_rate": 4e-3},
        data={"vocabulary_size": 8000, "min_count": 2},
        fit={"epochs": 2, "batch_size": 32},
        inputs=(
            "Please call Ottilie Brandwein on +49 30 555 0199 before 3 May 2027.",
            "The invoice of 249.90 EUR went to o.brandwein@example.org, order 88213.",
            "Meet me at 14 Larkspur Lane, Penrith CA11 7QX.",
            "Nothing personal in here: version 2.10 ships at 10:30.",
        ),
    ),
)
