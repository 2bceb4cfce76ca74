"""Makes `keras.saving.load_model` know our classes, without importing Keras before somebody needs it.

Keras finds a class of a `.keras` file only if its module has been imported. `import rnn_templates` imports nothing
heavy; so our classes are registered at the moment Keras itself is imported.
"""

import importlib.util
import sys
from importlib.abc import MetaPathFinder


def register_with_keras():
    """Registers all our classes now if Keras is there already, else as soon as it is.

    Example:
        >>> import rnn_templates, keras
        >>> keras.saving.load_model("saved_models/sentiment/model.keras")
    """
    if "keras" in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, _AfterKeras())


def _register():
    ours = [name for name in sys.modules if name.startswith("rnn_templates.") and name != __name__]
    if not ours:  # one of our modules is what imports Keras, and is not done yet: `__getattr__` registers the rest
        importlib.import_module("rnn_templates.saving")


class _AfterKeras(MetaPathFinder):
    """Leaves the import of Keras to the usual finders, and registers once it is done."""

    def find_spec(self, name, path=None, target=None):
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                _register()

            spec.loader.exec_module = exec_module
        return spec
