"""Notebooks to grade: copies of the examples, each a little different, none that hangs."""

from __future__ import annotations

import json
import re
import shutil
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from autograder import results
from autograder.model import Outcome, Score

_HEAVY = re.compile(r"\b(torch|scipy|matplotlib|pandas|sklearn|keras|tensorflow)\b")
_TORCH = re.compile(r"^\s*(import|from) torch\b", re.M)
_UNUSABLE = {Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED, Outcome.NOT_GRADED}
_LONGEST = 8.0  # seconds; an example that takes longer waited for a limit in one of its cells

Notebook = dict[str, Any]


def examples(folder: Path, graded: Path, assignment: str) -> list[Notebook]:
    """The notebooks of ``assignment`` below ``folder`` that ran to their end, right or wrong.

    ``graded`` holds their results. Files that are no notebooks are left out: nbgrader takes none.
    """
    found = []
    for score in results.read_all(graded):
        path = folder / score.student / assignment / f"{assignment}.ipynb"
        if score.assignment == assignment and _ends_well(score) and path.is_file():
            found.append(json.loads(path.read_bytes()))
    return found


def numpy_only(notebooks: list[Notebook]) -> list[Notebook]:
    """Those whose answers name no heavy library; plots in the teacher's own cells do not count."""
    return [notebook for notebook in notebooks if not _HEAVY.search(_answers(notebook))]


def with_torch(notebooks: list[Notebook]) -> list[Notebook]:
    """Those that import torch."""
    return [notebook for notebook in notebooks if _TORCH.search(_answers(notebook))]


def write(notebooks: list[Notebook], count: int, folder: Path, assignment: str) -> None:
    """``count`` students below ``folder`` in nbgrader's layout, going round the ``notebooks``."""
    if not notebooks:
        raise SystemExit(f"examples/ holds no notebook of this kind for {assignment}")
    for number, notebook in enumerate(islice(cycle(notebooks), count)):
        path = folder / f"student{number:04d}" / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(_varied(notebook, number), indent=1), encoding="utf-8")


def part(folder: Path, count: int, target: Path) -> Path:
    """The first ``count`` students of ``folder``, copied to ``target``."""
    for student in sorted(folder.iterdir())[:count]:
        shutil.copytree(student, target / student.name)
    return target


def _ends_well(score: Score) -> bool:
    outcomes = {test.outcome for task in score.tasks for test in task.tests}
    return score.status == "graded" and score.seconds < _LONGEST and not outcomes & _UNUSABLE


def _varied(notebook: Notebook, number: int) -> Notebook:
    """A copy with a scratch cell of its own in front, and a comment in each answer."""
    copy: Notebook = json.loads(json.dumps(notebook))
    for cell in copy["cells"]:
        if cell["cell_type"] == "code" and _is_answer(cell):
            cell["source"] = f"# variant {number}\n{_source(cell)}"
    scratch: Notebook = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": f"scratch = sum(range({number}))",
    }
    if "id" in copy["cells"][0]:
        scratch["id"] = f"scratch{number}"
    copy["cells"].insert(0, scratch)
    return copy


def _answers(notebook: Notebook) -> str:
    cells = notebook["cells"]
    return "\n".join(_source(c) for c in cells if c["cell_type"] == "code" and _is_own(c))


def _is_own(cell: Notebook) -> bool:
    """Whether a student may have written in the cell: answers, scratch cells, imports."""
    metadata = cell["metadata"]
    locked = metadata.get("nbgrader", {}).get("locked", False)
    return not locked and "figure" not in metadata.get("tags", [])


def _is_answer(cell: Notebook) -> bool:
    return bool(cell["metadata"].get("nbgrader", {}).get("solution", False))


def _source(cell: Notebook) -> str:
    return "".join(cell["source"])
