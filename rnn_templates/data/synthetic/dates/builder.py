"""Generated dates, numbers and amounts of money, from one language into another."""

import random
import re

import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.dates.languages import both
from rnn_templates.data.synthetic.dates.phrases import PHRASES
from rnn_templates.data.synthetic.dates.values import ALONE, draw

SIZES = {"train": 40000, "validation": 1000, "test": 2000}
PAIRS = ("en_de", "en_fr", "en_es", "de_en")


class Dates(tfds.core.GeneratorBasedBuilder):
    """Dates, times, numbers, percentages and amounts of money in two languages, in figures and in words.

    Some stand alone, others in a short phrase. The translation follows from the source alone, and no date, number or
    amount of the validation and test splits is in training, however it is written there.

    Needs `Babel` and `num2words`.

    Example:
        >>> Dates(config="en_fr", data_dir="data").download_and_prepare()
    """

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [  # noqa: RUF012
        tfds.core.BuilderConfig(name=pair, description=f"From {pair[:2]} to {pair[3:]}.") for pair in PAIRS
    ]

    def _info(self):
        languages = tuple(self.builder_config.name.split("_"))
        return tfds.core.DatasetInfo(
            builder=self,
            description="Generated dates, numbers and amounts of money in two languages.",
            features=tfds.features.Translation(languages=languages),
            supervised_keys=languages,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        pair = self.builder_config.name
        return {split: self._generate_examples(make_pairs(pair, count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, pairs):
        for number, texts in enumerate(pairs):
            yield number, dict(zip(self.builder_config.name.split("_"), texts, strict=True))


def make_pairs(pair, count, split="train", seed=1):
    """Returns translated texts with different sources, always the same for a seed (and versions of Babel, num2words).

    Args:
        pair: one of `PAIRS`.
        count: how many.
        split: "train", "validation" or "test"; each has values that no other split has.
        seed: whole number.

    Returns:
        A list of (source, target).

    Raises:
        ValueError: if there is no such pair or split, or `count` is below 0.

    Example:
        >>> make_pairs("en_de", 1)
    """
    if pair not in PAIRS:
        raise ValueError(f"There is no pair {pair!r} of dates. Pairs: {', '.join(PAIRS)}.")
    if split not in SIZES:
        raise ValueError(f"There is no split {split!r} of dates. Splits: {', '.join(SIZES)}.")
    if count < 0:
        raise ValueError(f"count is {count}; a number of pairs is 0 or more.")
    generator, pairs = random.Random(f"{seed} {split} {pair}"), {}
    while len(pairs) < count:
        source, target = _pair(*pair.split("_"), split, generator)
        pairs.setdefault(source, target)
    return list(pairs.items())


def _pair(source, target, split, generator):
    if generator.random() < 0.4:
        slot = generator.choices(list(ALONE), ALONE.values())[0]
        return both(draw(slot, source, split, generator), source, target)
    phrase = generator.choice(PHRASES)
    slots = re.findall(r"\{(\w+)\}", phrase[source])
    written = {slot: both(draw(slot, source, split, generator), source, target) for slot in slots}
    texts = [phrase[language].format(**{slot: written[slot][side] for slot in slots})
             for side, language in enumerate((source, target))]  # fmt: skip
    if target == "es":
        texts[1] = re.sub(r"\blas 1:", "la 1:", texts[1])
    return tuple(texts)
