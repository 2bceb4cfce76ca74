"""Options for reading tables of time series."""

import dataclasses

from rnn_templates.data.series.calendar import CALENDAR

TIME_COLUMNS = ("time", "date", "timestamp", "datetime", "ds", "stamp")
SERIES_COLUMNS = ("series", "unique_id", "series_id", "item_id")
VALUE_COLUMNS = ("value", "y", "target")
LABEL_COLUMNS = ("is_anomaly", "anomaly")
FILLS = ("linear", "previous")


@dataclasses.dataclass(frozen=True)
class SeriesOptions:
    """Columns, grid and splits of a table of time series.

    Args:
        series_column: str or None; of a long table, the column with the name of the series of each row; None for
            "series", "unique_id", "series_id" or "item_id" if there is one, else every value column is a series.
        known_columns: tuple of str; columns of covariates that are known in advance, such as a holiday or a price.
        calendar: tuple of "hour", "weekday" and "month"; parts of the stamps, in local time, that are covariates known
            in advance. A history without stamps, such as a text, then needs them as numbers.
        static_columns: tuple of str; columns of covariates that are constant in a series.
        label_column: str or None; column that is 1 where the values are anomalous, else 0; None for "is_anomaly" or
            "anomaly" if there is one.
        frequency: str or None; distance of the stamps, such as "15min", "1h", "1d" or "1M"; the values of a step are
            averaged. None infers it, and requires all stamps to have that distance.
        time_zone: str or None; IANA name of the time zone of stamps without an offset.
        fill: "linear", "previous" or None; how missing values are filled; None raises an error for the first one.
            Filled values are inputs, but neither targets of the training nor of an evaluation.
        split_sizes: tuple of three numbers, of steps or fractions; training, validation and test part of each series,
            in this order; steps after them are not used. None for `validation` twice at the end.

    Raises:
        ValueError: if an option does not exist, or has a wrong value.

    Example:
        >>> from rnn_templates.data.series.options import SeriesOptions
        >>> SeriesOptions.parse("known_columns=holiday+price,fill=linear").known_columns
        ('holiday', 'price')
    """

    series_column: str | None = None
    known_columns: tuple = ()
    calendar: tuple = ()
    static_columns: tuple = ()
    label_column: str | None = None
    frequency: str | None = None
    time_zone: str | None = None
    fill: str | None = None
    split_sizes: tuple | None = None

    def __post_init__(self):
        if self.fill not in (None, *FILLS):
            raise ValueError(f"`fill` must be one of {', '.join(FILLS)}, or None; received {self.fill!r}.")
        if unknown := [part for part in self.calendar if part not in CALENDAR]:
            raise ValueError(f"`calendar` must be some of {', '.join(CALENDAR)}; received {unknown[0]!r}.")
        sizes = self.split_sizes
        if sizes is not None and (len(sizes) != 3 or any(size < 0 for size in sizes) or not sizes[0]):
            raise ValueError(
                f"`split_sizes` must be three numbers, for training, validation and test; received {sizes}."
            )

    @classmethod
    def parse(cls, options):
        """Returns the options of a dict, of a str such as "fill=linear,known_columns=a+b", or of None.

        Example:
            >>> from rnn_templates.data.series.options import SeriesOptions
            >>> SeriesOptions.parse({"split_sizes": (0.6, 0.2, 0.2)}).split_sizes
            (0.6, 0.2, 0.2)
        """
        if isinstance(options, cls):
            return options
        if isinstance(options, str):
            pairs = [pair.partition("=") for pair in options.split(",")]
            if not all(separator for _, separator, _ in pairs):
                raise ValueError(f"`series_options` must be like 'fill=linear,frequency=1h'; received {options!r}.")
            options = {name.strip(): value.strip() for name, _, value in pairs}
        values = dict(options or {})
        names = [field.name for field in dataclasses.fields(cls)]
        unknown = [name for name in values if name not in names]
        if unknown:
            raise ValueError(f"`series_options` has an unknown key {unknown[0]!r}; it can have {', '.join(names)}.")
        for name in ("known_columns", "calendar", "static_columns", "split_sizes"):
            if isinstance(values.get(name), str):
                values[name] = values[name].split("+")
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        if values.get("split_sizes") is not None:
            values["split_sizes"] = tuple(_number(size) for size in values["split_sizes"])
        return cls(**values)


def _number(value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"`split_sizes` must be three numbers; one is {value!r}.") from None
    return int(number) if number >= 1 or number == 0 else number
