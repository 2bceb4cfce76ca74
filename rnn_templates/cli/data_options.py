"""The flags that select examples."""

import dataclasses

import typer


@dataclasses.dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Selection of a data set or of files.

    Args:
        data: name of a data set, or files: a table (csv, tsv, jsonl, parquet); tagged sentences (conll, conllu); two
            parallel text files, separated by a comma; a folder or tar of images, optionally with a comma and the table
            of their captions or classes. Plain or compressed (.gz, .xz, .bz2).
        validation_data: file for validation; default is a fraction of the training data.
        validation: fraction of the training data to hold out if there is no validation split.
        validation_block_size: number of consecutive examples that are held out together; more than 1 if consecutive
            examples are related.
        test_data: file for testing.
        input_column: column of the texts or images; default "text", "source", "image", or the first of a CoNLL file.
        target_column: column of the targets; default "label", "target", "caption", "upos", or the last of a CoNLL file.
        label_separator: separator of the labels of a text that may have several, such as ",".
        delimiter: character between the columns of a csv file, such as ";" or "tab"; default is found in the file.
        label_names: names for the labels of the file, such as "0=negative,1=positive".
        manual_dir: folder with files of a TFDS data set that were downloaded manually.
        data_dir: folder where TFDS keeps prepared data; default that of TFDS.

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

    def load_examples(self, model, folder, split=None):
        """Returns the labeled examples for the evaluation or export of a trained model; prints the rejected rows.

        Args:
            model: `rnn_templates.tasks.task.Task`.
            folder: `Path`; folder of the model, whose card names the data set if `data` is None.
            split: str or None; "train", "validation" or "test"; None for the test split, else the validation split, and
                for all examples of a file.

        Returns:
            `dataset, name, train`: the examples, their name for the card, and the training split or None.

        Raises:
            ValueError: if there is no such split, or the labels are not those of the model.
        """
        from rnn_templates import registry
        from rnn_templates.cli.output import report_rejected
        from rnn_templates.data.loading import find_source, read_labeled_file
        from rnn_templates.model_card import Card

        source = self.data or Card.load(folder).facts.get("data", {}).get("name")
        if not source:
            raise ValueError("`--data` must be a file or the name of a data set; the model card has no name of one.")
        kind = registry.of(model).data_kind
        columns = {"input_column": self.input_column, "target_column": self.target_column}
        columns |= {"label_names": parse_label_names(self.label_names), "delimiter": self.delimiter}
        form, _ = find_source(source, kind, **columns)
        if form.is_file and not (split is not None and form.may_have_splits):
            columns["label_separator"] = self.label_separator
            examples = read_labeled_file(source, kind, labels=model.labels, **columns)
            report_rejected(examples.rejected)
            return examples.dataset(), ",".join(path.name for path in form.paths(source)), None
        splits = dataclasses.replace(self, data=source).load(kind)
        if tuple(splits.labels) != tuple(model.labels):  # targets are indices of labels
            raise ValueError(
                f"{source} has the labels {', '.join(splits.labels[:10])}, the model {', '.join(model.labels[:10])}. "
                "Select the column or feature that it was trained on with --target-column, or other data with --data."
            )
        name = split or ("test" if splits.test is not None else "validation")
        dataset = getattr(splits, name, None)
        if dataset is None:
            raise ValueError(f"{source} has no split {name!r}; it has {', '.join(splits.sizes)}.")
        return dataset, f"{source}, {name}", splits.train


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
