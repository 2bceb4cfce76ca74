"""Check of the sizes of layers in a `.keras` file, before Keras allocates their weights."""

import io
import math
import zipfile

import h5py

from rnn_templates.utils.limits import MIN_SUSPICIOUS_BYTES, check_limit
from rnn_templates.utils.model_archive import WEIGHTS

SIZES = {
    *("units", "filters", "vocabulary_size", "embedding_dim", "input_dim", "output_dim", "num_tags"),
    *("kernel_size", "kernel_sizes", "dilation_rate", "build_config"),
}
MIN_CHECKED_SIZE = 4096  # smaller layers take little memory


def check_layer_sizes(config, file):
    """Raises ValueError if a layer is larger than the weights in the file.

    Every size of a layer (units, filters, width of a kernel, rows of an embedding, features of its input) is a
    dimension of one of its weights. A larger one is that of a damaged or malicious configuration, for which Keras would
    allocate memory before it compares the weights.

    Args:
        config: dict; configuration of the model, from `rnn_templates.utils.model_archive.read_config`.
        file: path of the `.keras` file.

    Raises:
        ValueError: with the file, the layer and its size; or if the weights are no HDF5 file, or are declared larger
            than the file can hold.

    Example:
        >>> from rnn_templates.saving.layer_sizes import check_layer_sizes
        >>> from rnn_templates.utils.model_archive import read_config
        >>> check_layer_sizes(read_config("saved_models/sentiment/model.keras"), "saved_models/sentiment/model.keras")
    """
    sizes = list(_sizes(config))
    largest = max((value for *_, value in sizes), default=0)
    if largest <= MIN_CHECKED_SIZE or largest <= (most := _largest_dimension(file)):
        return
    layer, name, value = next(size for size in sizes if size[-1] > max(most, MIN_CHECKED_SIZE))
    raise ValueError(
        f"load_model: {file}: `{name}` of the layer {layer} is {value:,} ({4e-9 * value:,.1f} GB for each row of its "
        f"weights); the weights in the file have at most {most:,} rows or columns. The file was changed: restore the "
        "original one."
    )


def _sizes(config):
    """Yields (layer, name, size) for the sizes and the input shapes of all layers in a configuration."""
    stack = [(config, "")]
    while stack:
        value, layer = stack.pop()
        if isinstance(value, list):
            stack += [(one, layer) for one in value]
        elif isinstance(value, dict):
            inner = value.get("config")
            if isinstance(inner, dict) and "class_name" in value:
                layer = f"{inner.get('name')!r} ({value['class_name']})"
            yield from ((layer, name, size) for name in SIZES & set(value) for size in _numbers(value[name]))
            stack += [(one, layer) for name, one in value.items() if name not in SIZES]


def _numbers(value):
    """Yields the integers of nested dicts and lists."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, (dict, list)):
            stack += value.values() if isinstance(value, dict) else value
        elif isinstance(value, int) and not isinstance(value, bool):
            yield value


def _largest_dimension(file):
    """The largest dimension of the weights in a `.keras` file; sizes that cannot be in the file are refused."""
    arrays = []
    with zipfile.ZipFile(file) as archive:
        content = archive.read(WEIGHTS)
    try:
        with h5py.File(io.BytesIO(content)) as weights:
            weights.visititems(lambda _, item: arrays.append(item) if isinstance(item, h5py.Dataset) else None)
            shapes = [(item.shape or (), item.dtype.itemsize) for item in arrays]
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise ValueError(f"load_model: {file} is damaged: {WEIGHTS} is not an HDF5 file.") from error
    size = sum(math.prod(shape) * itemsize for shape, itemsize in shapes)
    if size >= MIN_SUSPICIOUS_BYTES:
        ratio = size // max(1, len(content))
        check_limit(f"load_model: {WEIGHTS} in {file}", "MAX_DECOMPRESSION_RATIO", ratio, "bytes a byte")
    return max((dimension for shape, _ in shapes for dimension in shape), default=0)
