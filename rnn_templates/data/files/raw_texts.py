"""Raw texts of the sentences of CoNLL-U files."""

from rnn_templates.data.files.text_io import read_lines

TEXT_COMMENT = "# text = "


def read_raw_texts(path):
    """Returns the raw text of the sentences of a CoNLL-U file.

    Args:
        path: str or Path; file .conllu, plain or compressed.

    Returns:
        Dict from the number of each line of a sentence to its text; without the sentences that have no `# text`.

    Example:
        >>> from pathlib import Path
        >>> _ = Path("mine.conllu").write_text("# text = Ho!\\n1\\tHo\\n2\\t!\\n")
        >>> read_raw_texts("mine.conllu")
        {2: 'Ho!', 3: 'Ho!'}
    """
    texts, text = {}, None
    for line, content in enumerate(read_lines(path, (".conllu",)), start=1):
        if content.startswith(TEXT_COMMENT):
            text = content.removeprefix(TEXT_COMMENT).rstrip("\r\n")
        elif not content.strip():
            text = None
        elif text is not None and not content.startswith("#"):
            texts[line] = text
    return texts
