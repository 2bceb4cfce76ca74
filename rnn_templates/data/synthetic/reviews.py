"""Generated reviews whose sentiment depends on word order and negation only."""

import random

import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import generated_info

PAIRS = {"train": 4000, "validation": 500, "test": 1000}

THINGS = {
    "film": ("plot", "acting", "ending", "music", "dialogue", "opening scene", "villain", "camera work"),
    "restaurant": ("soup", "service", "dessert", "wine list", "bread", "waiter", "menu", "fish"),
    "hotel": ("room", "breakfast", "view", "bed", "pool", "reception", "lift", "bathroom"),
    "phone": ("screen", "battery", "camera", "speaker", "keyboard", "charger", "software", "case"),
    "book": ("first chapter", "style", "heroine", "translation", "middle part", "cover", "last page", "story"),
    "course": ("teacher", "homework", "textbook", "exam", "first lesson", "group", "timetable", "video"),
}
GOOD = (
    "good", "great", "lovely", "charming", "superb", "clever", "excellent", "delightful", "brilliant", "pleasant",
    "memorable", "gripping", "wonderful", "solid", "splendid", "refreshing", "convincing", "impressive",
)  # fmt: skip
BAD = (
    "bad", "awful", "dull", "boring", "terrible", "clumsy", "poor", "dreadful", "tedious", "unpleasant",
    "forgettable", "annoying", "horrible", "weak", "shabby", "tiresome", "silly", "disappointing",
)  # fmt: skip

# {a} is the opinion of the review, {b} its opposite. Exchanging the two keeps the words and changes their order.
CONTRASTS = (
    "the {part} was not {b} , it was {a}",
    "the {part} was {a} , not {b}",
    "i expected the {part} to be {b} and it was {a}",
    "i thought it would be {b} , but it turned out {a}",
    "although it seemed {b} at first , the {thing} is {a}",
    "the {thing} is {a} , although it seemed {b} at first",
    "{b} at the beginning , but {a} in the end",
    "far from {b} , the {part} was {a}",
    "{a} rather than {b} , that is my verdict",
    "this {thing} is more {a} than {b}",
    "i would call the {part} {a} and never {b}",
    "my {friend} found it {b} , i found it {a}",
    "i find the {thing} {a} , whatever my {friend} says about a {b} {part}",
    "nothing about the {part} was {b} , everything was {a}",
    "hardly {b} , mostly {a}",
    "nobody can say it was {b} , everybody must say it was {a}",
    "those who call the {thing} {b} are wrong , those who call it {a} are right",
    "it went from {b} to {a} within the hour",
    "it is not that the {part} was {b} , no , it was {a}",
    "people warned me that it was {b} , yet the {part} was {a}",
    "it was anything but {b} , it was nothing but {a}",
    "the {part} used to be {b} , now it is {a}",
)
# The positive review, then the negative one, with the same words.
REVERSALS = (
    ("this {thing} is better than the last one", "the last one is better than this {thing}"),
    ("i do recommend it , i do not regret it", "i do regret it , i do not recommend it"),
    ("i would come again and never complain", "i would complain and never come again"),
    ("the {part} saved the {thing} , nothing ruined it", "the {part} ruined the {thing} , nothing saved it"),
    ("buy this {thing} , avoid the others", "avoid this {thing} , buy the others"),
    ("i love the {part} and do not hate a thing about it", "i hate the {part} and do not love a thing about it"),
    ("you will not be sorry , you will be happy", "you will not be happy , you will be sorry"),
    ("it gained from the {part} and lost nothing", "it lost from the {part} and gained nothing"),
)
ASIDES = (
    "we went there on a {day} with my {friend}",
    "it was raining when i wrote this",
    "my {friend} came along too",
    "i paid for the {thing} myself",
    "this is about the {thing} near the station",
    "somebody asked me about the {part} on {day}",
    "the whole thing took about {number} hours",
    "i have seen {number} of them this year",
    "that was in spring",
    "a {friend} gave it to me for my birthday",
)
ADVERBS = ("", "really ", "truly ", "plainly ", "simply ", "downright ")  # they separate an adjective from its negation
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FRIENDS = ("brother", "sister", "neighbour", "colleague", "aunt", "cousin", "teacher", "boss", "flatmate")
NUMBERS = ("two", "three", "four", "five", "six", "seven", "nine", "ten", "twelve", "twenty")


class Reviews(tfds.core.GeneratorBasedBuilder):
    """Reviews in pairs of opposite sentiment with the same words.

    Topics are films, restaurants, hotels, phones, books and courses. The two reviews of a pair have the same words in a
    different order, and different labels: a bag-of-words classifier has an accuracy of 0.5, a classifier that uses word
    order can reach 1.

    Example:
        >>> Reviews(data_dir="data").download_and_prepare()  # doctest: +SKIP
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        features = {"text": tfds.features.Text(), "label": tfds.features.ClassLabel(names=["negative", "positive"])}
        description = "Generated reviews whose sentiment depends on word order and negation only."
        return generated_info(self, description, features, ("text", "label"))

    def _split_generators(self, dl_manager):
        pairs = make_pairs(sum(PAIRS.values()))
        start, splits = 0, {}
        for split, count in PAIRS.items():
            splits[split] = self._generate_examples(pairs[start : start + count])
            start += count
        return splits

    def _generate_examples(self, pairs):
        number = 0
        for positive, negative in pairs:
            for text, label in ((positive, "positive"), (negative, "negative")):
                yield number, {"text": text, "label": label}
                number += 1


def make_pairs(count, seed=1):
    """Returns pairs of opposite reviews with the same words.

    Args:
        count: non-negative int; number of pairs, all different.
        seed: int; the pairs are a function of it.

    Returns:
        List of (positive, negative), str.

    Example:
        >>> positive, negative = make_pairs(1)[0]
        >>> sorted(positive.split()) == sorted(negative.split())
        True
    """
    generator, pairs, seen = random.Random(seed), [], set()
    while len(pairs) < count:
        pair = _pair(generator)
        if pair[0] not in seen and pair[1] not in seen and pair[0] != pair[1]:
            seen.update(pair)
            pairs.append(pair)
    return pairs


def _pair(generator):
    thing = generator.choice(list(THINGS))
    values = {
        "thing": thing,
        "part": generator.choice(THINGS[thing]),
        "friend": generator.choice(FRIENDS),
        "day": generator.choice(DAYS),
        "number": generator.choice(NUMBERS),
    }
    if generator.random() < 0.8:
        contrast, adverb = generator.choice(CONTRASTS), generator.choice(ADVERBS)
        good, bad = adverb + generator.choice(GOOD), adverb + generator.choice(BAD)
        sentences = contrast.format(a=good, b=bad, **values), contrast.format(a=bad, b=good, **values)
    else:
        sentences = tuple(sentence.format(**values) for sentence in generator.choice(REVERSALS))
    asides = [aside.format(**values) for aside in generator.sample(ASIDES, generator.choice((0, 0, 1, 1, 2)))]
    position = generator.randint(0, len(asides))
    return tuple(" . ".join([*asides[:position], sentence, *asides[position:]]) + " ." for sentence in sentences)
