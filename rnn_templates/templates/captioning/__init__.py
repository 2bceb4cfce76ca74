"""One to many: a caption for an image."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="captioning",
    summary="One to many: a caption for an image.",
    builder="rnn_templates.templates.captioning.builder:captioning_model",
    task="rnn_templates.templates.captioning.task:Captioner",
    evaluate="rnn_templates.evaluation.captioning:evaluate_captioner",
    data_kind="captioned_images",
    datasets=("scenes", "coco_captions"),
    headline_metric="exact_match",
    size_rule=SizeRule(
        "images",
        (
            (2_000, {"units": 128, "embedding_dim": 96, "dropout": 0.4, "memory_dropout": 0.4}),
            (10_000, {"units": 192, "embedding_dim": 128, "dropout": 0.3, "memory_dropout": 0.3}),
            (None, {"units": 256, "embedding_dim": 256, "dropout": 0.3, "memory_dropout": 0.3}),
        ),
    ),
    demo=Demo(
        builder={
            "units": 128,
            "embedding_dim": 96,
            "dropout": 0.1,
            "embedding_dropout": 0.1,
            "memory_dropout": 0.1,
            "decoder_input_noise": 0.2,
            "attention_regularization": 0.0,
            "similarity_units": 32,
            "length_penalty": 0.0,
            "max_target_length": 24,
            "learning_rate": 3e-3,
            "beta_2": 0.99,
        },
        data={"vocabulary_size": 400},
        fit={"epochs": 4, "batch_size": 32},
        max_examples=8_000,
    ),
)
