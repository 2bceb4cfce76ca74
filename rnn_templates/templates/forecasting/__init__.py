"""Many to many, ahead: the next values of series, with quantiles."""

from rnn_templates.registry import Demo, Template
from rnn_templates.utils.size_rule import SizeRule

TEMPLATE = Template(
    name="forecasting",
    summary="Many to many, ahead: the next values of one or many time series, with quantiles.",
    builder="rnn_templates.templates.forecasting.builder:forecasting_model",
    task="rnn_templates.templates.forecasting.task:Forecaster",
    evaluate="rnn_templates.evaluation.forecasting:evaluate_forecaster",
    data_kind="time_series",
    datasets=("demand",),
    size_rule=SizeRule(
        "steps",
        (
            (20_000, {"units": 64, "embedding_dim": 64, "dropout": 0.3}),
            (None, {"units": 128, "embedding_dim": 128, "dropout": 0.3}),
        ),
    ),
    headline_metric="mase",
    demo=Demo(
        builder={"units": 64, "embedding_dim": 64, "horizon": 24, "look_back": 168, "learning_rate": 2e-3},
        fit={"epochs": 4, "batch_size": 256},
    ),
)
