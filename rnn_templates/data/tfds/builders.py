"""Preparation of TFDS builders."""

import functools
import sys
from importlib import import_module

from rnn_templates.data.tfds.network import has_network
from rnn_templates.utils.extras import require

ADVICE = (
    "Without a network, put the files of its download into a folder and pass it as `manual_dir` (`--manual-dir`). If "
    "prepared data is damaged, delete {}."
)


def prepare_builder(name, builder_class=None, *, manual_dir=None, data_dir=None):
    """Downloads or generates a data set; returns its TFDS builder.

    Args:
        name: str; TFDS name, with a config after "/".
        builder_class: str; "module:class" of a builder outside TFDS; None for TFDS's own.
        manual_dir: path; folder with manually downloaded files.
        data_dir: path; where prepared data is kept; None for the default of TFDS.

    Raises:
        ValueError: if there is no such data set or config.
        RuntimeError: if the data cannot be prepared; the message describes how to provide it.

    Example:
        >>> prepare_builder("mnist").info.features["label"].num_classes  # doctest: +SKIP
        10
    """
    tfds = require("tensorflow_datasets", "datasets", f"The data set {name!r}")
    family, _, config = name.partition("/")
    if builder_class is not None:
        module, _, attribute = builder_class.partition(":")
        cls = getattr(import_module(module), attribute)
        make = functools.partial(cls, config=config or None)
    else:
        cls, make = tfds.builder_cls(family), functools.partial(tfds.builder, name)
    try:
        builder = make(data_dir=data_dir)
    except Exception as error:
        configs = cls.builder_configs
        reason = str(error)[:300] if not configs or config in configs else f"it has {', '.join(configs)[:1000]}."
        raise ValueError(f"TFDS has no {name!r}: {reason}") from error
    if builder_class is not None or not sys.stderr.isatty():
        tfds.disable_progress_bar()
    if builder_class is None and manual_dir is None and not builder.is_prepared() and not has_network():
        raise RuntimeError(f"{name} could not be downloaded: no connection. {ADVICE.format(builder.data_dir)}")
    download_config = tfds.download.DownloadConfig(manual_dir=manual_dir, try_download_gcs=False)
    try:
        try:
            builder.download_and_prepare(download_config=download_config)
        except FileExistsError:  # another process prepared it at the same time
            builder = make(data_dir=data_dir)
            builder.download_and_prepare(download_config=download_config)
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        raise RuntimeError(f"{name} could not be prepared ({reason}). {ADVICE.format(builder.data_dir)}") from error
    return builder
