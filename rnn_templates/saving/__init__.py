"""Saving and loading of models; importing this package registers all classes with Keras."""

import pkgutil
from importlib import import_module

from rnn_templates import layers, registry
from rnn_templates.saving.models import load_model, save_model

for _name in registry.names():
    registry.get(_name).load("builder")  # imports the task, the layers and the preprocessing of the template
for _module in pkgutil.walk_packages(layers.__path__, f"{layers.__name__}."):
    import_module(_module.name)

__all__ = ["load_model", "save_model"]
