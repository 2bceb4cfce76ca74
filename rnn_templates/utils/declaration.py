"""Signature and docstring of a function, read from its source without importing its module."""

import ast
import builtins
import functools
import inspect
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path


def declare(reference):
    """Returns a function with the signature and docstring of another one, whose module is imported when it is called.

    Annotations and default values are evaluated from the source; only modules whose names they use are imported, such
    as those of dataclasses.

    Args:
        reference: str; "module:attribute", of a function that is defined at the top level of its module, and has no
            decorators but `rnn_templates.templates.shared_arguments.documented`.

    Returns:
        A function with `__signature__`, `__doc__` and `__name__`.

    Raises:
        ValueError: if the source has no such function, or an expression that cannot be evaluated.

    Example:
        >>> fit = declare("rnn_templates.training.fit:fit")
        >>> fit.__name__, fit.__signature__.parameters["batch_size"].annotation
        ('fit', <class 'int'>)
    """
    module, _, name = reference.partition(":")
    tree = _parse(module)
    node = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name), None)
    if node is None:
        raise ValueError(f"declare: {module} does not define a function {name!r}.")
    namespace = _Namespace(tree, module)

    def declared(*arguments, **options):
        return getattr(import_module(module), name)(*arguments, **options)

    declared.__name__ = declared.__qualname__ = name
    declared.__module__ = module
    declared.__doc__ = ast.get_docstring(node, clean=False)
    declared.__signature__ = _signature(node.args, namespace)
    for decorator in node.decorator_list:
        _decorate(declared, decorator, namespace)
    return declared


@functools.cache
def _parse(module):
    """The syntax tree of a module; of the packages above it only the first is looked up, none is imported."""
    first, *rest = module.split(".")
    spec = find_spec(first)
    for depth in range(len(rest)):
        if spec is None or not spec.submodule_search_locations:
            break
        spec = PathFinder.find_spec(".".join([first, *rest[: depth + 1]]), spec.submodule_search_locations)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise ValueError(f"declare: {module} has no source.")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


class _Namespace:
    """Evaluates expressions of a module, with its imports and its constants."""

    def __init__(self, tree, module):
        self.module = module
        self.definitions = {}
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.definitions |= {(alias.asname or alias.name.split(".")[0]): (node, alias) for alias in node.names}
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.definitions[node.targets[0].id] = (node, None)

    def evaluate(self, node):
        """The value of an expression; a string annotation is an expression itself."""
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        values = {name: self.find(name) for name in names}
        return eval(compile(ast.Expression(node), self.module, "eval"), {"__builtins__": {}}, values)

    def find(self, name):
        """The object that a name of the module stands for."""
        if name not in self.definitions:
            if hasattr(builtins, name):
                return getattr(builtins, name)
            raise ValueError(f"declare: {self.module} defines {name!r} in a form that is not read from the source.")
        node, alias = self.definitions[name]
        if isinstance(node, ast.Assign):
            return self.evaluate(node.value)
        if isinstance(node, ast.Import):
            return import_module(alias.name if alias.asname else name)
        if node.level:
            raise ValueError(f"declare: {self.module} imports {name!r} relatively, which is not read from the source.")
        module = import_module(node.module)
        return getattr(module, alias.name) if hasattr(module, alias.name) else import_module(f"{node.module}.{name}")


def _signature(arguments, namespace):
    """The `inspect.Signature` of an `ast.arguments`."""
    positional = [*arguments.posonlyargs, *arguments.args]
    kinds = [inspect.Parameter.POSITIONAL_ONLY] * len(arguments.posonlyargs)
    kinds += [inspect.Parameter.POSITIONAL_OR_KEYWORD] * len(arguments.args)
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    rows = list(zip(positional, kinds, defaults, strict=True))
    if arguments.vararg:
        rows.append((arguments.vararg, inspect.Parameter.VAR_POSITIONAL, None))
    rows += [
        (argument, inspect.Parameter.KEYWORD_ONLY, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        rows.append((arguments.kwarg, inspect.Parameter.VAR_KEYWORD, None))
    return inspect.Signature([_parameter(*row, namespace) for row in rows])


def _parameter(argument, kind, default, namespace):
    empty = inspect.Parameter.empty
    return inspect.Parameter(
        argument.arg,
        kind,
        default=empty if default is None else namespace.evaluate(default),
        annotation=empty if argument.annotation is None else namespace.evaluate(argument.annotation),
    )


def _decorate(function, decorator, namespace):
    """Applies `documented`, which changes the docstring alone; any other decorator could change the signature."""
    imported = namespace.definitions.get(getattr(decorator, "id", None), (None, None))[0]
    if getattr(imported, "module", None) != "rnn_templates.templates.shared_arguments":
        raise ValueError(f"declare: the decorators of {function.__name__} are not read from the source.")
    namespace.find(decorator.id)(function)
