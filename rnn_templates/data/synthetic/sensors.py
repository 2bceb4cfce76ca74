"""Generated data set `sensors`: hourly values of machines, with anomalies of six kinds and their labels."""

import numpy as np
import tensorflow_datasets as tfds

from rnn_templates.data.synthetic.generated import generated_info

MACHINES = ("boiler", "chiller", "compressor", "conveyor", "fan", "pump")
KINDS = ("spike", "level_shift", "drift", "frequency_change", "flat_line", "missing_season")
START = 1_704_067_200  # 2024-01-01
HOURS = 24 * 7 * 20
CLEAN = 0.6  # of a series; later parts have anomalies
GAP = 72  # hours between two anomalies


class Sensors(tfds.core.GeneratorBasedBuilder):
    """Builder of the data set `sensors`.

    Example:
        >>> rt.load("sensors").train.collection.series[0].name  # doctest: +SKIP
        'boiler'
    """

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        values = tfds.features.Sequence(np.float32)
        features = {"name": tfds.features.Text(), "start": np.int64, "values": values}
        features["is_anomaly"] = tfds.features.Sequence(np.int64)
        return generated_info(self, "Hourly values of generated machines.", features, ("name", "values"))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for number, (name, values, labels, _) in enumerate(make_sensors()):
            yield number, {"name": name, "start": START, "values": values, "is_anomaly": labels.astype(np.int64)}


def make_sensors(hours=HOURS, seed=1):
    """Returns series of machines with labeled anomalies in their last 40 %.

        y_t = level (1 + day(hour) + cycle(t) + n_t)

    A machine has its own profile of the day, a slower cycle that is no multiple of a day, and autoregressive noise n_t.
    Anomalies: a spike, a shift of the level, a slow drift, a cycle of twice the frequency, a flat line, and days
    without their profile. Only the first two are large beside the range of the series.

    Args:
        hours: positive int; length of the series.
        seed: int; the series are a function of it.

    Returns:
        List of (name, values, labels, anomalies): str, float32 (hours,), bool (hours,), and a list of (kind, first,
        last).

    Example:
        >>> from rnn_templates.data.synthetic.sensors import make_sensors
        >>> name, values, labels, anomalies = make_sensors()[0]
        >>> name, values.shape, bool(labels[: len(labels) // 2].any()), anomalies[0][0] in KINDS
        ('boiler', (3360,), False, True)
    """
    rng = np.random.default_rng(seed)
    return [_machine(rng, name, hours) for name in MACHINES]


def _machine(rng, name, hours):
    time = np.arange(hours)
    level, noise_scale = rng.uniform(20, 200), rng.uniform(0.01, 0.025)
    peaks, widths, heights = rng.uniform(0, 24, 2), rng.uniform(1.5, 4, 2), rng.uniform(0.2, 0.6, 2)
    distance = np.abs(time[:, None] % 24 - peaks)
    season = np.exp(-0.5 * (np.minimum(distance, 24 - distance) / widths) ** 2) @ heights
    cycle, phase = rng.uniform(8, 14), rng.uniform(0, 2 * np.pi)
    height = rng.uniform(0.1, 0.25)
    noise, shocks = np.zeros(hours), rng.normal(0, noise_scale, hours)
    for step in range(1, hours):
        noise[step] = 0.6 * noise[step - 1] + shocks[step]
    parts = {"season": season, "cycle": height * np.sin(2 * np.pi * time / cycle + phase), "noise": noise}
    offset, labels, anomalies = np.zeros(hours), np.zeros(hours, bool), []
    start, flat = int(CLEAN * hours) + int(rng.integers(0, GAP)), []
    for kind in rng.permutation(KINDS * 2):
        length = {"spike": 2, "flat_line": 12, "level_shift": 24}.get(kind, 36)
        if start + length >= hours:
            break
        rows = slice(start, start + length)
        _insert(rng, kind, parts, offset, rows, (cycle, phase, height, noise_scale))
        flat += [rows] if kind == "flat_line" else []
        labels[rows] = True
        anomalies.append((str(kind), start, start + length - 1))
        start += length + GAP + int(rng.integers(0, GAP))
    values = level * (1 + parts["season"] + parts["cycle"] + parts["noise"] + offset)
    for rows in flat:
        values[rows] = values[rows.start - 1]
    return name, values.astype(np.float32), labels, anomalies


def _insert(rng, kind, parts, offset, rows, cycle):
    """Changes the parts of a series in some rows."""
    length, sign = rows.stop - rows.start, rng.choice((-1, 1))
    period, phase, height, noise_scale = cycle
    if kind == "spike":
        offset[rows] += sign * rng.uniform(0.4, 0.8)
    elif kind == "level_shift":
        offset[rows] += sign * rng.uniform(0.25, 0.5)
    elif kind == "drift":
        offset[rows] += sign * rng.uniform(0.4, 0.7) * np.linspace(0, 1, length)
    elif kind == "frequency_change":
        time = np.arange(rows.start, rows.stop)
        parts["cycle"][rows] = 1.5 * height * np.sin(4 * np.pi * time / period + phase)
    elif kind == "missing_season":
        parts["season"][rows] = parts["season"][rows].mean()
