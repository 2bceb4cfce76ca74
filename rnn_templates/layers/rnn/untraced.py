"""Creation of variables while a `tf.function` is traced."""

from concurrent.futures import ThreadPoolExecutor


def run_untraced(function):
    """Calls a function where no `tf.function` is traced: in another thread.

    Variables that are created during a trace belong to the traced function, and its second trace may create none.

    Example:
        >>> @tf.function
        ... def traced():
        ...     return run_untraced(tf.executing_eagerly)
        >>> bool(traced())
        True
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()
