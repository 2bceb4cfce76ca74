"""The groups of builder arguments."""

import dataclasses

import keras
import pytest

from rnn_templates.tasks.components import Adam, BeamSearch, ImageEncoder, TokenLoss

INVALID = [
    (TokenLoss, "label_smoothing", 1.0),
    (TokenLoss, "scheduled_sampling", -0.1),
    (TokenLoss, "decoder_input_noise", 1.5),
    (TokenLoss, "r_drop", -1.0),
    (TokenLoss, "r_drop", float("nan")),
    (TokenLoss, "attention_regularization", float("inf")),
    (BeamSearch, "beam_width", 0),
    (BeamSearch, "beam_width", True),
    (BeamSearch, "length_penalty", -1.0),
    (Adam, "beta_2", 1.0),
    (Adam, "clip_norm", 0.0),
    (Adam, "epsilon", -1e-7),
    (ImageEncoder, "image_size", 31),
    (ImageEncoder, "image_size", 64.0),
    (ImageEncoder, "backbone", None),
]


@pytest.mark.parametrize(("component", "name", "value"), INVALID)
def test_an_argument_out_of_range_is_named(component, name, value):
    with pytest.raises(ValueError, match=f"{component.__name__}: `{name}`"):
        component(**{name: value})


@pytest.mark.parametrize("component", [TokenLoss, BeamSearch, Adam, ImageEncoder])
def test_a_component_is_an_immutable_value(component):
    assert component() == component(**dataclasses.asdict(component()))
    assert hash(component()) == hash(component())
    name = dataclasses.fields(component)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(component(), name, None)


def test_adam_has_the_settings_of_its_component():
    optimizer = Adam(beta_2=0.98, clip_norm=0.5, epsilon=1e-6).build(3e-4)
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert (optimizer.beta_2, optimizer.global_clipnorm, optimizer.epsilon) == (0.98, 0.5, 1e-6)
    assert float(optimizer.learning_rate) == pytest.approx(3e-4)
