"""Check of the number of weights of a model, before they are allocated."""

from rnn_templates.utils.limits import PREFIX
from rnn_templates.utils.memory import available_memory

MAX_GATES = 4  # of the cells of this package
# A float32 weight, its gradient, the two moments of Adam, the moving average and the best weights.
BYTES_PER_PARAMETER = 6 * 4
MAX_NAMED = 4


def recurrent_parameters(units, features, num_layers=1, directions=1):
    """Returns an upper bound of the number of weights of a stack of recurrent layers, an int.

        sum over layers of directions * 4 units * (inputs + units + 2)

    Args:
        units: positive int; size of the state of a direction.
        features: positive int; size of an input of the first layer; the others read the outputs of the layer below.
        num_layers: positive int.
        directions: int; 1, or 2 for bidirectional layers.

    Example:
        >>> from rnn_templates.utils.model_size import recurrent_parameters
        >>> recurrent_parameters(4, 3), recurrent_parameters(4, 3, num_layers=2, directions=2)
        (144, 736)
    """
    first = MAX_GATES * units * (features + units + 2)
    others = MAX_GATES * units * (directions * units + units + 2)
    return directions * (first + (num_layers - 1) * others)


def check_model_size(owner, num_parameters, **sizes):
    """Raises ValueError if the training of a model takes more memory than is available.

    Args:
        owner: str; name of the builder, for the message.
        num_parameters: int; estimate of the number of weights.
        **sizes: ints; arguments of the builder that determine it; the message names the largest.

    Raises:
        ValueError: with the arguments, the estimate in GB and the available memory.

    Example:
        >>> from rnn_templates.utils.model_size import check_model_size
        >>> check_model_size("sentiment_model", 10_000, units=64)
    """
    needed, available = num_parameters * BYTES_PER_PARAMETER, available_memory()
    if available is None or needed <= available:
        return
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:MAX_NAMED]
    named = ", ".join(f"`{name}` {value:,}" for name, value in largest)
    raise ValueError(
        f"{owner}: {named} give a model of about {num_parameters:,} weights, whose training takes "
        f"{needed / 1e9:,.1f} GB; {available / 1e9:,.1f} GB of memory are available ({PREFIX}MEMORY_BYTES changes "
        "this). Use smaller sizes."
    )
