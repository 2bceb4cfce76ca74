"""Builder of the generated dates, numbers and amounts in two languages."""

import random
import re

import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.dates.languages import render_pair
from rnn_templates.data.synthetic.dates.phrases import PHRASES
from rnn_templates.data.synthetic.dates.values import STANDALONE_WEIGHTS, sample_value
from rnn_templates.data.synthetic.generated import check_request, generated_info

SIZES = {"train": 40000, "validation": 1000, "test": 2000}
PAIRS = ("en_de", "en_fr", "en_es", "de_en")


class Dates(tfds.core.GeneratorBasedBuilder):
    """Dates, times, numbers, percentages and amounts in two languages.

    They are in digits; numbers and amounts also in words, times of day never. Some stand alone, others in a short
    phrase. The target is a function of the source. No date, number or amount of the validation and test splits is
    in the training split, in any notation.

    Requires `Babel` and `num2words`.

    Example:
        >>> Dates(config="en_fr", data_dir="data").download_and_prepare()  # doctest: +SKIP
    """

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [  # noqa: RUF012
        tfds.core.BuilderConfig(name=pair, description=f"From {pair[:2]} to {pair[3:]}.") for pair in PAIRS
    ]

    def _info(self):
        languages = tuple(self.builder_config.name.split("_"))
        description = "Generated dates, numbers and amounts of money in two languages."
        return generated_info(self, description, tfds.features.Translation(languages=languages), languages)

    def _split_generators(self, dl_manager):
        pair = self.builder_config.name
        return {split: self._generate_examples(make_pairs(pair, count, split)) for split, count in SIZES.items()}

    def _generate_examples(self, pairs):
        for number, texts in enumerate(pairs):
            yield number, dict(zip(self.builder_config.name.split("_"), texts, strict=True))


def make_pairs(pair, count, split="train", seed=1):
    """Returns texts and their translations, with different sources.

    Args:
        pair: one of `PAIRS`.
        count: non-negative int; number of pairs.
        split: "train", "validation" or "test"; each has values that no other split has.
        seed: int; the pairs are a function of it and of the versions of Babel and num2words.

    Returns:
        List of (source, target), str.

    Raises:
        ValueError: if there is no such pair or split, or `count` is below 0.

    Example:
        >>> len(make_pairs("en_de", 3))
        3
    """
    if pair not in PAIRS:
        raise ValueError(f"make_pairs: `pair` must be one of {', '.join(PAIRS)}; received {pair!r}.")
    check_request("make_pairs", SIZES, split, count)
    generator, pairs = random.Random(f"{seed} {split} {pair}"), {}
    while len(pairs) < count:
        source, target = _pair(*pair.split("_"), split, generator)
        pairs.setdefault(source, target)
    return list(pairs.items())


def _pair(source, target, split, generator):
    if generator.random() < 0.4:
        slot = generator.choices(list(STANDALONE_WEIGHTS), STANDALONE_WEIGHTS.values())[0]
        return render_pair(sample_value(slot, source, split, generator), source, target)
    phrase = generator.choice(PHRASES)
    slots = re.findall(r"\{(\w+)\}", phrase[source])
    values = {slot: render_pair(sample_value(slot, source, split, generator), source, target) for slot in slots}
    texts = [phrase[language].format(**{slot: values[slot][side] for slot in slots})
             for side, language in enumerate((source, target))]  # fmt: skip
    if target == "es":
        texts[1] = re.sub(r"\blas 1:", "la 1:", texts[1])
    return tuple(texts)
