"""Compression of the weights in a `.keras` file."""

import io
import zipfile

import h5py
import numpy as np

WEIGHTS = "model.weights.h5"
FLOAT32_MANTISSA_BITS, MIN_MANTISSA_BITS = 23, 7  # 7: bfloat16
MIN_COMPRESSED_SIZE = 64  # smaller arrays grow with a compression filter


def compact_weights(path, mantissa_bits=FLOAT32_MANTISSA_BITS):
    """Compresses the weights of a `.keras` file in place; Keras reads the result like any other file.

    Byte planes of the weights are compressed (the shuffle filter of HDF5 and gzip). Rounding the weights to fewer
    mantissa bits before makes their low bytes zero; the relative error is at most 2^-(mantissa_bits + 1).

    Args:
        path: str or `Path`; the file.
        mantissa_bits: int from 7 to 23; bits that each float32 weight keeps. 23 changes no weight.

    Raises:
        ValueError: if `mantissa_bits` is out of range.

    Example:
        >>> from rnn_templates.saving.weights import compact_weights
        >>> model = rt.image_classification_model(["0", "1"], image_size=12, units=4, filters=4)
        >>> rt.save_model(model, "model.keras")
        >>> compact_weights("model.keras")
        >>> bool(np.array_equal(rt.load_model("model.keras").weights[0], model.weights[0]))
        True
    """
    if not MIN_MANTISSA_BITS <= mantissa_bits <= FLOAT32_MANTISSA_BITS:
        raise ValueError(
            f"save_model: `mantissa_bits` must be from {MIN_MANTISSA_BITS} to {FLOAT32_MANTISSA_BITS}; "
            f"received {mantissa_bits!r}."
        )
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    members[WEIGHTS] = _compress(members[WEIGHTS], mantissa_bits)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)


def round_mantissa(values, bits):
    """Returns float32 values rounded to nearest, ties to even, with fewer bits of the mantissa.

    Args:
        values: float32 array of finite values.
        bits: int from 7 to 23.

    Example:
        >>> from rnn_templates.saving.weights import round_mantissa
        >>> round_mantissa(np.float32([1.001, 1.004]), 7).tolist()
        [1.0, 1.0078125]
    """
    dropped = FLOAT32_MANTISSA_BITS - bits
    if not dropped:
        return values
    integers = np.ascontiguousarray(values).view(np.uint32)
    last = (integers >> np.uint32(dropped)) & np.uint32(1)
    half = np.uint32((1 << (dropped - 1)) - 1)
    kept = np.uint32(0xFFFFFFFF >> dropped << dropped)
    return ((integers + half + last) & kept).view(np.float32)


def _compress(content, mantissa_bits):
    buffer = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(buffer, "w") as target:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copied = target.require_group(name)
            else:
                values = item[()]
                if item.dtype == np.float32 and item.ndim:
                    values = round_mantissa(values, mantissa_bits)
                filters = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "chunks": item.shape}
                options = filters if item.size >= MIN_COMPRESSED_SIZE else {}
                copied = target.create_dataset(name, data=values, **options)
            for key, value in item.attrs.items():
                copied.attrs[key] = value

        copy("/", source)
        source.visititems(copy)
    return buffer.getvalue()
