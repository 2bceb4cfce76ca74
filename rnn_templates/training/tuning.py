"""keras-tuner over a template's search space."""

import contextlib
import inspect
import sys
from typing import NamedTuple

import keras

from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.progress import TrainingProgress


class Trial(NamedTuple):
    """One setting that was tried."""

    number: str
    status: str
    score: float | None
    settings: dict


def tune(
    build, search_space, splits, directory, *, builder=None, trials=10, epochs=5, batch_size=32, seed=1, resume=True
):
    """Searches a template's hyperparameters; the lowest validation loss wins.

    Args:
        build: function from keyword arguments to a compiled model, such as
            `lambda **chosen: sentiment_model(vocabulary, labels, **chosen)`.
        search_space: the template's function from keras-tuner's `HyperParameters` to those keyword arguments.
        splits: `rnn_templates.data.splits.Splits` with a validation split.
        directory: where trials are kept, so that an interrupted search goes on.
        builder: the template's builder, against whose keyword-only parameters the keys are checked; None for `build`.
        trials: how many settings to try, those of an interrupted search included.
        epochs: most epochs a trial; one that does not get better ends earlier.
        batch_size: examples in a step.
        seed: of the search, the weights, and the order of the examples.
        resume: whether to go on with the trials in `directory`.

    Returns:
        A list of `Trial`, best first, those that failed last.

    Raises:
        ValueError: if a key of the search space is not a parameter of the builder, or there is no validation split.
        RuntimeError: if no trial completed; the message holds the first failure.

    Example:
        >>> best = tune(build, sentiment.search_space, load("reviews"), "runs/tuning", trials=5)[0]
        >>> model = sentiment_model(vocabulary, labels, **best.settings)
    """
    import keras_tuner

    check_search_space(search_space, builder or build)
    if splits.validation is None:
        raise ValueError("tune: there is no validation split to check_rejection_rate the trials by.")
    encoded = {}

    class Search(keras_tuner.RandomSearch):
        """Random search over models that take raw texts, encoded once."""

        def run_trial(self, trial, *_, **__):
            keras.utils.set_random_seed(seed)
            model = build(**search_space(trial.hyperparameters))
            if not encoded:  # the preprocessor is the same in every trial
                encoded["train"] = model.batches(splits.train, batch_size=batch_size, shuffle=True, seed=seed)
                encoded["validation"] = model.batches(splits.validation, batch_size=model.validation_batch_size)
            stop = keras.callbacks.EarlyStopping("val_loss", patience=2)
            callbacks = [stop, StopOnDivergence(), TrainingProgress()]
            run = model.fit(
                encoded["train"], epochs=epochs, validation_data=encoded["validation"], callbacks=callbacks, verbose=0
            )
            return min(run.history["val_loss"])

    failure = None
    with contextlib.redirect_stdout(sys.stderr):  # keras-tuner talks on standard output, where --json answers
        tuner = Search(
            search_space,  # keras-tuner calls it once to learn the keys; `run_trial` builds the models
            objective=keras_tuner.Objective("val_loss", "min"),
            max_trials=trials,
            seed=seed,
            directory=str(directory),
            project_name="trials",
            overwrite=not resume,
            max_consecutive_failed_trials=3,
        )
        try:
            tuner.search(verbose=0)
        except RuntimeError as error:  # keras-tuner gives up after three failures in a row
            failure = error
    done = list(tuner.oracle.trials.values())
    completed = [trial for trial in done if trial.status == "COMPLETED"]
    if not completed:
        reason = next((trial.message for trial in done if trial.message), str(failure or "there was no trial"))
        raise RuntimeError(f"No trial completed. The first failure:\n{reason.strip()[-1500:]}") from failure
    completed.sort(key=lambda trial: trial.score)
    return [
        Trial(trial.trial_id, trial.status, trial.score, dict(trial.hyperparameters.values))
        for trial in [*completed, *(trial for trial in done if trial.status != "COMPLETED")]
    ]


def check_search_space(search_space, builder):
    """Raises ValueError if the search space has a key that the builder does not take."""
    import keras_tuner

    parameters = inspect.signature(builder).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return
    known = {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    unknown = sorted(set(search_space(keras_tuner.HyperParameters())) - known)
    if unknown:
        raise ValueError(
            f"The search space has {unknown}, which {builder.__name__} does not take; it takes {sorted(known)}."
        )
