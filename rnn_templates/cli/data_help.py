"""Help of the flags that select examples, for each kind of examples."""

COMPRESSED = "Also compressed (.gz, .xz, .bz2)."
NAMED = "Or the name of a data set, see `rnn-templates list`."
TABLE = "csv, tsv, jsonl or parquet"
DATA = {
    "labeled_texts": f"Table of texts and their labels ({TABLE}). {COMPRESSED} {NAMED}",
    "tagged_sentences": (
        "File of sentences with a tag for each word: .conll, .bio or .conllu; or a table (jsonl, parquet) with lists "
        f"of words and of tags. {COMPRESSED} {NAMED}"
    ),
    "text_pairs": (
        "Two text files with one sentence per line, separated by a comma, such as train.en,train.de; or a table "
        f"({TABLE}) with a column for each language. {COMPRESSED} {NAMED}"
    ),
    "captioned_images": (
        "Folder or tar of images, a comma, and the table of their captions, such as images.tar,captions.tsv; one row "
        f"per caption ({TABLE}). {COMPRESSED} {NAMED}"
    ),
    "classified_images": (
        "Folder or tar of images, with one folder per class; or with a comma and the table of their classes, such as "
        f"images.tar,classes.csv ({TABLE}). {COMPRESSED} {NAMED}"
    ),
    "plain_texts": (
        "Text file, or several separated by commas, or a folder with text files (.txt, .md, .py, ...), all in UTF-8. "
        f"{COMPRESSED} {NAMED}"
    ),
}
DATA["time_series"] = (
    f"Table of time series ({TABLE}): a column of stamps, and a column for each series; or a row for each value, with "
    f"a column of the series. {COMPRESSED} {NAMED}"
)
INPUT_COLUMN = {
    "labeled_texts": 'Column of the texts; default "text".',
    "tagged_sentences": 'Column of the words: a number from 0, default the first; of a table a name, default "tokens".',
    "text_pairs": 'Column of the texts to translate, if the data is a table; default "source".',
    "captioned_images": 'Column of the file names of the images; default "image".',
    "classified_images": 'Column of the file names of the images, if there is a table; default "image".',
    "plain_texts": "Not used: plain texts have no columns.",
    "time_series": 'Column of the stamps; default "time", "date", "timestamp", "datetime" or "ds".',
}
TARGET_COLUMN = {
    "labeled_texts": 'Column of the labels; default "label".',
    "tagged_sentences": (
        'Column of the tags: a number from 0, default the last, or "upos", "xpos" or "deprel" of a .conllu file; of a '
        'table a name, default "tags".'
    ),
    "text_pairs": 'Column of the translations, if the data is a table; default "target".',
    "captioned_images": 'Column of the captions; default "caption".',
    "classified_images": 'Column of the classes, if there is a table; default "label".',
    "plain_texts": "Not used: the targets of a text are its own tokens.",
    "time_series": 'Column of the values, or several, separated by commas; default "value" or "y", or all others.',
}
RELATED = {
    "labeled_texts": "texts by one author",
    "tagged_sentences": "sentences of one document",
    "text_pairs": "sentences of one document",
    "captioned_images": "images of one place",
    "classified_images": "images of one object",
    "plain_texts": "chapters of one book",
    "time_series": "",
}
UNUSED = {
    "labeled_texts": ("series_options",),
    "tagged_sentences": ("label_separator", "label_names", "delimiter", "series_options"),
    "text_pairs": ("label_separator", "label_names", "series_options"),
    "captioned_images": ("label_separator", "label_names", "series_options"),
    "classified_images": ("label_separator", "series_options"),
    "plain_texts": ("input_column", "target_column", "label_separator", "label_names", "delimiter", "series_options"),
    "time_series": ("label_separator", "label_names", "validation_block_size"),
}


def data_help(kind):
    """Returns the descriptions of the flags of `DataOptions` that depend on the kind of the examples.

    Args:
        kind: str; `Template.data_kind`; an unknown one has the general descriptions.

    Returns:
        `texts, unused`: dict from the name of a flag to its description, and a tuple of the names without use.

    Example:
        >>> texts, unused = data_help("text_pairs")
        >>> texts["target_column"]
        'Column of the translations, if the data is a table; default "target".'
        >>> unused
        ('label_separator', 'label_names', 'series_options')
    """
    if kind not in DATA:
        return {}, ()
    texts = {
        "data": DATA[kind],
        "input_column": INPUT_COLUMN[kind],
        "target_column": TARGET_COLUMN[kind],
        "validation_block_size": (
            "Number of neighboring examples that go to the same part when a part is held out; more than 1 if neighbors "
            f"are related, such as {RELATED[kind]}."
        ),
    }
    return texts, UNUSED[kind]
