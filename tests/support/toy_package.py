"""Installs the toy template as a package of its own: the folder of three files, and an entry point."""

import shutil
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "external_template" / "toy_template"
METADATA = "Metadata-Version: 2.1\nName: toy-template\nVersion: 1.0\n"
ENTRY_POINTS = "[rnn_templates.templates]\ntoy = toy_template:TEMPLATE\n"


def install(site):
    """Writes package and metadata into a folder, which a process with it on PYTHONPATH finds as installed.

    Args:
        site: `Path` of an existing folder.
    """
    shutil.copytree(SOURCE, site / "toy_template", ignore=shutil.ignore_patterns("__pycache__"))
    info = site / "toy_template-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA, encoding="utf-8")
    (info / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
