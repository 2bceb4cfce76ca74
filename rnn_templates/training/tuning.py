"""Hyperparameter search with keras-tuner over a template's search space."""

import contextlib
import gc
import inspect
import sys
import time

import keras
from rich.console import Console

from rnn_templates.model_card import Card
from rnn_templates.training.divergence import StopOnDivergence
from rnn_templates.training.progress import TrainingProgress
from rnn_templates.training.trial import Trial, format_value
from rnn_templates.utils.arguments import flatten, unflatten
from rnn_templates.utils.extras import require
from rnn_templates.utils.numbers import format_metric

PATIENCE = 2


def tune(
    build,
    search_space,
    splits,
    directory,
    *,
    builder=None,
    defaults=None,
    trials=10,
    epochs=5,
    batch_size=32,
    seed=1,
    resume=True,
    progress=True,
):
    """Searches a template's hyperparameters at random; the trial with the lowest validation loss is the best.

    Trial 0 has the defaults. The loops that XLA has compiled for a trial are used by the later ones with the same cell
    and number of units; after 20 such configurations the loops of new ones are not compiled.

    Args:
        build: function from keyword arguments of the builder to a compiled model, such as
            `lambda **values: sentiment_model(vocabulary, labels, **values)`.
        search_space: function from keras-tuner's `HyperParameters` to a dict of flat argument name to value, such as
            `rnn_templates.templates.sentiment.builder.search_space`. A flat name is an argument of the builder, or a
            field of one of its components.
        splits: `rnn_templates.data.splits.Splits` with a validation split.
        directory: path of the folder for the trials.
        builder: the template's builder, against whose arguments the search space is checked; None for `build`.
        defaults: dict or None; flat argument name to value, in every trial, where the search space has no other value,
            such as `template.size_rule.arguments(words)`; None for the defaults of the builder.
        trials: positive int; number of trials, including those of an interrupted search.
        epochs: positive int; maximum number of epochs of a trial; it stops after two epochs without improvement.
        batch_size: positive int; examples in a training step.
        seed: int; of the search, the weights and the order of the examples.
        resume: bool; whether to keep the trials in `directory`.
        progress: bool; whether to print the settings and the result of every trial.

    Returns:
        List of `Trial`, the best first, failed ones last.

    Raises:
        ValueError: if the search space has a name that is not an argument of the builder, there is no validation
            split, or the trials in `directory` have other settings or other data.
        RuntimeError: if no trial completed; the message contains the first failure.

    Example:
        >>> from rnn_templates.data.splits import Splits, make_dataset
        >>> vocabulary = rt.Vocabulary.from_texts(["good", "bad"])
        >>> data = make_dataset(["good", "bad"], np.array([1, 0]))
        >>> splits = Splits("example", data, data, None, ("negative", "positive"))
        >>> trials = tune(
        ...     lambda **values: rt.sentiment_model(vocabulary, ["negative", "positive"], embedding_dim=4, **values),
        ...     lambda hp: {"units": hp.Choice("units", [4, 8])},
        ...     splits, "trials", builder=rt.sentiment_model, defaults={"units": 4}, trials=1, epochs=1, progress=False,
        ... )
        >>> trials[0].status, trials[0].hyperparameters
        ('COMPLETED', {'units': 4})
    """
    builder, defaults = builder or build, dict(defaults or {})
    check_search_space(search_space, builder)
    if splits.validation is None:
        raise ValueError("tune: `splits` must have a validation split.")
    for name, value in {"trials": trials, "epochs": epochs, "batch_size": batch_size}.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"tune: `{name}` must be a positive integer; received {value!r}.")
    settings = {"data": splits.name, "examples": splits.sizes, "epochs": epochs, "batch_size": batch_size, "seed": seed}
    settings |= {"defaults": {name: format_value(value) for name, value in defaults.items()}}
    card = _search_card(directory, settings, resume)
    console = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True, quiet=not progress)
    runner = _TrialRunner(build, builder, search_space, defaults, splits, settings, console)
    tuner, failure = _make_tuner(runner, directory, trials, seed, resume), None
    if runner.scores:
        console.print(f"{len(runner.scores)} trials of an earlier search are kept")
    else:
        card.facts["trials"] = {}
    card.save(directory)
    runner.save_figures = lambda number, one: (card.update(trials={str(number): one}), card.save(directory))
    with contextlib.redirect_stdout(sys.stderr):  # keras-tuner prints to standard output, kept for JSON
        try:
            tuner.search(verbose=0)
        except RuntimeError as error:  # after three failed trials in a row
            failure = error
    return _sorted_trials(list(tuner.oracle.trials.values()), card.facts["trials"], failure)


def _search_card(directory, settings, resume):
    """The card of a search, which marks its folder; raises ValueError if the trials there have other settings."""
    card = Card.load(directory)
    old = card.facts.get("search")
    if resume and isinstance(old, dict):
        changed = [
            f"{name} was {old[name]}, is {settings[name]}" for name in settings if old.get(name) != settings[name]
        ]
        if changed:
            raise ValueError(
                f"tune: the trials in {directory} have other settings: {'; '.join(changed)}. Use another folder, or "
                "`resume=False` (--no-resume), which deletes them."
            )
    card.facts["title"], card.facts["search"] = "Hyperparameter search", settings
    return card


class _TrialRunner:
    """Builds and trains the model of a trial; the examples are encoded once, for all trials have one preprocessor."""

    def __init__(self, build, builder, search_space, defaults, splits, settings, console):
        self.build, self.builder, self.search_space, self.splits = build, builder, search_space, splits
        self.settings, self.console, self.batches, self.scores = settings, console, None, {}
        known = {name: parameter.default for name, parameter in flatten(builder).items()}
        self.fixed, self.defaults = defaults, {**known, **defaults}

    def default_values(self, space):
        """The values of trial 0, by name, for the parameters of keras-tuner in a search space."""
        return {one.name: self.defaults.get(one.name, one.default) for one in space}

    def __call__(self, number, hyperparameters):
        """Trains a model; returns the lowest validation loss."""
        start = time.perf_counter()
        values = {} if number == 0 else self.search_space(hyperparameters)
        named = Trial(str(number), "RUNNING", None, hyperparameters.values)
        self.console.print(f"trial {number}{' (defaults)' if number == 0 else ''}: {named.describe()}")
        keras.utils.set_random_seed(self.settings["seed"])
        model = self.build(**unflatten(self.builder, {**self.fixed, **values}))
        losses = self._train(model)
        score, seconds = min(losses), time.perf_counter() - start
        self.scores[number] = score
        best = min(self.scores, key=self.scores.get)
        figures = f"val loss {format_metric(score)} at epoch {losses.index(score) + 1}, {seconds:.0f} s"
        self.console.print(f"trial {number}: {figures}; best {format_metric(self.scores[best])} (trial {best})")
        self.save_figures(number, {"best_epoch": losses.index(score) + 1, "seconds": round(seconds, 1)})
        return score

    def _train(self, model):
        """Returns the validation loss of every epoch, a list."""
        if self.batches is None:
            options = {"batch_size": self.settings["batch_size"], "shuffle": True, "seed": self.settings["seed"]}
            validation = model.make_batches(self.splits.validation, batch_size=model.validation_batch_size)
            self.batches = model.make_batches(self.splits.train, **options), validation
        train, validation = self.batches
        epochs = self.settings["epochs"]
        callbacks = [keras.callbacks.EarlyStopping("val_loss", patience=PATIENCE), StopOnDivergence()]
        callbacks.append(TrainingProgress(epochs, console=self.console))
        run = model.fit(train, epochs=epochs, validation_data=validation, callbacks=callbacks, verbose=0)
        gc.collect()  # the model of the trial before
        return run.history["val_loss"]


def _make_tuner(runner, directory, trials, seed, resume):
    """Returns a tuner of keras-tuner whose first trial has the defaults, and whose others are random."""
    keras_tuner = require("keras_tuner", "tune", "`tune`")

    class Oracle(keras_tuner.oracles.RandomSearchOracle):
        def populate_space(self, trial_id):
            if self.trials:
                return super().populate_space(trial_id)
            return {"status": "RUNNING", "values": runner.default_values(self.hyperparameters.space)}

    class Search(keras_tuner.Tuner):
        def run_trial(self, trial, *_, **__):
            return runner(int(trial.trial_id), trial.hyperparameters)

    objective = keras_tuner.Objective("val_loss", "min")
    with contextlib.redirect_stdout(sys.stderr):
        tuner = Search(
            Oracle(objective, max_trials=trials, seed=seed, max_consecutive_failed_trials=3),
            runner.search_space,  # called once by keras-tuner to find the names; the runner builds the models
            directory=str(directory),
            project_name="trials",
            overwrite=not resume,
        )
    runner.scores = {
        int(trial.trial_id): trial.score for trial in tuner.oracle.trials.values() if trial.score is not None
    }
    return tuner


def _sorted_trials(trials, figures, failure):
    """Trials of keras-tuner as a list of `Trial`, the best first, failed ones last."""
    completed = [trial for trial in trials if trial.status == "COMPLETED"]
    if not completed:
        reason = next((trial.message for trial in trials if trial.message), str(failure or "no trial was run"))
        raise RuntimeError(f"No trial completed. The first failure:\n{reason.strip()[-1500:]}") from failure
    completed.sort(key=lambda trial: trial.score)
    ordered = [*completed, *(trial for trial in trials if trial.status != "COMPLETED")]
    return [
        Trial(one.trial_id, one.status, one.score, dict(one.hyperparameters.values), **figures.get(_number(one), {}))
        for one in ordered
    ]


def _number(trial):
    """The number of a trial of keras-tuner as in the card, without leading zeros."""
    return str(int(trial.trial_id))


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
