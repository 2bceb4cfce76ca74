"""Optional dependencies, installed by the extras of this package."""

from importlib import import_module


def require(module, extra, purpose):
    """Imports a module of an optional dependency.

    Args:
        module: str; name of the module, for example "sklearn.metrics".
        extra: str; extra of this package that installs the module, a key of `[options.extras_require]` in setup.cfg.
        purpose: str; subject of the error message, for example "The bag-of-words baseline".

    Returns:
        The module.

    Raises:
        ImportError: if the module is not installed; the message names the command that installs it.

    Example:
        >>> require("json", "metrics", "A report").dumps([1])
        '[1]'
        >>> require("no_such_module", "metrics", "A report")
        Traceback (most recent call last):
        ImportError: A report needs `pip install 'rnn_templates[metrics]'`: No module named 'no_such_module'.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(f"{purpose} needs `pip install 'rnn_templates[{extra}]'`: {error}.", name=module) from error
