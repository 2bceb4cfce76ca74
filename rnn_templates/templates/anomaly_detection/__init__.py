"""Many to many, aligned: an anomaly score for each value of a stream."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="anomaly_detection",
    summary="Many to many, aligned: an anomaly score and a flag for each value of a stream, learned without labels.",
    builder="rnn_templates.templates.anomaly_detection.builder:anomaly_detection_model",
    task="rnn_templates.templates.anomaly_detection.task:AnomalyDetector",
    evaluate="rnn_templates.evaluation.anomaly_detection:evaluate_detector",
    data_kind="time_series",
    datasets=("sensors",),
    size_rule=SizeRule("steps", ((20_000, {"units": 24}), (None, {"units": 32}))),
    headline_metric="event_f1",
    demo=Demo(builder={"units": 24, "window": 128, "learning_rate": 5e-3}, fit={"epochs": 12, "batch_size": 32}),
)
