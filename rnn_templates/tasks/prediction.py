"""The prediction of a model for one example."""

from typing import NamedTuple

import numpy as np


class Prediction(NamedTuple):
    """Prediction for one example, as arrays.

    Args:
        outputs: array of any shape; class ids (classification: a scalar, or one bool per label), tag ids (time,), or
            token ids (time,) without padding.
        scores: float array; probabilities that belong to `outputs`: one per label, one per tag, or one (1,) for a
            generated text.
        remarks: tuple of str; reasons to doubt the prediction, such as "low confidence 0.41"; see
            `rnn_templates.tasks.remarks.Remarks`. Default none.

    Example:
        >>> from rnn_templates.tasks.prediction import Prediction
        >>> Prediction(outputs=np.array(1), scores=np.array([0.1, 0.9])).scores.tolist()
        [0.1, 0.9]
    """

    outputs: np.ndarray
    scores: np.ndarray
    remarks: tuple = ()
