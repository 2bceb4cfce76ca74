"""One to one: a class for an image."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="image_classification",
    summary="One to one: a class for an image.",
    builder="rnn_templates.templates.image_classification.builder:image_classification_model",
    task="rnn_templates.templates.image_classification.task:ImageClassifier",
    evaluate="rnn_templates.evaluation.classification:evaluate_image_classifier",
    data_kind="classified_images",
    datasets=("glyphs", "mnist"),
    size_rule=SizeRule(
        "images",
        (
            (2_000, {"units": 64, "filters": 16, "dropout": 0.5}),
            (None, {"units": 128, "filters": 32, "dropout": 0.3}),
        ),
    ),
    demo=Demo(builder={"learning_rate": 2e-3}, fit={"epochs": 4}),
)
