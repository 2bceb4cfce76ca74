"""Language model: the next token of a text, one after the other."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="text_generation",
    summary="Sequence to its next element: continues a text, by characters, words or subwords.",
    builder="rnn_templates.templates.text_generation.builder:text_generation_model",
    task="rnn_templates.templates.text_generation.task:LanguageModel",
    evaluate="rnn_templates.evaluation.language_model:evaluate_language_model",
    data_kind="plain_texts",
    datasets=("python_sources", "tiny_shakespeare"),
    demo=Demo(
        builder={
            "units": 192,
            "num_layers": 1,
            "dropout": 0.0,
            "window_length": 64,
            "learning_rate": 6e-3,
            "max_length": 80,
        },
        data={"min_count": 5},
        fit={"epochs": 4, "batch_size": 32},
        inputs=("import ", "def ", "class ", "    for "),
        max_examples=30,
    ),
    headline_metric="bits_per_character",
    size_rule=SizeRule(
        "characters",
        (
            (300_000, {"units": 128, "num_layers": 1, "dropout": 0.3, "learning_rate": 0.003}),
            (2_000_000, {"units": 256, "num_layers": 2, "dropout": 0.3, "learning_rate": 0.002}),
            (None, {"units": 384, "num_layers": 2, "dropout": 0.1, "learning_rate": 0.002}),
        ),
    ),
)
