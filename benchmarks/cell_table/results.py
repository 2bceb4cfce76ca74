"""Cache of results, one JSON file for each cell."""

import json

from rnn_templates.utils.atomic import write_text


class Results:
    """Results in a folder: a JSON file for each name, with an entry for each measure.

    An entry has the settings that it was measured with. With other settings it is measured again.

    Args:
        folder: `Path`; created if it does not exist.
    """

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, name, measure, settings):
        """Returns a result, or None if it was not measured with these settings.

        Args:
            name: str; name of the file, that of a cell.
            measure: str; key of the entry.
            settings: dict for JSON.
        """
        entry = self._read(name).get(measure)
        return entry["result"] if entry and entry["settings"] == settings else None

    def save(self, name, measure, settings, result):
        """Writes a result; arguments as in `find`, and `result`, for JSON, not None."""
        entries = {**self._read(name), measure: {"settings": settings, "result": result}}
        write_text(self._path(name), json.dumps(entries, indent=1, sort_keys=True) + "\n")

    def _read(self, name):
        path = self._path(name)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def _path(self, name):
        return self.folder / f"{name}.json"
