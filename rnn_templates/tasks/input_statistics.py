"""Statistics of the data of a training, with which the inputs of predictions are compared."""

import dataclasses

import numpy as np

from rnn_templates.preprocessing.images.image_array import ImageArray
from rnn_templates.preprocessing.images.image_features import feature_ranges, image_features
from rnn_templates.preprocessing.text.unknown_words import unknown_share_limits

MAX_IMAGES = 2000  # of the training split
MIN_EXAMPLES = 50  # fewer examples do not determine a limit
CONFIDENCE_QUANTILE = 0.01


@dataclasses.dataclass(frozen=True)
class InputStatistics:
    """Limits beyond which a prediction has a remark; None where the data had too few examples, or other inputs.

    Args:
        confidence: float or None; quantile of the confidences on the validation split.
        unknown_words: dict of length to limit, or None; see `unknown_share_limits`.
        images: dict of feature name to [minimum, maximum], or None; see `feature_ranges`.

    Example:
        >>> InputStatistics.from_dict({"confidence": 0.6}).confidence
        0.6
    """

    confidence: float | None = None
    unknown_words: dict | None = None
    images: dict | None = None

    @classmethod
    def from_dict(cls, facts):
        """Returns the statistics of a model card.

        Args:
            facts: dict, from `to_dict`.

        Raises:
            ValueError: if it has another form.
        """
        try:
            confidence, words, images = (facts.get(field.name) for field in dataclasses.fields(cls))
            return cls(
                None if confidence is None else float(confidence),
                None if words is None else {int(length): float(limit) for length, limit in words.items()},
                None if images is None else {name: [float(low), float(high)] for name, (low, high) in images.items()},
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(
                f"`input_statistics` must be a dict as `fit` writes it; received {facts!r:.80}."
            ) from error

    def to_dict(self):
        """Returns the statistics as a dict for JSON, without those that are None."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}


def compute_input_statistics(model, splits):
    """Returns the `InputStatistics` of the data of a training.

    The limits of confidence and of unknown words are quantiles on the validation split, the ranges of image features
    quantiles on the training split.

    Args:
        model: trained `rnn_templates.tasks.task.Task`.
        splits: `rnn_templates.data.splits.Splits`, or an object with `train` and `validation`.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> data = make_dataset([b"not bad", b"not good"] * 50, np.array([1, 0] * 50))
        >>> model = rt.sentiment_model(rt.Vocabulary.from_texts(data), ["bad", "good"], units=4, embedding_dim=4)
        >>> splits = Splits("example", data, data, None, ("bad", "good"), sizes={"train": 100, "validation": 100})
        >>> compute_input_statistics(model, splits).unknown_words
        {1: 0.0, 2: 0.0}
    """
    confidence = words = images = None
    validation = _read_some(model, splits, "validation", model.max_calibration_examples)
    if len(validation) >= MIN_EXAMPLES:
        confidences = [model.confidence(prediction) for prediction in model.predict_examples(validation)]
        confidence = round(float(np.quantile(confidences, CONFIDENCE_QUANTILE)), 4)
    if hasattr(model.preprocessor, "known_words"):
        words = unknown_share_limits([model.known_words(example) for example in validation]) or None
    elif hasattr(model.preprocessor, "image"):
        train = _read_some(model, splits, "train", MAX_IMAGES)
        if len(train) >= MIN_EXAMPLES:
            images = feature_ranges(image_features(ImageArray(train, model.preprocessor)[np.arange(len(train))]))
    return InputStatistics(confidence, words, images)


def _read_some(model, splits, name, count):
    """Returns about `count` raw inputs at equal distances in a split, because files may be sorted by class."""
    dataset = getattr(splits, name)
    if dataset is None:
        return []
    size = (getattr(splits, "sizes", None) or {}).get(name, 0)
    return model.read_examples(dataset.shard(max(1, size // count), 0).take(count))[0]
