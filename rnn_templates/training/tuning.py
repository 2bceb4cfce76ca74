"""Hyperparameter search with keras-tuner over a template's search space."""

import contextlib
import inspect
import sys
from typing import NamedTuple

import keras

from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.utils.arguments import flatten, unflatten
from rnn_templates.utils.extras import require


class Trial(NamedTuple):
    """A trial of the search.

    Args:
        id: str; number of the trial, as keras-tuner writes it.
        status: str; "COMPLETED", "INVALID" or "FAILED".
        score: float or None; the lowest validation loss; None without one.
        hyperparameters: dict of flat argument name to value; `rnn_templates.utils.arguments.unflatten` converts it to
            arguments of the builder.

    Example:
        >>> Trial("0", "COMPLETED", 0.31, {"units": 64}).score
        0.31
    """

    id: str
    status: str
    score: float | None
    hyperparameters: dict


def tune(
    build, search_space, splits, directory, *, builder=None, trials=10, epochs=5, batch_size=32, seed=1, resume=True
):
    """Searches a template's hyperparameters at random; the trial with the lowest validation loss is the best.

    Args:
        build: function from keyword arguments of the builder to a compiled model, such as
            `lambda **values: sentiment_model(vocabulary, labels, **values)`.
        search_space: function from keras-tuner's `HyperParameters` to a dict of flat argument name to value, such as
            `rnn_templates.templates.sentiment.builder.search_space`. A flat name is an argument of the builder, or a
            field of one of its components.
        splits: `rnn_templates.data.splits.Splits` with a validation split.
        directory: path of the folder for the trials.
        builder: the template's builder, against whose arguments the search space is checked; None for `build`.
        trials: positive int; number of trials, including those of an interrupted search.
        epochs: positive int; maximum number of epochs of a trial; it stops after two epochs without improvement.
        batch_size: positive int; examples in a training step.
        seed: int; of the search, the weights and the order of the examples.
        resume: bool; whether to keep the trials in `directory`.

    Returns:
        List of `Trial`, the best first, failed ones last.

    Raises:
        ValueError: if the search space has a name that is not an argument of the builder, or there is no validation
            split.
        RuntimeError: if no trial completed; the message contains the first failure.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> vocabulary = rt.Vocabulary.from_texts(["good", "bad"])
        >>> data = make_dataset(["good", "bad"], np.array([1, 0]))
        >>> splits = Splits("example", data, data, None, ("negative", "positive"))
        >>> trials = tune(
        ...     lambda **values: rt.sentiment_model(vocabulary, ["negative", "positive"], embedding_dim=4, **values),
        ...     lambda hp: {"units": hp.Choice("units", [4, 8])},
        ...     splits, "trials", builder=rt.sentiment_model, trials=1, epochs=1,
        ... )
        >>> trials[0].status
        'COMPLETED'
    """
    keras_tuner = require("keras_tuner", "tune", "`tune`")
    builder = builder or build
    check_search_space(search_space, builder)
    if splits.validation is None:
        raise ValueError("tune: `splits` must have a validation split.")
    batches = {}

    class Search(keras_tuner.RandomSearch):
        """Random search; the examples are encoded once, because all trials have the same preprocessor."""

        def run_trial(self, trial, *_, **__):
            keras.utils.set_random_seed(seed)
            model = build(**unflatten(builder, search_space(trial.hyperparameters)))
            if not batches:
                batches["train"] = model.make_batches(splits.train, batch_size=batch_size, shuffle=True, seed=seed)
                batches["validation"] = model.make_batches(splits.validation, batch_size=model.validation_batch_size)
            stop = keras.callbacks.EarlyStopping("val_loss", patience=2)
            callbacks = [stop, StopOnDivergence(), TrainingProgress()]
            run = model.fit(
                batches["train"], epochs=epochs, validation_data=batches["validation"], callbacks=callbacks, verbose=0
            )
            return min(run.history["val_loss"])

    failure = None
    with contextlib.redirect_stdout(sys.stderr):  # keras-tuner prints to standard output, which is reserved for JSON
        tuner = Search(
            search_space,  # called once by keras-tuner to find the names; `run_trial` builds the models
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
        except RuntimeError as error:  # after three failed trials in a row
            failure = error
    return _sorted_trials(list(tuner.oracle.trials.values()), failure)


def _sorted_trials(trials, failure):
    """Trials of keras-tuner as a list of `Trial`, the best first, failed ones last."""
    completed = [trial for trial in trials if trial.status == "COMPLETED"]
    if not completed:
        reason = next((trial.message for trial in trials if trial.message), str(failure or "no trial was run"))
        raise RuntimeError(f"No trial completed. The first failure:\n{reason.strip()[-1500:]}") from failure
    completed.sort(key=lambda trial: trial.score)
    return [
        Trial(trial.trial_id, trial.status, trial.score, dict(trial.hyperparameters.values))
        for trial in [*completed, *(trial for trial in trials if trial.status != "COMPLETED")]
    ]


def check_search_space(search_space, builder):
    """Raises ValueError if the search space has a name that is not a flat argument of the builder.

    Args:
        search_space: function from keras-tuner's `HyperParameters` to a dict.
        builder: function that returns a model; one with `**kwargs` is not checked.

    Example:
        >>> from rnn_templates.templates.sentiment.builder import search_space
        >>> check_search_space(search_space, rt.sentiment_model)
    """
    keras_tuner = require("keras_tuner", "tune", "`tune`")
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in inspect.signature(builder).parameters.values()):
        return
    known = flatten(builder)
    unknown = sorted(set(search_space(keras_tuner.HyperParameters())) - set(known))
    if unknown:
        raise ValueError(
            f"tune: `search_space` must have arguments of {builder.__name__} ({', '.join(sorted(known))}); "
            f"received {unknown}."
        )
