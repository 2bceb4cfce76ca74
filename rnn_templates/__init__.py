"""Ready Keras models for every topology of recurrent network.

Public names are imported on first use (`__init__.pyi` lists them), so that `import rnn_templates` does not import
TensorFlow. If Keras is imported already, the classes of the package are registered with it at once; otherwise
`rnn_templates.load_model`, or the import of any template, registers them.
"""

import sys

import lazy_loader

_import_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name):
    if name == "__version__":
        from importlib import metadata

        return metadata.version(__name__)
    return _import_name(name)


if "keras" in sys.modules:
    import rnn_templates.saving  # noqa: F401
