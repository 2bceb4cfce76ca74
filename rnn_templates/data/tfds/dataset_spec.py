"""Base class of the specifications of data sets that have a name."""

import dataclasses
from typing import ClassVar


@dataclasses.dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """How a data set is loaded; base class.

    Subclasses define `kind` and `load`. A new kind of examples is a subclass with one or more rows in `DATASETS`.

    Args:
        builder: str; "module:class" of a TFDS builder outside TFDS, such as a generated data set; None for TFDS's own.
        validation: str; name of the validation split; None to hold out a part of the training split.
        test: str; name of the test split, or None.

    Attributes:
        kind: str; kind of the examples, as `Template.data_kind`.
        sliceable: bool; whether a slice of the training split can be named, as in "coco_captions[:5000]".

    Example:
        >>> from rnn_templates.data.tfds.specs import DATASETS
        >>> DATASETS["mnist"].kind
        'classified_images'
    """

    kind: ClassVar[str]
    sliceable: ClassVar[bool] = False
    builder: str | None = None
    validation: str | None = None
    test: str | None = "test"

    @property
    def splits(self):
        """Pairs of a split name and its name in TFDS, which is None if there is no such split."""
        return ("train", "train"), ("validation", self.validation), ("test", self.test)

    def load(self, builder, name, *, input_column=None, target_column=None, train_slice=None):
        """Returns the `Splits` of a prepared builder.

        Args:
            builder: `tfds.core.DatasetBuilder`.
            name: str; name of the data set, for messages.
            input_column, target_column: as for `rnn_templates.load`.
            train_slice: str; TFDS slice of the training split, such as ":5000", or None for all of it.

        Raises:
            ValueError: if there is no such column or slice.
        """
        raise NotImplementedError
