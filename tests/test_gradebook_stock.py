"""The same rows as ``nbgrader autograde`` leaves, first and second time, cell by cell."""

import logging
import os
import shutil
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from gradebooks import opened
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.gradebook import CellComment, CellGrade, Entry, Target, write

pytestmark = pytest.mark.slow

ANSWER = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
RIGHT, WRONG = "x = 1", "x = 2"


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2


def marked(cell, name, points=None):
    grade, solution = points is not None, cell.cell_type == "markdown" or points is None
    cell.metadata["nbgrader"] = {
        "schema_version": 3, "grade_id": name, "grade": grade, "solution": solution,
        "locked": not solution, "task": False, **({"points": points} if grade else {}),
    }  # fmt: skip
    return cell


def source(name):
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    cells = [marked(code(ANSWER), f"{name}-a"), marked(code("assert x == 1"), f"{name}-t", 2)]
    if name == "p1":
        cells.append(marked(text("An answer."), "p1-m", 4))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


class Stock:
    """A course as nbgrader runs it."""

    def __init__(self, root):
        self.root, self.url = root, f"sqlite:///{root}/gradebook.db"
        for name in ("p1", "p2"):
            file = root / f"source/ps1/{name}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(source(name), file)

    def run(self, converter, student="*"):
        options = Config()
        options.CourseDirectory.root = str(self.root)
        options.CourseDirectory.assignment_id = "ps1"
        options.CourseDirectory.student_id = student
        options.Autograde.force = True
        options.AssignLatePenalties.plugin_class = Half
        log = logging.Logger("nbgrader", logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's, nbclient's and nbformat's own
            folder = CourseDirectory(config=options, log=log)
            converter(coursedir=folder, config=options, log=log).start()

    def hand_in(self, student, name, code, time=""):
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        found = nbformat.read(self.root / f"release/ps1/{name}.ipynb", as_version=4)
        for cell in found.cells:
            if cell.metadata.nbgrader.grade_id == f"{name}-a" and code:
                cell.source = code
            elif cell.metadata.nbgrader.grade_id == "p1-m" and code:
                cell.source = "Because."
        nbformat.write(found, folder / f"{name}.ipynb")
        if time:
            (folder / "timestamp.txt").write_text(time)


def rows(url):
    """All that grading writes, without the database's own ids."""
    with opened(url) as book:
        return [
            (
                one.student.id,
                one.timestamp,
                sorted(
                    (
                        part.name, part.late_submission_penalty, part.flagged,
                        sorted(
                            (row.name, row.auto_score, row.manual_score, row.needs_manual_grade)
                            for row in part.grades
                        ),
                        sorted((row.name, row.auto_comment) for row in part.comments),
                    )
                    for part in one.notebooks
                ),
            )
            for one in book.assignment_submissions("ps1")
        ]  # fmt: skip


def entry_of(student, timestamp, scores, silent=(), missing=()):
    comments = {"p1": ("p1-a", "p1-m"), "p2": ("p2-a",)}
    return Entry(
        student,
        "ps1",
        parse_utc(timestamp),
        tuple(CellGrade(name[:2], name, score, score is None) for name, score in scores.items()),
        tuple(
            CellComment(name, cell, "No response." if cell in silent else None)
            for name, cells in comments.items()
            if name not in missing
            for cell in cells
        ),
        missing,
    )


EARLY, LATE = "2026-03-01 11:00:00 UTC", "2026-03-01 13:00:00 UTC"
FIRST = [
    entry_of("ada", LATE, {"p1-t": 2.0, "p1-m": None, "p2-t": 0.0}),
    entry_of("bob", EARLY, {"p1-t": 0.0, "p1-m": 0.0}, ("p1-a", "p1-m"), ("p2",)),
]
SECOND = [entry_of("ada", EARLY, {"p1-t": 0.0, "p1-m": None, "p2-t": 2.0})]


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """Two of the same: one is graded by nbgrader, the other is not graded yet."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    theirs = Stock(tmp_path_factory.mktemp("theirs"))
    theirs.run(GenerateAssignment)
    with opened(theirs.url) as book:
        book.update_or_create_assignment("ps1", duedate="2026-03-01 12:00")
    ours = shutil.copytree(theirs.root, tmp_path_factory.mktemp("ours") / "course")
    return theirs, f"sqlite:///{ours}/gradebook.db"


def gives(url):
    """A person gives points to an answer and to a test."""
    with opened(url) as book:
        for name, points in (("p1-m", 3.0), ("p1-t", 1.0)):
            grade = book.find_grade(name, "p1", "ps1", "ada")
            grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def test_the_rows_are_nbgraders(courses):
    theirs, ours = courses
    target = Target(ours, late=Half().late_submission_penalty)
    theirs.hand_in("ada", "p1", RIGHT, LATE)
    theirs.hand_in("ada", "p2", WRONG)
    theirs.hand_in("bob", "p1", "", EARLY)
    theirs.run(Autograde)
    list(write(target, FIRST))
    assert rows(ours) == rows(theirs.url)

    gives(theirs.url)
    gives(ours)
    theirs.hand_in("ada", "p1", WRONG, EARLY)
    theirs.hand_in("ada", "p2", RIGHT)
    theirs.run(Autograde, "ada")
    list(write(target, SECOND))
    assert rows(ours) == rows(theirs.url)
    assert [row for row in rows(ours)[0][2][0][3] if row[2]] == [
        ("p1-m", None, 3.0, True),
        ("p1-t", 0.0, 1.0, True),
    ]
