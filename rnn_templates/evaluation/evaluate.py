"""Evaluation of a trained model, by its template's own function."""

from rnn_templates import registry


def evaluate(model, dataset, *, baseline=None, num_worst=10):
    """Evaluates a model on labeled raw examples.

    Args:
        model: task of a template.
        dataset: raw `tf.data.Dataset` of (input, target), batched or not, or a pair (inputs, targets).
        baseline: raw training examples in the same form, to fit the template's baseline; None for no baseline.
        num_worst: int; number of the worst examples that the report holds. Default 10.

    Returns:
        The report of the template, a subclass of `rnn_templates.evaluation.reports.base.Report`.

    Raises:
        ValueError: if there is no example, a target does not fit the model, or a prediction is not finite.

    Example:
        >>> rt.evaluate(model, splits.test, baseline=splits.train).metrics()["accuracy"]  # doctest: +SKIP
    """
    return registry.of(model).load("evaluate")(model, dataset, baseline=baseline, num_worst=num_worst)
