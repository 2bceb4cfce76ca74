"""Fingerprint of a training: settings of model and fit, vocabulary and data, and its comparison with another one."""

import hashlib
import json
import re
import zipfile

import keras
import numpy as np

from rnn_templates.preprocessing.images.image_array import ImageArray

# Entries of a model's configuration that do not determine its function, or that training changes.
IGNORED = {
    *("name", "module", "registered_name", "inbound_nodes", "build_config", "input_layers", "output_layers"),
    *("learning_rate", "thresholds", "shared_object_id", "jit_compile", "metrics", "weighted_metrics", "loss_weights"),
}
MAX_LISTED = 8
ROWS = 1024


def fingerprint(model, settings, train, validation=None, configuration=None):
    """Returns what determines the weights of a training, a dict for JSON.

    Args:
        model: `rnn_templates.tasks.task.Task`.
        settings: dict; arguments of `fit`.
        train, validation: `BucketedBatches`; validation may be None.
        configuration: dict or None; arguments of the builder, by the names that messages use.

    Example:
        >>> from rnn_templates.data.batching import BucketedBatches
        >>> model = rt.image_classification_model(["0", "1"], image_size=12, units=4, filters=4)
        >>> batches = BucketedBatches(np.zeros((2, 12, 12, 1), np.uint8), np.array([0, 1]))
        >>> found = fingerprint(model, {"epochs": 3}, batches)
        >>> found["settings"], found["data"]["training data"][0]
        ({'epochs': 3}, 2)
    """
    data = {"vocabulary": _vocabulary_hash(model), "training data": _data_hash(train)}
    if validation is not None:
        data["validation data"] = _data_hash(validation)
    found = {
        "settings": {**(configuration or {}), **settings},
        "model": flatten_config(_config_of(model)),
        "data": data,
    }
    return json.loads(json.dumps(found, default=str))


def differences(old, new):
    """Returns the differences of two fingerprints, a list of str such as "units was 64, is 32".

    Args:
        old, new: dicts from `fingerprint`.

    Example:
        >>> old = {"settings": {"epochs": 3}, "data": {"training data": [10, "ab"]}}
        >>> differences(old, {"settings": {"epochs": 4}, "data": {"training data": [10, "cd"]}})
        ['epochs was 3, is 4', 'the training data has changed (10 entries)']
    """
    found = _changes(old.get("settings", {}), new.get("settings", {}))
    # A changed argument of the builder changes many entries of the model.
    found = found or _changes(old.get("model", {}), new.get("model", {}), name=_entry_name)
    for name, (size, digest) in new.get("data", {}).items():
        old_size, old_digest = old.get("data", {}).get(name, (0, None))
        if old_digest != digest:
            sizes = f"{size:,} entries" if size == old_size else f"it had {old_size:,} entries, it has {size:,}"
            found.append(f"the {name} has changed ({sizes})")
    return found[:MAX_LISTED] + ([f"... ({len(found)} in all)"] if len(found) > MAX_LISTED else [])


def _changes(old, new, name=str):
    """Texts for the keys with different values, without repetitions."""
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    texts = [f"{name(key)} was {_shown(old.get(key))}, is {_shown(new.get(key))}" for key in changed]
    return list(dict.fromkeys(texts))


def _entry_name(path):
    """ "rate of dropout" for the path "network.layers.4:dropout.rate"."""
    *_, parent, name = ["", *path.split(".")]
    layer = parent.partition(":")[2]
    return f"{name} of {layer}" if layer else name


def _shown(value):
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value) if len(repr(value)) <= 60 else f"{value!r:.57}..."


def flatten_config(config, path=""):
    """Returns the values of a nested configuration by dotted path, a dict; layers by position and name.

    Args:
        config: nested dicts and lists.
        path: str; prefix of the paths.

    Example:
        >>> flatten_config({"config": {"units": 8, "layers": [{"name": "dropout_1", "config": {"rate": 0.5}}]}})
        {'units': 8, 'layers.0:dropout.rate': 0.5}
    """
    if isinstance(config, dict):
        items = ((key, value) for key, value in config.items() if key not in IGNORED)
    elif isinstance(config, (list, tuple)) and any(isinstance(one, (dict, list, tuple)) for one in config):
        items = [(f"{index}{_layer_name(one)}", one) for index, one in enumerate(config)]
    else:
        return {path: list(config) if isinstance(config, tuple) else config}
    flat = {}
    for key, value in items:
        inner = path if key == "config" else f"{path}.{key}".lstrip(".")
        flat |= flatten_config(value, inner)
    return flat


def _layer_name(config):
    """The name of a layer without the number that Keras appends, after a colon; "" without one."""
    name = config.get("name") if isinstance(config, dict) else None
    return ":" + re.sub(r"_\d+$", "", name) if name else ""


def _config_of(model):
    """The configuration of a model and of its loss and optimizer."""
    return _relevant(keras.saving.serialize_keras_object(model))


def _relevant(serialized):
    compiled = serialized.get("compile_config") or {}
    return {"config": serialized["config"], **{key: compiled.get(key) for key in ("loss", "optimizer")}}


def saved_config(path):
    """Returns the flat configuration of the model in a `.keras` file, a dict, as in a fingerprint.

    Args:
        path: `Path`.
    """
    with zipfile.ZipFile(path) as archive:
        return flatten_config(_relevant(json.loads(archive.read("config.json"))))


def _vocabulary_hash(model):
    """Number of words and hash of the vocabularies."""
    preprocessors = [getattr(model, name, None) for name in ("preprocessor", "target_preprocessor")]
    words = [list(part.vocabulary.tokens) for part in preprocessors if hasattr(part, "vocabulary")]
    return [sum(map(len, words)), _digest(json.dumps(one, default=str).encode() for one in words)]


def _data_hash(batches):
    """Number of examples and hash of encoded inputs, targets and weights."""
    features = batches.features if isinstance(batches.features, dict) else {"x": batches.features}
    parts = [*features.values(), batches.targets, batches.weights]
    return [batches.size, _digest(piece for part in parts if part is not None for piece in _pieces(part))]


def _pieces(values):
    """The bytes of a list of arrays, of an array, or of encoded images, in pieces."""
    if isinstance(values, ImageArray):
        yield from values.encoded
    elif isinstance(values, list):
        for one in values:
            yield np.int64(len(one)).tobytes()
            yield np.ascontiguousarray(one).tobytes()
    else:
        for start in range(0, len(values), ROWS):
            yield np.ascontiguousarray(values[start : start + ROWS]).tobytes()


def _digest(pieces):
    digest = hashlib.blake2b(digest_size=16)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
