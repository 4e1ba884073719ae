"""What nbgrader needs to know of our assignments: the notebooks with the answers in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder import release
from autograder.course import release_file
from autograder.model import LANGUAGES, Course, Language
from autograder.stock import config
from autograder.stock.model import SourceNotebook, StockSettings


def write(loaded: Course, settings: StockSettings, slugs: Iterable[str]) -> list[Path]:
    """Write the source notebooks of ``slugs`` where the course's configuration has them.

    Returns:
        The files that have changed.
    """
    changed = []
    for slug in slugs:
        folder = config.path_of(settings, settings.source, ".", slug)
        file = folder / f"{slug}.ipynb"
        data = release.source_notebook(loaded, slug, language(settings))
        if not file.is_file() or file.read_bytes() != data:
            release.files.write(file, data)
            changed.append(file)
    return changed


def current(notebook: SourceNotebook, settings: StockSettings) -> SourceNotebook:
    """The assignment's notebook with the texts that its locked cells have by now.

    The gradebook keeps those with which the assignment was put there: an older mark scheme.
    """
    file = config.path_of(settings, settings.source, ".", notebook.name) / f"{notebook.name}.ipynb"
    texts = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"])
        for cell in json.loads(file.read_bytes())["cells"]
    }
    cells = (
        replace(cell, source=texts.get(cell.grade_id, cell.source)) if cell.locked else cell
        for cell in notebook.cells
    )
    return replace(notebook, cells=tuple(cells))


def language(settings: StockSettings) -> Language:
    """The language of the notebooks that the course hands out: ``release/fr`` or ``release/en``."""
    name = Path(settings.release).name
    return next((lang for lang in LANGUAGES if lang == name), LANGUAGES[0])


def prose(loaded: Course, slug: str) -> frozenset[str]:
    """The Markdown of the released notebooks, in every language."""
    files = [release_file(loaded, slug, lang) for lang in LANGUAGES]
    return frozenset(
        "".join(cell["source"])
        for file in files
        if file.is_file()
        for cell in json.loads(file.read_bytes())["cells"]
        if cell["cell_type"] == "markdown"
    )
