"""What the sandbox refused, through the real pipeline: the instructor is told, and nobody else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from feedback_pages import TITLES, a_score
from stock_both import Course, by_id, cell, graded, notebook, result

from autograder import results, terminal
from autograder.executed.page import with_verdicts
from autograder.feedback.page import page
from autograder.model import Score

COURSE = Path(__file__).parent / "courses" / "mini"
RIGHT = (COURSE / "reference" / "mini.py").read_text()
LARGEST = "\n# %%\n" + RIGHT[RIGHT.index("def largest") : RIGHT.index("def normalize")]
IN_A_CELL = "\n# %%\nimport socket\ntry:\n    socket.socket()\nexcept OSError:\n    pass\n"
KILLS = """    import os
    try:
        os.kill(os.getpid(), 0)
    except PermissionError:
        pass
    return max"""
DIES = """    import ctypes, os
    if len(numbers) == 3:  # the first test's
        ctypes.CDLL(None).syscall(101, 0, 0, 0)  # its name stands nowhere in the file
        os._exit(1)
    return max"""
SUBMISSIONS = {
    "dupont": RIGHT,
    "library": RIGHT + IN_A_CELL + LARGEST.replace("    return max", KILLS),
    "replaced": RIGHT + LARGEST.replace("    return max", DIES),
    "socket": RIGHT + IN_A_CELL,
}


def autograder(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def grade(folder: Path, *more: str) -> str:
    where = ("--course", COURSE, "--results", folder / "results")
    done = autograder("grade", folder / "submissions", *where, "--seed", "1", *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def of(folder: Path) -> dict[str, Score]:
    return {score.student: score for score in results.read_all(folder / "results")}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[Path, str]:
    """A folder with submissions and results, and what was printed."""
    folder = tmp_path_factory.mktemp("refused")
    for student, source in SUBMISSIONS.items():
        path = folder / "submissions" / student / "mini" / "mini.py"
        path.parent.mkdir(parents=True)
        path.write_text(source)
    return folder, grade(folder)


def test_of_each_submission_what_any_of_its_processes_was_refused(run):
    assert {student: score.refused for student, score in of(run[0]).items()} == {
        "dupont": (),
        "library": ("kill", "socket"),
        "replaced": ("ptrace",),
        "socket": ("socket",),
    }


def test_no_score_and_no_sentence_depends_on_it(run):
    scores = of(run[0])
    for student in ("library", "socket"):
        assert scores[student].tasks == scores["dupont"].tasks
        assert scores[student].notices == scores["dupont"].notices == ()
        assert scores[student].score == 5
    assert 0 < scores["replaced"].score < 5


def test_the_instructor_reads_it_at_the_end(run):
    assert run[1].splitlines()[-3:] == [
        "refused by the sandbox: socket (2 submissions, e.g. library/mini)",
        "refused by the sandbox: kill (1 submission: library/mini)",
        "refused by the sandbox: ptrace (1 submission: replaced/mini)",
    ]


def test_a_run_that_grades_nothing_anew_says_the_same(run):
    folder, first = run
    before = of(folder)
    again = grade(folder)
    assert "4 of them unchanged" in again
    assert of(folder) == before
    assert again.splitlines()[-3:] == first.splitlines()[-3:]
    found = json.loads(grade(folder, "--json"))["results"]
    assert {one["student"]: one["refused"] for one in found}["library"] == ["kill", "socket"]


# ---------------------------------------------------------------- not for students


def test_a_students_page_has_no_word_of_it(run):
    folder = run[0]
    where = ("--results", folder / "results", "--submissions", folder / "submissions")
    done = autograder("feedback", "--course", COURSE, *where, "--out", folder / "pages")
    assert done.returncode == 0, done.stderr
    text = (folder / "pages" / "mini" / "replaced.html").read_text()
    assert "syscall(101" in text  # it is that student's page, with the code
    assert "ptrace" not in text


def test_a_result_with_and_without_looks_the_same_to_a_student():
    plain, asked = a_score(), a_score(refused=("inotify_init1", "socket"))
    assert page(asked, TITLES) == page(plain, TITLES)
    cells = [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "relu-check"}}}]
    sheets = [
        with_verdicts({"cells": [{**cells[0], "outputs": []}]}, score) for score in (plain, asked)
    ]
    assert "relu" in str(sheets[0])
    assert sheets[0] == sheets[1]


# ---------------------------------------------------------------- courses made for nbgrader


@pytest.mark.alone
@pytest.mark.filterwarnings("ignore")  # of nbgrader, nbconvert and SQLAlchemy
def test_a_course_made_for_nbgrader_has_it_as_well(tmp_path):
    """Of both notebooks together, and of the process that replaced one that ended."""
    one = notebook(
        cell(
            "answer", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION", "d"
        ),
        cell("test", "assert double(2) == 4", "t1", 1),
        cell("test", "assert double(3) == 6", "t2", 1),
    )
    course = Course(tmp_path / "course", {"p1": one, "p2": one})
    socket = "import os, socket\ntry:\n    socket.socket()\nexcept OSError:\n    pass\n"
    kill = (
        "import os\ndef double(x):\n    try:\n        os.kill(os.getpid(), 0)\n"
        "    except OSError:\n        if x == 3: os._exit(3)\n    return 2 * x"
    )
    honest = "def double(x):\n    return 2 * x"
    for student, sources in {"asks": (socket + honest, kill), "dupont": (honest, honest)}.items():
        books = {name: course.book(name) for name in ("p1", "p2")}
        for book, source in zip(books.values(), sources, strict=True):
            by_id(book, "d").source = source
        course.hand_in(student, books)
    report = graded(course.root, tmp_path / "results")
    found = {score.student: score for score in report.scores}
    assert found["asks"].refused == ("kill", "socket")
    assert found["dupont"].refused == ()
    assert (found["asks"].score, found["dupont"].score) == (3, 4)
    assert result(tmp_path / "results", "asks")["refused"] == ["kill", "socket"]
    assert len(terminal.refused(report.scores)) == 2
    again = graded(course.root, tmp_path / "results")
    assert again.reused == 2
    assert terminal.refused(again.scores) == terminal.refused(report.scores)
    with course.gradebook() as gradebook:
        comments = [
            str(comment.auto_comment)
            for name in ("p1", "p2")
            for comment in gradebook.find_submission_notebook(name, "a1", "asks").comments
        ]
    pages = [file.read_text() for file in (course.root / "autograded" / "asks").rglob("*.ipynb")]
    assert len(pages) == 2
    assert not any("refused" in text for text in comments + pages)
