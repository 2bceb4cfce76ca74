"""The flags that select examples."""

import dataclasses

import typer


@dataclasses.dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Selection of a data set or of files.

    Args:
        data: name of a data set, or files: a table (csv, tsv, jsonl, parquet); tagged sentences (conll, conllu); two
            parallel text files, separated by a comma; plain text files; a folder or tar of images, optionally with a
            comma and the table of their captions or classes. Plain or compressed (.gz, .xz, .bz2).
        validation_data: file for validation; default is a fraction of the training data.
        validation: fraction of the training data to hold out if there is no validation split.
        validation_block_size: number of neighboring examples that go to the same part when a part is held out; more
            than 1 if neighbors are related.
        test_data: file for testing.
        input_column: column of the texts or images; default "text", "source", "image", or the first of a CoNLL file.
        target_column: column of the targets; default "label", "target", "caption", "upos", or the last of a CoNLL file.
        label_separator: separator of the labels of a text that may have several, such as ",".
        series_options: options of time series, such as "fill=linear,frequency=1h"; the names are those of
            `SeriesOptions`, and several columns are joined by "+".
        delimiter: character between the columns of a csv file, such as ";" or "tab"; default is found in the file.
        label_names: names for the labels of the file, such as "0=negative,1=positive".
        manual_dir: folder with the downloaded files of a data set that `data` names, for a machine without a network.
        data_dir: folder where prepared data sets are kept; default that of TensorFlow Datasets.

    Example:
        >>> DataOptions(data="reviews").load("labeled_texts").labels  # doctest: +SKIP
        ('negative', 'positive')
    """

    data: str | None = None
    validation_data: str | None = None
    validation: float = 0.1
    validation_block_size: int = 1
    test_data: str | None = None
    input_column: str | None = None
    target_column: str | None = None
    label_separator: str | None = None
    label_names: str | None = None
    series_options: str | None = None
    delimiter: str | None = None
    manual_dir: str | None = None
    data_dir: str | None = None

    def load(self, kind, seed=1):
        """Returns the splits of the data; prints the rejected rows.

        Args:
            kind: str; `Template.data_kind`.
            seed: int; of the held-out examples.

        Returns:
            `rnn_templates.data.splits.Splits`.
        """
        from rnn_templates.cli.output import report_rejected
        from rnn_templates.data import load

        options = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        options["label_names"] = parse_label_names(self.label_names)
        splits = load(options.pop("data"), kind=kind, seed=seed, **options)
        report_rejected(splits.rejected_rows)
        return splits

    def check(self, kind):
        """Raises an error if the data cannot have examples of a kind; reads no more than names and headers.

        TensorFlow is not imported.

        Args:
            kind: str; `Template.data_kind`.

        Raises:
            FileNotFoundError: if a file does not exist.
            ValueError: if there is no data set of this name, the data are of another kind, or a table has no such
                column.
            typer.BadParameter: if `label_names` has no "=".

        Example:
            >>> DataOptions(data="reviews").check("text_pairs")
            Traceback (most recent call last):
            ValueError: reviews is a data set (labeled texts), not text pairs; use `train sentiment`. ...
        """
        from rnn_templates.data.checking import check_source

        columns = {name: getattr(self, name) for name in ("input_column", "target_column", "delimiter")}
        columns["label_names"] = parse_label_names(self.label_names)
        for source in (self.data, self.validation_data, self.test_data):
            if source is not None:
                check_source(source, kind, **columns)


def parse_label_names(value):
    """Returns the names of labels as a dict.

    Args:
        value: str such as "0=negative,1=positive", dict (from a recipe), or None.

    Returns:
        Dict of label to name, or None.

    Raises:
        typer.BadParameter: if a pair has no "=".

    Example:
        >>> parse_label_names("0=negative, 1=positive")
        {'0': 'negative', '1': 'positive'}
    """
    if value is None or isinstance(value, dict):
        return value
    pairs = [pair.partition("=") for pair in value.split(",")]
    if any(not separator for _, separator, _ in pairs):
        raise typer.BadParameter(f"`--label-names` must be like '0=negative,1=positive'; received {value!r}.")
    return {label.strip(): name.strip() for label, _, name in pairs}
