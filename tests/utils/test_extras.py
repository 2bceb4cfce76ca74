"""Optional dependencies: the package imports without them, and an error names the extra that is missing."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_templates.utils.extras import require

ROOT = Path(__file__).parents[2]
MODULES = {
    "datasets": {"tensorflow_datasets", "conllu", "importlib_resources"},
    "generators": {"babel", "faker", "num2words"},
    "metrics": {"sacrebleu", "sklearn"},
    "sklearn": {"sklearn"},
    "tables": {"pyarrow"},
    "tensorboard": {"tensorboard"},
    "tune": {"keras_tuner"},
}
DEV = {"seqeval", "rouge_score", "hypothesis", "pandas", "pytest"}


@pytest.fixture
def without(monkeypatch):
    """Function that makes modules, and those below them, impossible to import."""

    class Blocked:
        def __init__(self, names):
            self.names = names

        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in self.names:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def block(*names):
        for module in list(sys.modules):
            if module.partition(".")[0] in names:
                monkeypatch.delitem(sys.modules, module)
        monkeypatch.setattr(sys, "meta_path", [Blocked(names), *sys.meta_path])

    return block


def test_the_error_of_a_missing_module_names_the_command_that_installs_it(without):
    without("faker")
    with pytest.raises(ImportError) as caught:
        require("faker.providers.person", "generators", "The data set `messages`")
    expected = "The data set `messages` needs `pip install 'rnn_templates[generators]'`: No module named 'faker"
    assert str(caught.value).startswith(expected)
    assert caught.value.name == "faker.providers.person"


def test_baselines_metrics_and_generated_data_name_their_extra_where_it_is_missing(without):
    from rnn_templates.data.synthetic.dates.languages import spell_out
    from rnn_templates.data.tfds.builders import prepare_builder
    from rnn_templates.evaluation.baselines.bag_of_words import bag_of_words_baseline
    from rnn_templates.evaluation.generation import generation_report
    from rnn_templates.training.tuning import check_search_space

    without(*set.union(*MODULES.values()))
    calls = {
        "generators": lambda: spell_out(7_654_321, "fr"),
        "datasets": lambda: prepare_builder("mnist"),
        "metrics": lambda: bag_of_words_baseline((["good", "bad"], [1, 0]), (["good"], [1]), ("no", "yes")),
        "metrics]": lambda: generation_report(["a"], [["b"]], ["b"]),
        "tune": lambda: check_search_space(lambda hp: {}, prepare_builder),
    }
    for extra, call in calls.items():
        with pytest.raises(ImportError, match=re.escape(f"pip install 'rnn_templates[{extra.rstrip(']')}]'`")):
            call()


@pytest.mark.slow
def test_every_public_name_is_imported_without_the_extras():
    blocked = sorted(set.union(DEV, *MODULES.values()))
    code = (
        "import sys\n"
        f"for name in {blocked}: sys.modules[name] = None\n"
        "import rnn_templates\n"
        "for name in rnn_templates.__all__: getattr(rnn_templates, name)\n"
        "import pkgutil, importlib\n"
        "from rnn_templates import cli\n"
        "for module in pkgutil.walk_packages(cli.__path__, 'rnn_templates.cli.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr[-2000:]


def test_extras_that_the_code_names_are_those_of_setup_cfg_and_no_module_is_imported_without_them():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    extras, optional = set(config["options.extras_require"]), set.union(DEV, *MODULES.values())
    imported = re.compile(rf"^ *(?:import|from) ({'|'.join(sorted(optional))})\b", re.M)
    for path in (ROOT / "rnn_templates").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for extra in re.findall(r'\brequire\(\s*f?"[^"]+"[^,]*,\s*"(\w+)"', code):
            assert extra in extras, (path, extra)
        if "data/synthetic" in path.as_posix() or path.name == "conftest.py":
            continue  # builders of TFDS, imported by name after `prepare_builder` has required it
        assert not imported.search(code), (path, imported.search(code)[0])
    for name in ("dev", "notebooks", "benchmarks"):
        assert "rnn_templates[all]" in config["options.extras_require"][name]
