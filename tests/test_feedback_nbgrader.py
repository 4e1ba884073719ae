"""Pages of courses made for nbgrader: where its exchange looks, with what people gave.

A real course: released by nbgrader, graded in the sandbox, marked in nbgrader's database.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from stock_courses import HIDDEN, Made, answer, checked, code, notebook, text

from autograder import results
from autograder.errors import GradebookError
from autograder.feedback import Options, gradebook, write
from autograder.feedback.marks import Mark

KEEPS = "seen = []\ndef f(x):\n    seen.append(x)\n    return x + 1"
LEAKS = "print('seen:', seen)"
SECRET = "submission-secret-1234"


def source():
    return notebook(
        code("import math"),
        answer("def f(x):\n    return x + 1", "f"),
        checked(HIDDEN, "t1", 2),
        text("Why?", "why", grade=True, solution=True, points=3),
    )


def handed_in(released):
    """The answer with a list of all it was called with, and cells that print it."""
    cells = [dict(cell) for cell in released["cells"]]
    for cell in cells:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id == "f":
            cell["source"] = KEEPS
        if grade_id == "why":
            cell["source"] = "Parce que."
    before = code("print('before:', f(1))")
    return {**released, "cells": [*cells[:2], before, *cells[2:], code(LEAKS)]}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which ada's notebook was graded."""
    root = tmp_path_factory.mktemp("course")
    made = Made(
        root, {"p1": source(), "p2": source()}, settings="c.CourseDirectory.course_id = 'c'"
    )
    made.release()
    made.hand_in("ada", {name: handed_in(one) for name, one in made.released.items()})
    (root / "submitted/ada/ps1/timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (root / "submitted/ada/ps1/submission_secret.txt").write_text(SECRET)
    command = [sys.executable, "-m", "autograder", "grade", "--course", str(root), "-j", "1"]
    run = subprocess.run(
        [*command, "--results", str(root / "results"), "--lang", "en"],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert (root / "results/ps1/ada.json").is_file(), run.stdout + run.stderr
    return made


@pytest.fixture
def course(graded, tmp_path):
    """A copy that a test may spoil."""
    shutil.copytree(graded.root, tmp_path / "course")
    return tmp_path / "course"


def options(course, **more):
    return Options(**{"results": course / "results", "submissions": course / "no", "root": course,
                      **more})  # fmt: skip


def mark(course, **values):
    """What a person does in the form grader."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "c") as book:
        grade = book.find_grade("why", "p1", "ps1", "ada")
        grade.manual_score, grade.extra_credit = values.get("points"), values.get("extra")
        book.find_comment("why", "p1", "ps1", "ada").manual_comment = values.get("comment")
        book.db.commit()


# ---------------------------------------------------------------- where nbgrader looks


def test_a_page_a_notebook_and_what_the_exchange_needs(course):
    report = write(options(course))
    folder = course / "feedback/ada/ps1"
    assert report.folder == course / "feedback"
    assert sorted(one.name for one in folder.iterdir()) == [
        "p1.html", "p2.html", "submission_secret.txt", "timestamp.txt",
    ]  # fmt: skip
    assert (folder / "submission_secret.txt").read_text() == SECRET
    assert write(options(course)).kept == report.written == 4


def test_the_folder_may_be_another(course, tmp_path):
    write(options(course, out=tmp_path / "else"))
    assert (tmp_path / "else/ada/ps1/p1.html").is_file()
    assert not (course / "feedback").exists()
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.feedback_directory = 'given'\n"
        "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n"
    )
    write(options(course))
    assert (course / "given/ps1/ada/p1.html").is_file()


def test_one_page_for_all_if_that_is_asked_for(course, tmp_path):
    write(options(course, layout="pages", out=tmp_path / "out"))
    html = (tmp_path / "out/ps1/ada.html").read_text()
    assert [one.name for one in (tmp_path / "out/ps1").iterdir()] == ["ada.html"]
    assert html.count("before: 2") == 2


def test_each_page_tells_of_its_own_notebook_and_of_all_points(course):
    write(options(course))
    html = (course / "feedback/ada/ps1/p1.html").read_text()
    assert re.findall(r'<th scope="row">(\w+)</th>', html) == ["p1", "p2"]
    assert html.count('<ul class="tests">') == 1
    assert html.count("before: 2") == 1


# ---------------------------------------------------------------- what stays hidden


def test_what_a_hidden_test_called_with_is_nowhere_on_the_page(course):
    """nbgrader's own feedback shows the hidden test; a later cell could print its values."""
    autograded = (course / "autograded/ada/ps1/p1.ipynb").read_text()
    assert "f(5) == 6" in autograded
    assert re.search(r"seen: \[.*5", autograded)
    write(options(course))
    html = (course / "feedback/ada/ps1/p1.html").read_text()
    assert "before: 2" in html
    assert "print(&#39;seen:&#39;, seen)" in html
    assert "seen: [" not in html
    assert "outputs of cells that come after a hidden test" in html
    for secret in ("f(5)", "HIDDEN", "assert f"):
        assert secret not in html


def test_without_what_the_grader_ran_the_source_is_shown(course):
    shutil.rmtree(course / "autograded", onerror=None)
    write(options(course))
    html = (course / "feedback/ada/ps1/p1.html").read_text()
    assert "seen.append(x)" in html
    assert "before: 2" not in html
    assert "assert f" not in html


# ---------------------------------------------------------------- what people gave


def test_points_and_words_of_a_person_are_on_the_page(course):
    write(options(course))
    page = course / "feedback/ada/ps1/p1.html"
    assert "Points still to be given by a person: 6." in page.read_text()
    mark(course, points=2.5, extra=0.5, comment="Good <b>reason</b>")
    before = (course / "gradebook.db").read_bytes()
    write(options(course))
    html = page.read_text()
    assert "Points still to be given by a person: 3." in html
    assert "marked by a person" in html
    assert "Good &lt;b&gt;reason&lt;/b&gt;" in html
    (score,) = results.read_all(course / "results")
    assert f"{score.score + 3:g} of 10" in html
    assert (course / "gradebook.db").read_bytes() == before


def test_marks_are_read_by_notebook_and_cell_or_by_task(course):
    mark(course, points=0.0, comment="No.")
    url = f"sqlite:///{course / 'gradebook.db'}"
    found = gradebook.read(url, own=False)
    assert found["ada", "ps1"]["p1", "why"] == Mark(0.0, 0.0, "No.")
    assert gradebook.read(url, own=True)["ada", "ps1"]["why", ""] == Mark(0.0, 0.0, "No.")


def test_a_database_that_is_none_is_one_clear_sentence(course):
    (course / "gradebook.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(GradebookError, match="cannot be read"):
        write(options(course))
    assert not (course / "feedback").exists()
