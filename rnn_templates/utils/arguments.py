"""Arguments of a function as flat names with types, defaults and help texts."""

import dataclasses
import inspect
import re
from typing import get_type_hints

import docstring_parser


def flatten(function):
    """Returns the keyword-only parameters of a function, with the fields of its components in their place.

    A component is a parameter whose default is an instance of a frozen dataclass. Each of its fields becomes a
    parameter with the field's name; if that name is taken, with the component's name as a prefix.

    Args:
        function: callable, such as a template's builder.

    Returns:
        Dict of flat name to `inspect.Parameter`, in the order of the signature.

    Example:
        >>> from rnn_templates.tasks.components import Adam
        >>> def example_model(*, units=8, epsilon=0.1, optimizer=Adam()): ...
        >>> list(flatten(example_model))
        ['units', 'epsilon', 'beta_2', 'clip_norm', 'optimizer_epsilon']
    """
    return {name: parameter for name, (parameter, _, _) in _flat_parameters(function).items()}


def unflatten(function, values):
    """Returns the keyword arguments of a function for values with flat names; the inverse of `flatten`.

    Args:
        function: callable, such as a template's builder.
        values: dict of flat name to value. Names that are not flat names are passed through.

    Returns:
        Dict of keyword arguments; components are copies of the defaults with the given fields replaced.

    Raises:
        ValueError: from a component, if a value is out of range.

    Example:
        >>> from rnn_templates.tasks.components import Adam
        >>> def example_model(*, units=8, optimizer=Adam()): ...
        >>> unflatten(example_model, {"units": 4, "clip_norm": 5.0})
        {'units': 4, 'optimizer': Adam(beta_2=0.999, clip_norm=5.0, epsilon=1e-07)}
    """
    flat = _flat_parameters(function)
    arguments, fields = {}, {}
    for name, value in values.items():
        _, component, field = flat.get(name, (None, None, None))
        if component is None:
            arguments[name] = value
        else:
            fields.setdefault(component, {})[field] = value
    parameters = inspect.signature(function).parameters
    for component, changes in fields.items():
        default = arguments.get(component, parameters[component].default)
        arguments[component] = dataclasses.replace(default, **changes)
    return arguments


def component_names(function):
    """Returns the component that each flat parameter of a function belongs to.

    Args:
        function: callable, such as a template's builder.

    Returns:
        Dict of flat name to the name of the component's parameter, or None.

    Example:
        >>> from rnn_templates.tasks.components import BeamSearch
        >>> def example_model(*, units=8, search=BeamSearch()): ...
        >>> component_names(example_model)
        {'units': None, 'beam_width': 'search', 'length_penalty': 'search'}
    """
    return {name: component for name, (_, component, _) in _flat_parameters(function).items()}


def argument_help(function):
    """Returns the descriptions of a function's arguments, from the `Args` section of its docstring.

    Args:
        function: callable or class; descriptions of the fields of components come from the docstring of the component.

    Returns:
        Dict of flat name to description, on one line.

    Example:
        >>> argument_help(argument_help)["function"][:17]
        'callable or class'
    """
    texts = _described(function)
    for name, (_, component, field) in _flat_parameters(function).items():
        if component is not None:
            texts[name] = _described(type(inspect.signature(function).parameters[component].default)).get(field, "")
    return texts


def _described(function):
    """Descriptions by argument name; "a, b: text" describes both."""
    parameters = docstring_parser.google.parse(inspect.getdoc(function) or "").params
    return {
        name: re.sub(r"\s+", " ", parameter.description or "").strip()
        for parameter in parameters
        for name in re.split(r",\s*", parameter.arg_name)
    }


def _flat_parameters(function):
    """Dict of flat name to (parameter, name of the component or None, name of its field or None)."""
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    keywords = [parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    own = {parameter.name for parameter in keywords}
    fields_of = {
        parameter.name: dataclasses.fields(parameter.default)
        for parameter in keywords
        if dataclasses.is_dataclass(parameter.default)
    }
    names = [field.name for fields in fields_of.values() for field in fields]
    flat = {}
    for parameter in keywords:
        if parameter.name not in fields_of:
            flat[parameter.name] = parameter, None, None
            continue
        types = get_type_hints(type(parameter.default))
        for field in fields_of[parameter.name]:
            clash = field.name in own or names.count(field.name) > 1
            name = f"{parameter.name}_{field.name}" if clash else field.name
            default = getattr(parameter.default, field.name)
            made = inspect.Parameter(name, parameter.KEYWORD_ONLY, default=default, annotation=types[field.name])
            flat[name] = made, parameter.name, field.name
    return flat
