"""Many to one: labels for a text."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="sentiment",
    summary="Many to one: labels for a text (sentiment, topic, emotion; one label or many).",
    builder="rnn_templates.templates.sentiment.builder:sentiment_model",
    task="rnn_templates.templates.sentiment.task:TextClassifier",
    evaluate="rnn_templates.evaluation.classification:evaluate_text_classifier",
    data_kind="labeled_texts",
    datasets=("reviews", "imdb_reviews", "glue/sst2", "goemotions"),
    size_rule=SizeRule(
        "words",
        (
            (
                200_000,
                {
                    "units": 64,
                    "embedding_dim": 64,
                    "pooling": "max_mean",
                    "dropout": 0.5,
                    "embedding_dropout": 0.4,
                    "type_dropout": 0.2,
                    "learning_rate": 0.002,
                },
            ),
            (
                None,
                {
                    "units": 96,
                    "embedding_dim": 96,
                    "pooling": "max_mean",
                    "dropout": 0.5,
                    "embedding_dropout": 0.4,
                    "type_dropout": 0.15,
                    "learning_rate": 0.002,
                },
            ),
        ),
    ),
    demo=Demo(
        builder={"units": 32, "embedding_dim": 32, "max_tokens": 60, "learning_rate": 3e-3},
        data={"vocabulary_size": 5000, "min_count": 1},
        fit={"epochs": 6},
        inputs=(
            "the food was not bad , it was great",
            "the food was not great , it was bad",
            "i expected it to be dull and it was gripping",
            "i expected it to be gripping and it was dull",
        ),
    ),
)
