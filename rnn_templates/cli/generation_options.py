"""The flags of text generation, and continuations that are printed as they come."""

import dataclasses
import sys

from rnn_templates.cli.output import ARGUMENTS, CONTROL_CHARACTERS


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenerationOptions:
    """Settings of models that generate text.

    Args:
        strategy: greedy, beam or sample (random); default that of the model.
        temperature: of sample; small values favor probable tokens; default 1.
        top_k: of sample; draw among this number of most probable tokens.
        top_p: of sample; draw among the most probable tokens with this total probability, above 0 and up to 1.
        beam_width: of beam; number of candidate texts; default that of the model.
        seed: of sample; equal seeds give equal texts; default a new one each time.
        max_length: maximum number of tokens; default that of the model.
        stop: text that ends a continuation, which is left out; can be repeated.

    Example:
        >>> from rnn_templates.cli.generation_options import GenerationOptions
        >>> GenerationOptions(temperature=0.8).given()
        {'temperature': 0.8}
    """

    strategy: str | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    beam_width: int | None = None
    seed: int | None = None
    max_length: int | None = None
    stop: list[str] | None = None

    def given(self):
        """Returns the options that are given, a dict."""
        return {name: value for name, value in vars(self).items() if value not in (None, [])}

    def check(self, model):
        """Raises ValueError if an option is given that a model does not have.

        Args:
            model: `rnn_templates.tasks.task.Task`.
        """
        for name in self.given():
            flag = "--" + name.replace("_", "-")
            if not hasattr(model, "generate"):
                raise ValueError(f"`{flag}` is for models that generate text; this is a {type(model).__name__}.")
            if name == "stop" and not continues_texts(model):
                raise ValueError(f"`{flag}` is for models that continue a text; this is a {type(model).__name__}.")


def continues_texts(model):
    """Returns whether the output of a model continues its input, so that both are printed as one text.

    Example:
        >>> from rnn_templates.cli.generation_options import continues_texts
        >>> continues_texts(rt.load_model("dates"))
        False
    """
    return getattr(model, "output_name", None) == "continuation"


def is_printed_as_json():
    """Returns whether the command that is running has the flag `--json`.

    Example:
        >>> from rnn_templates.cli.generation_options import is_printed_as_json
        >>> is_printed_as_json()
        False
    """
    arguments = list(ARGUMENTS.get())
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in flags


def print_continuations(model, prefixes, options):
    """Prints prefixes with their continuations, token by token, to standard output.

    Args:
        model: task whose `generate` streams.
        prefixes: list of str.
        options: dict; of `generate`.
    """
    for number, prefix in enumerate(prefixes):
        texts = model.generate(prefix, stream=True, **options)  # a wrong option is an error before anything is printed
        _write(("\n" if number else "") + prefix)
        for text in texts:
            _write(text)
        _write("\n")


def _write(text):
    sys.stdout.write(CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text))
    sys.stdout.flush()
