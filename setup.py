"""Build step: the shipped models are installed below the package; `saved_models/` stays beside it in a checkout."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

# All that `load_model` and the command line need; files for devices are written again by `rnn-templates export`.
INSTALLED = ("model.keras", "*.txt", "card.json", "preprocessing.json", "series.json")


class BuildWithModels(build_py):
    """Copies the shipped models to `rnn_templates/saved_models` of the build."""

    def _models(self):
        target = Path(self.build_lib, "rnn_templates", "saved_models")
        for pattern in INSTALLED:
            for source in sorted(Path("saved_models").glob(f"*/{pattern}")):
                yield source, target / source.parent.name / source.name

    def run(self):
        super().run()
        if self.editable_mode:  # found beside the package
            return
        for source, target in self._models():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode=1):
        return [*super().get_outputs(include_bytecode), *(str(target) for _, target in self._models())]


setup(cmdclass={"build_py": BuildWithModels})
