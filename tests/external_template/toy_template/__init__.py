"""A template outside the package: spam or not, a text classifier with a vanilla RNN over words."""

from rnn_templates.registry import Demo, Template

TEMPLATE = Template(
    name="toy",
    summary="Many to one: spam or not; the smallest complete template.",
    builder="toy_template.builder:toy_model",
    task="toy_template.task:ToyClassifier",
    evaluate="rnn_templates.evaluation.classification:evaluate_text_classifier",
    data_kind="labeled_texts",
    datasets=("reviews",),
    headline_metric="accuracy",
    demo=Demo(builder={"units": 8}, fit={"epochs": 1}, inputs=("a good film",), max_examples=500),
)
