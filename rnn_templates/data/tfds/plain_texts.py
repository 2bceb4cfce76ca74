"""Plain texts of TFDS, without targets."""

import dataclasses
from typing import ClassVar

from rnn_templates.data.text_splits import TextSplits, make_text_dataset
from rnn_templates.data.tfds.dataset_spec import DatasetSpec


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlainTextsSpec(DatasetSpec):
    """Texts without targets; a split that joins several has one text, the texts of all of them in their order.

    Args:
        text: str; feature of the text.

    Example:
        >>> from rnn_templates.data.tfds.specs import DATASETS
        >>> DATASETS["tiny_shakespeare"].test
        'validation+test'
    """

    kind: ClassVar[str] = "plain_texts"
    text: str = "text"

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """See `DatasetSpec.load`."""
        for argument, value in (("input_column", input_column), ("target_column", target_column)):
            if value is not None:
                raise ValueError(f"{name}: `{argument}` must be None, it has texts alone; received {value!r}.")
        datasets, sizes = {}, {}
        for split, tfds_split in self.splits:
            datasets[split] = None
            if tfds_split is not None:
                rows = builder.as_dataset(split=tfds_split, shuffle_files=False).as_numpy_iterator()
                texts = [row[self.text] for row in rows]
                texts = [b"".join(texts)] if "+" in tfds_split else texts
                datasets[split], sizes[split] = make_text_dataset(texts), len(texts)
        return TextSplits(name=name, labels=(), sizes=sizes, **datasets)
