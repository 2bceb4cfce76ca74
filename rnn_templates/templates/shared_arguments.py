"""Descriptions of the arguments that several builders have: one text for `help()`, the command line and the docs."""

import re
import textwrap

WIDTH = 120

ARGUMENTS = {
    "cell": (
        'str or class; kind of recurrent cell: "lstm", "gru", "vanilla", "mingru", "minlstm", "indrnn", '
        '"coupled_lstm", "layer_norm_lstm", "peephole_lstm", "slstm", "fastgrnn", "diagonal_gru", "diagonal_lstm", '
        '"rglru", "dlinoss" or "cfc"; in Python also a subclass of `rnn_templates.Cell`.'
    ),
    "units": "positive int; size of the RNN state, per direction: more units can learn more, and are slower.",
    "num_layers": "positive int; number of RNN layers, each of which reads the outputs of the one before.",
    "decoder_layers": (
        "int of at least 2; number of RNN layers of the decoder, which writes the target: the first is before "
        "attention, the others after it."
    ),
    "embedding_dim": "positive int; size of the vector that represents a token (a word, or a part of one).",
    "attention_units": (
        "positive int or None; size of the vectors (keys) by which attention compares positions; None for `units`."
    ),
    "max_target_length": (
        "int from 2 to 16,384; maximum length of a target in subwords, the end token included; longer targets are "
        "truncated."
    ),
    "dropout": (
        "float in [0, 1); probability of setting a feature between layers to zero in training, against overfitting."
    ),
    "recurrent_dropout": (
        "float in [0, 1); probability of setting a feature of the RNN state to zero, on its way to the next step, in "
        "training."
    ),
    "label_smoothing": (
        "float in [0, 1); probability that training moves from the correct class to all classes evenly, against "
        "overconfident predictions."
    ),
    "regularization": "`Seq2SeqRegularization`; the dropout probabilities besides `dropout`.",
    "pretrained_vectors": (
        "None, or (len(vocabulary), embedding_dim) floats; initial values of the embedding, see "
        "`load_pretrained_vectors`."
    ),
    "loss": "`TokenLoss`; label smoothing and other regularization of the training loss.",
    "search": "`BeamSearch`; default beam width and length penalty of `generate` and of the exported files.",
    "learning_rate": "positive float; size of the steps of training: the learning rate of Adam.",
    "optimizer": "`Adam`; decay rate of the second moments, maximum gradient norm and epsilon.",
}

_PLACEHOLDER = re.compile(r"^([ ]*)\{(\w+)\}(.*)$", re.MULTILINE)


def documented(builder):
    """Decorator that expands `{name}` in a docstring to the argument's shared description.

    Args:
        builder: function whose `Args` section has lines that start with a placeholder; text after it on the line is
            appended to the description.

    Returns:
        The same function, with the expanded docstring.

    Raises:
        KeyError: if a placeholder has no entry in `ARGUMENTS`.

    Example:
        >>> from rnn_templates.templates.shared_arguments import documented
        >>> @documented
        ... def example_model(units=8):
        ...     '''Returns a model.
        ...
        ...     Args:
        ...         {units}
        ...     '''
        >>> print(example_model.__doc__.splitlines()[3].strip())
        units: positive int; size of the RNN state, per direction: more units can learn more, and are slower.
    """
    if builder.__doc__:  # None under `python -OO`
        builder.__doc__ = _PLACEHOLDER.sub(_description, builder.__doc__)
    return builder


def _description(placeholder):
    indent, name, addition = placeholder.groups()
    text = re.sub(r"\s+", " ", f"{name}: {ARGUMENTS[name]}{addition}")
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "    ")
