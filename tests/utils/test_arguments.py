"""flatten, unflatten and argument_help over components."""

import dataclasses

import pytest

from rnn_templates import registry
from rnn_templates.utils.arguments import argument_help, flatten, unflatten


@dataclasses.dataclass(frozen=True)
class Search:
    """Search.

    Args:
        width: number of hypotheses.
        rate: rate of the search.
    """

    width: int = 5
    rate: float = 1.0

    def __post_init__(self):
        if self.width < 1:
            raise ValueError(f"Search: `width` must be positive; received {self.width}.")


@dataclasses.dataclass(frozen=True)
class Loss:
    """Loss.

    Args:
        rate: rate of the loss.
        smoothing: smoothing.
    """

    rate: float = 0.1
    smoothing: float = 0.2


def model(vocabulary, *, units: int = 8, smoothing: float = 0.5, search: Search = Search(width=3), loss=Loss()):  # noqa: B008
    """Model.

    Args:
        vocabulary: vocabulary.
        units, smoothing: shared
            text: on two lines.
        search: `Search`.
        loss: `Loss`.

    Source:
        Somebody, arXiv:1234.56789.
    """


def test_fields_take_the_place_of_their_component_with_a_prefix_on_a_clash():
    flat = flatten(model)
    assert {name: parameter.default for name, parameter in flat.items()} == {
        "units": 8, "smoothing": 0.5, "width": 3, "search_rate": 1.0, "loss_rate": 0.1, "loss_smoothing": 0.2,
    }  # fmt: skip
    assert flat["width"].annotation is int and flat["search_rate"].annotation is float


def test_unflatten_inverts_flatten():
    values = {name: parameter.default for name, parameter in flatten(model).items()}
    assert unflatten(model, values) == {"units": 8, "smoothing": 0.5, "search": Search(width=3), "loss": Loss()}
    changed = unflatten(model, {"search_rate": 2.0, "vocabulary": "v", "loss": Loss(smoothing=0.0), "loss_rate": 3.0})
    assert changed == {"vocabulary": "v", "search": Search(3, 2.0), "loss": Loss(3.0, 0.0)}
    with pytest.raises(ValueError, match="`width`"):
        unflatten(model, {"width": 0})


def test_help_comes_from_the_function_and_from_the_components():
    texts = argument_help(model)
    assert texts["units"] == texts["smoothing"] == "shared text: on two lines."
    assert (texts["width"], texts["search_rate"]) == ("number of hypotheses.", "rate of the search.")
    assert (texts["loss_rate"], texts["loss_smoothing"]) == ("rate of the loss.", "smoothing.")


def test_every_flat_argument_of_every_builder_has_a_help_text():
    without = []
    for template in map(registry.get, registry.names()):
        for part in ("builder", "data_kwargs"):
            function = template.load(part)
            texts = argument_help(function)
            without += [f"{template.name}: {name}" for name in flatten(function) if not texts.get(name)]
    assert not without
