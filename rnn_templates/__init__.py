"""Ready Keras models for every topology of recurrent network.

Public names are imported on first use (`__init__.pyi` lists them), so that `import rnn_templates` does not import
TensorFlow. If Keras is imported already, the classes of the package are registered with it at once; otherwise
`rnn_templates.load_model`, or the import of any template, registers them.
"""

import sys

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

if "keras" in sys.modules:
    import rnn_templates.saving  # noqa: F401
