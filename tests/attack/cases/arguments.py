"""Numbers and words that a flag does not take."""

import inspect

from attack import Failure
from base import TEMPLATES, data_of, train_words

WEIGHT = 4
NUMBERS = (
    "0",
    "-1",
    "-0",
    "1",
    "2",
    "1e-30",
    "1e30",
    "nan",
    "inf",
    "-inf",
    "0.5",
    "1.0",
    "99999999999999999999",
    "3.7",
    "",
    "x",
    "1_0",
    "0x10",
    "٣",
    " 1",
    "100000",
    "True",
)
TEXTS = ("", " ", "x", "lstm", "none", "None", "[bold]", "é", "a,b", "-1", "/", "../..", "\n")


def flags(template):
    """Names of the flags of `train`, each with whether it takes a number."""
    from rnn_templates import registry
    from rnn_templates.cli import train

    command = train.make_command(registry.get(template))
    parameters = inspect.signature(command).parameters.values()
    skip = (
        "data",
        "output",
        "json",
        "data_dir",
        "manual_dir",
        "validation_data",
        "test_data",
        "backbone_weights",
        "encoder_weights",
        "weights",
        "recipe",
    )
    named = [one for one in parameters if one.name not in skip and not one.name.startswith("backbone")]
    return [(f"--{one.name.replace('_', '-')}", not isinstance(one.default, (str, bool))) for one in named]


def attack(attack):
    """Trains with one or two odd values; what is refused is refused with the name of the flag."""
    rng = attack.rng
    name = rng.choice(TEMPLATES)
    words = [str(word) for word in train_words(name, data_of(name, attack.base), attack.folder / "out")]
    names = [flag for flag in flags(name) if flag[0] != "--image-size" or rng.random() < 0.5]
    chosen, values = rng.sample(names, rng.choice((1, 1, 2))), []
    for flag, numeric in chosen:
        value = rng.choice(NUMBERS if numeric else TEXTS)
        values.append(value.strip() or "?")
        if flag in words:
            words[words.index(flag) + 1] = value
        else:
            words += [flag, value]
    done = attack.command(*words)
    if done.code == 1 and not any(mentions(done.err, one) for one in [*(flag for flag, _ in chosen), *values]):
        raise Failure(f"the error names none of {[flag for flag, _ in chosen]}")


def mentions(text, flag):
    """Whether a message names a flag, or the argument with this name."""
    text = "".join(text.split()).replace("-", "_").replace("│", "")
    return flag.removeprefix("--").replace("-", "_") in text
