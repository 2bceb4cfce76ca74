"""Many to many, delayed: a text for a text."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="translation",
    summary="Many to many, delayed: a text for a text (another language, another form, a summary).",
    builder="rnn_templates.templates.translation.builder:translation_model",
    task="rnn_templates.templates.translation.task:Translator",
    evaluate="rnn_templates.evaluation.generation:evaluate_generator",
    data_kind="text_pairs",
    datasets=("dates", "dates/*", "ted_hrlr_translate/*", "para_crawl/*", "opus/*"),
    headline_metric="exact_match",
    size_rule=SizeRule(
        "words",
        (
            (100_000, {"units": 128, "embedding_dim": 128, "learning_rate": 0.002}),
            (200_000, {"units": 192, "embedding_dim": 192, "learning_rate": 0.002}),
            (None, {"units": 256, "embedding_dim": 256, "learning_rate": 0.002}),
        ),
    ),
    demo=Demo(
        builder={
            "units": 96,
            "embedding_dim": 64,
            "dropout": 0.1,
            "embedding_dropout": 0.1,
            "memory_dropout": 0.1,
            "type_dropout": 0.0,
            "max_source_length": 48,
            "max_target_length": 48,
            "learning_rate": 4e-3,
        },
        data={"source_vocabulary_size": 600, "target_vocabulary_size": 600},
        fit={"epochs": 5},
        inputs=(
            "Monday, March 3, 2031",
            "four hundred and seventeen thousand, two hundred and six",
            "the total is $2,480.75",
            "due on 2027-11-09",
        ),
    ),
)
