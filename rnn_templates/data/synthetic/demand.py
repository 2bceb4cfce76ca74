"""Generated data set `demand`: hourly demand of several places, with holidays that are known in advance."""

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import generated_info

PLACES = ("airport", "bakery", "harbor", "hospital", "office", "school", "stadium", "station")
START = 1_704_067_200  # 2024-01-01, a Monday
HOURS = 24 * 7 * 26
WEEKEND_FACTORS = (0.2, 1.6)
HOLIDAY_PROBABILITY = 0.04  # of a day


class Demand(tfds.core.GeneratorBasedBuilder):
    """Builder of the data set `demand`.

    Example:
        >>> rt.load("demand").train.collection.series[0].name  # doctest: +SKIP
        'airport'
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        values = tfds.features.Sequence(np.float32)
        features = {"name": tfds.features.Text(), "start": np.int64, "values": values, "holiday": values}
        return generated_info(self, "Hourly demand of generated places.", features, ("name", "values"))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number, (name, values, holiday) in enumerate(make_demand()):
            yield number, {"name": name, "start": START, "values": values, "holiday": holiday}


def make_demand(hours=HOURS, seed=1):
    """Returns series of hourly demand.

        y_t = (level_t + trend t) * day(hour) * week(day) * holiday_t + n_t

    The profiles of the day and of the week, the trend, and the effect of a holiday are those of a place; level_t shifts
    now and then; n_t is autoregressive noise. A seasonal naive forecast repeats the noise and misses holidays.

    Args:
        hours: positive int; length of the series.
        seed: int; the series are a function of it.

    Returns:
        List of (name, values, holiday): str and two float32 arrays (hours,); holiday is 0 or 1 for all hours of a day.

    Example:
        >>> from rnn_templates.data.synthetic.demand import make_demand
        >>> name, values, holiday = make_demand(48)[0]
        >>> name, values.shape, bool((values >= 0).all())
        ('airport', (48,), True)
    """
    rng = np.random.default_rng(seed)
    hour, day = np.arange(hours) % 24, np.arange(hours) // 24
    days = rng.random(hours // 24 + 1) < HOLIDAY_PROBABILITY
    holiday = days[day].astype(np.float32)
    return [(name, _values(rng, hour, day, holiday), holiday) for name in PLACES]


def _values(rng, hour, day, holiday):
    hours = len(hour)
    peaks, widths = rng.uniform(6, 21, 2), rng.uniform(2, 4, 2)
    distance = np.abs(hour[:, None] - peaks)
    bumps = np.exp(-0.5 * (np.minimum(distance, 24 - distance) / widths) ** 2)
    profile = 0.25 + bumps @ rng.uniform(0.4, 1.0, 2)
    week = np.where(day % 7 >= 5, rng.uniform(*WEEKEND_FACTORS), 1.0) * (1 + 0.05 * (day % 7 == 4))
    shifts = np.cumsum((rng.random(hours) < 1 / 1500) * rng.normal(0, 0.25, hours))
    level = rng.uniform(40, 400) * np.exp(shifts) * (1 + rng.uniform(-0.2, 0.5) * np.arange(hours) / hours)
    effect = 1 + holiday * (rng.uniform(0.2, 0.5) if rng.random() < 0.7 else rng.uniform(1.5, 2.0)) - holiday
    noise, shocks = np.zeros(hours), rng.normal(0, 0.05, hours)
    for step in range(1, hours):
        noise[step] = 0.8 * noise[step - 1] + shocks[step]
    return np.maximum(0, level * profile * week * effect * (1 + noise)).astype(np.float32)
