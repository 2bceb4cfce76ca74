"""Remarks on inputs that are unlike the training data, and on low confidence."""

import numpy as np

from rnn_templates.preprocessing.images.image_features import features_outside, image_features
from rnn_templates.preprocessing.text.unknown_words import has_too_many_unknown_words
from rnn_templates.tasks.input_statistics import InputStatistics


class Remarks:
    """Adds remarks to the predictions of a model; a base class of `Task`.

    An input has a remark if the share of its unknown words, or a feature of the image, is outside the limits of
    `input_statistics`; a prediction, if its confidence is below the limit, or its text is empty. Without statistics,
    the limits are half of the words and `min_confidence`.

    Attributes:
        input_statistics: `InputStatistics` of the training, from the model card.

    Example:
        >>> model = rt.load_model("saved_models/sentiment")
        >>> isinstance(model, Remarks)
        True
    """

    input_statistics = InputStatistics()
    max_calibration_examples = 1000  # of the validation split, for the limits
    min_confidence = 0.3  # without statistics
    reads_unknown_words = False  # by their characters

    def known_words(self, example):
        """Returns for each word of a raw input whether the vocabulary has it, a bool array (words,)."""
        return self.preprocessor.known_words(example)

    def confidence(self, prediction):
        """Returns the confidence of a `Prediction`, in [0, 1]; by default the mean of its scores."""
        return float(np.mean(prediction.scores)) if np.size(prediction.scores) else 1.0

    def add_remarks(self, examples, predictions):
        """Returns a list of `Prediction` with their `remarks`.

        Args:
            examples: list of raw inputs, as from `read_examples`.
            predictions: list of `Prediction`, one per example.

        Example:
            >>> model = rt.load_model("saved_models/sentiment")
            >>> texts = ["asdf"]
            >>> model.add_remarks(texts, model.predict_examples(texts))[0].remarks
            ('100 % unknown words',)
        """
        pairs = zip(examples, predictions, strict=True)
        return [prediction._replace(remarks=self._remarks(example, prediction)) for example, prediction in pairs]

    def _remarks(self, example, prediction):
        statistics = self.input_statistics
        remarks = []
        if hasattr(self.preprocessor, "known_words"):
            known = self.known_words(example)
            limits = statistics.unknown_words or {}
            if len(known) and has_too_many_unknown_words(known, limits, not self.reads_unknown_words):
                remarks.append(f"{100 * (1 - np.mean(known)):.0f} % unknown words")
        elif statistics.images:
            features = image_features(self.preprocessor.image(example)[None])
            if outside := features_outside(features, statistics.images):
                remarks.append(f"unlike the training images ({', '.join(outside)})")
        confidence = self.confidence(prediction)
        limit = self.min_confidence if statistics.confidence is None else statistics.confidence
        if confidence < limit:
            remarks.append(f"low confidence {confidence:.2f}")
        return tuple(remarks)
