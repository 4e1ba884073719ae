"""Small nbgrader courses, and nbgrader's own steps on them, for comparison."""

from __future__ import annotations

import copy
import json
import tempfile
import warnings
from importlib import resources
from pathlib import Path

import pytest

from autograder.stock import config, course
from autograder.stock.generate import generate

HIDDEN = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(5) == 6\n### END HIDDEN TESTS"

ANSWERED = "### BEGIN SOLUTION\nplot()\n### END SOLUTION"
SCHEME = "Do this\n### BEGIN MARK SCHEME\n2 each\n### END MARK SCHEME"


def marks(grade_id, **flags):
    found = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**found, "grade_id": grade_id, "schema_version": 3, **flags}


def cell(kind, source, grade_id="", **flags):
    metadata = {"nbgrader": marks(grade_id, **flags)} if grade_id else {}
    made = {"cell_type": kind, "metadata": metadata, "source": source}
    return made | {"outputs": [], "execution_count": None} if kind == "code" else made


def code(source, grade_id="", **flags):
    return cell("code", source, grade_id, **flags)


def text(source, grade_id="", **flags):
    return cell("markdown", source, grade_id, **flags)


def answer(source, grade_id):
    return code(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", grade_id, solution=True)


def checked(source, grade_id, points=1):
    return code(source, grade_id, grade=True, locked=True, points=points)


def notebook(*cells, kernel="python3", **fields):
    spec = {"display_name": "Python 3", "language": "python", "name": kernel}
    metadata = {"kernelspec": spec} if kernel else {}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4} | fields


def every_kind():
    """A notebook with a cell of each kind that nbgrader knows."""
    return notebook(
        text("# One", "intro", locked=True),
        code("import math"),
        code("SIZE = 3", "given", locked=True),
        answer("def f(x):\n    return x + 1", "f"),
        checked(HIDDEN, "f-test", 2),
        text("Note"),
        answer("def g(x):\n    return 2 * x", "g"),
        checked("assert g(1) == 2", "g-test", 3),
        checked("g(2) / 4", "g-more", 1.5),
        text("Your answer", "why", grade=True, solution=True, points=4),
        code(ANSWERED, "plot", grade=True, solution=True, points=5),
        text(SCHEME, "task", locked=True, task=True, points=6),
    )


def joined(content):
    """The notebook with each text in one piece."""
    for one in content["cells"]:
        one["source"] = "".join(one["source"])
    return content


def with_ids(content):
    """The notebook in the format of today, in which each cell has an id."""
    cells = [one | {"id": f"id-{place}"} for place, one in enumerate(content["cells"])]
    return content | {"cells": cells, "nbformat_minor": 5}


def write_notebook(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))
    return file


class Made:
    """A course in ``root``, released into its own gradebook."""

    def __init__(self, root: Path, notebooks, name="ps1", settings="") -> None:
        self.root, self.name = root, name
        for one, content in notebooks.items():
            write_notebook(root / "source" / name / f"{one}.ipynb", content)
        (root / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n")
        self.settings = config.read(root)

    def release(self):
        """nbgrader's own release; returns the student versions by name."""
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            generate(self.settings, self.name, Path(folder), self.settings.db_url)
            files = Path(folder, "release", self.name).glob("*.ipynb")
            self.released = {file.stem: joined(json.loads(file.read_text())) for file in files}
        return self

    def load(self):
        return course.load(self.settings, [self.name])[self.name]

    def hand_in(self, student, notebooks, **files):
        folder = self.root / "submitted" / student / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in notebooks.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (folder / f"{name}.ipynb").write_bytes(data)
        for name, content in files.items():
            (folder / name.replace("_txt", ".txt")).write_text(content)
        return folder

    def submissions(self, **which):
        return course.submissions(self.settings, self.load(), **which)


def sanitised(made: Made, content, name="p1", **overwrite):
    """What nbgrader's own preprocessors make of a handed-in notebook. Raises what they raise."""
    import nbformat
    from nbgrader import preprocessors

    given = nbformat.from_dict(copy.deepcopy(content))
    names = {"notebook": name, "assignment": made.name, "student": "s"}
    found = {"nbgrader": {**names, "db_url": made.settings.db_url}}
    steps = ("ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells")
    for step in (*steps, "CheckCellMetadata"):
        made_of = getattr(preprocessors, step)(log=config.quiet())
        for key, value in overwrite.items() if step == "OverwriteCells" else ():
            setattr(made_of, key, value)
        given, found = made_of.preprocess(given, found)
    return nbformat.from_dict(json.loads(json.dumps(given)))  # as it is read again


def packaged(*parts):
    """A file or folder of the installed nbgrader; the test is skipped where it ships without."""
    found = resources.files("nbgrader").joinpath(*parts)
    if not (found.is_file() or found.is_dir()):
        pytest.skip(f"the installed nbgrader has no {'/'.join(parts)}")
    return Path(str(found))
