"""Random weights, so that no prediction is a tie and no weight is without effect."""

import numpy as np


def randomize_weights(model, scale=0.4, seed=0):
    """Returns a model after setting all its weights to normal random numbers; variances are positive."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if np.issubdtype(np.dtype(weight.dtype), np.floating):
            values = rng.normal(scale=scale, size=weight.shape)
            weight.assign(np.abs(values) + 0.5 if "variance" in weight.name else values)
    return model
