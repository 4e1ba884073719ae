"""One run over an nbgrader course: what its results say, what they never say, and that it ends."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from stock_both import Course, by_id, cell, graded, notebook, result, verdicts

from autograder import stock
from autograder.errors import UsageError

pytestmark = [
    pytest.mark.alone,  # it uses all cores
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
SECRETS = ("31337", "62674", "kwyjibo", "never_told")
SOURCE = notebook(
    cell("answer", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION", "d"),
    cell(
        "test",
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\n# kwyjibo\nnever_told = 31337\n"
        "assert double(never_told) == 62674\n### END HIDDEN TESTS",
        "t1",
        2,
    ),
    cell("test", "assert double(1) == 2, 'twice one'", "t2", 1),
    cell("answer", "### BEGIN SOLUTION\nn = 1\n### END SOLUTION", "n"),
    cell("test", "import ender\nassert ender.is_one(n)", "t3", 1),
    cell("test", "import os\nassert os.sep and double(3) == 6", "t4", 1),
)
ENDER = "import os\ndef is_one(n):\n    return n == 1 if n < 9 else os._exit(3)\n"
FILES = {"ender.py": ENDER}  # a helper of the course's that ends the process which asks it
WRONG = {
    "right": "def double(x):\n    return 2 * x",
    "visible": "def double(x):\n    return x * x * x",
    "hidden": "def double(x):\n    return {1: 2, 2: 4, 3: 6}.get(x)",
    "raises": "def double(x):\n    if x > 9: raise ValueError(f'what is {x}?')\n    return 2 * x",
    "tells": "def double(x):\n    print(x)\n    assert x < 9, x\n    return 2 * x",
}
UNREADABLE = {
    "text": b"not a notebook",
    "bytes": bytes(range(256)) * 9,
    "empty": b"",
    "list": b"[]",
    "deep": b"[" * 100_000,
    "numbers": b'{"cells": 5, "nbformat": 4, "nbformat_minor": 5, "metadata": 7}',
    "old": b'{"nbformat": 99, "nbformat_minor": 5, "cells": [], "metadata": {}}',
}


def handed(course: Course, double: str = WRONG["right"], n: str = "n = 1"):
    book = course.book()
    by_id(book, "d").source, by_id(book, "n").source = double, n
    return {"p1": book}


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Course:
    return Course(tmp_path_factory.mktemp("released") / "course", {"p1": SOURCE}, files=FILES)


@pytest.fixture(scope="module")
def crowd(released, tmp_path_factory):
    """The course, its results in French and in English, and the first report."""
    folder = tmp_path_factory.mktemp("crowd")
    course = released.copied_to(folder / "course")
    for student, double in WRONG.items():
        course.hand_in(student, handed(course, double))
    for student, data in UNREADABLE.items():
        (course.hand_in(student, {}) / "p1.ipynb").write_bytes(data)
    course.hand_in("killer", handed(course, n="n = 10"))
    course.hand_in("zoe", handed(course))
    report = graded(course.root, folder / "fr", lang="fr")
    graded(course.root, folder / "en", lang="en")
    return course, folder, report


# ---------------------------------------------------------------- the class always finishes


def test_everybody_has_a_result(crowd):
    _, folder, report = crowd
    everybody = {*WRONG, *UNREADABLE, "killer", "zoe"}
    assert {score.student for score in report.scores} == everybody
    assert {path.stem for path in (folder / "fr" / "a1").iterdir()} == everybody
    with (folder / "fr" / "scores.csv").open(newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} == everybody


def test_who_ends_the_grading_process_is_not_graded_and_nobody_else_suffers(crowd):
    course, folder, report = crowd
    document = result(folder / "fr", "killer")
    assert (document["status"], document["score"]) == ("not_graded", None)
    assert document["reason"]
    assert course.graded("killer") is None
    assert result(folder / "fr", "zoe")["score"] == 5
    assert not report.complete


@pytest.mark.parametrize("student", UNREADABLE)
def test_a_notebook_that_cannot_be_read_waits_for_a_person(crowd, student):
    course, folder, report = crowd
    document = result(folder / "en", student)
    assert (document["status"], document["score"]) == ("graded", 0)
    tests = verdicts(folder / "en", student)
    assert {test["outcome"] for test in tests.values()} == {"error"}
    assert all(test["message"] for test in tests.values())
    assert {seen[:2] for seen in course.graded(student).values()} == {(None, True)}
    assert any(note.startswith(f"{student}/a1: p1.ipynb: ") for note in report.notes)


def test_tests_that_end_the_process_with_the_courses_own_answers_are_told(tmp_path):
    source = notebook(cell("code", "x = 1"), cell("test", "import ender\nender.is_one(10)", "t", 1))
    course = Course(tmp_path / "course", {"p1": source}, files=FILES)
    course.hand_in("ann", {"p1": course.book()})
    report = graded(course.root, tmp_path / "results")
    assert [score.status for score in report.scores] == ["not_graded"]
    assert any("a1: its tests end the process" in note for note in report.notes)


# ---------------------------------------------------------------- sentences


SENTENCES = [
    ("visible", "fr", "t1", "`assert double(2) == 4` échoue : `double(2)` renvoie 8."),
    ("visible", "en", "t1", "`assert double(2) == 4` fails: `double(2)` returns 8."),
    ("visible", "en", "t2", "twice one"),
    ("hidden", "fr", "t1", "Un test caché de cette cellule échoue."),
    ("hidden", "en", "t1", "A hidden test of this cell fails."),
    ("raises", "en", "t1", "A hidden test of this cell fails. Your code raises `ValueError`."),
    ("tells", "en", "t1", "A hidden test of this cell fails."),
    (
        "text",
        "fr",
        "t2",
        "Ce fichier n'est pas un notebook, malgré son nom. Rends le fichier .ipynb que tu as "
        "enregistré dans Jupyter.",
    ),
    (
        "text",
        "en",
        "t2",
        "This file is not a notebook, whatever its name. Hand in the .ipynb file that you saved in "
        "Jupyter.",
    ),
]


@pytest.mark.parametrize(("student", "lang", "test", "message"), SENTENCES)
def test_a_student_reads_what_was_called_and_what_came_back(crowd, student, lang, test, message):
    _, folder, _ = crowd
    said = verdicts(folder / lang, student)[test]["message"]
    assert said == message


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_result_tells_anything_of_a_hidden_test(crowd, lang):
    _, folder, _ = crowd
    files = [path for path in (folder / lang).rglob("*") if path.is_file()]
    assert len(files) == len(WRONG) + len(UNREADABLE) + 3
    for file in files:
        text = file.read_text()
        assert not [secret for secret in SECRETS if secret in text], file


def test_a_result_says_where_each_cell_was_judged(crowd):
    _, folder, _ = crowd
    tests = verdicts(folder / "en", "right")
    assert {name: test["inside"] for name, test in tests.items()} == {
        "t1": False, "t2": False, "t3": False, "t4": True,
    }  # fmt: skip
    assert {name: test["visibility"] for name, test in tests.items()} == {
        "t1": "hidden", "t2": "visible", "t3": "visible", "t4": "visible",
    }  # fmt: skip
    assert all(test["outcome"] == "passed" and not test["message"] for test in tests.values())
    assert result(folder / "en", "right")["provenance"]["digest"]


# ---------------------------------------------------------------- where the course comes from


def test_a_gradebook_alone_is_enough(released, tmp_path):
    course = released.copied_to(tmp_path / "course")
    (course.root / "source" / "a1" / "p1.ipynb").unlink()
    for student, double in WRONG.items():
        course.hand_in(student, handed(course, double))
    report = graded(course.root, tmp_path / "results", lang="en")
    assert report.complete
    assert result(tmp_path / "results", "right")["score"] == 5
    assert verdicts(tmp_path / "results", "hidden")["t1"]["message"] == SENTENCES[4][3]
    assert {one.proved for one in stock.inspect(course.root)} == {False}


def test_what_nobody_passes_untried_is_told(tmp_path):
    given = "class Node:\n    def __init__(self, value):\n        self.value = value"
    answer = "### BEGIN SOLUTION\ndef value(node):\n    return node.value\n### END SOLUTION"
    source = notebook(
        cell("locked", given, "given"),
        cell("answer", answer, "value"),
        cell("test", "assert value(Node(3)) == 3", "t", 1),
    )
    course = Course(tmp_path / "course", {"p1": source})
    book = course.book()
    by_id(book, "value").source = "def value(node):\n    return node.value"
    for student in ("ann", "bob", "eve"):
        course.hand_in(student, {"p1": book})
    assert graded(course.root, tmp_path / "results").notes == ()
    assert verdicts(tmp_path / "results", "ann")["t"]["outcome"] == "passed"
    (course.root / "source" / "a1" / "p1.ipynb").unlink()
    (note,) = graded(course.root, tmp_path / "results").notes
    assert note.startswith("a1/p1: nobody passes t, and without source/")
    test = verdicts(tmp_path / "results", "ann")["t"]
    assert (test["outcome"], test["points"], test["differs"]) == ("manual", 0, ["unshared"])
    assert test["message"].endswith("exécuté avec ton code : une personne décidera.")
    assert course.graded("ann") == {"t": (None, True, None)}


def test_an_assignment_that_was_never_released_is_put_into_the_gradebook(released, tmp_path):
    course = Course(tmp_path / "course", {"p1": SOURCE}, files=FILES, release=False)
    course.released = released.released
    course.hand_in("ann", handed(course))
    first = graded(course.root, tmp_path / "results")
    assert any("a1" in note and "gradebook" in note for note in first.notes)
    assert course.total("ann") == result(tmp_path / "results", "ann")["score"] == 5
    assert not (course.root / "release").exists()
    again = graded(course.root, tmp_path / "results", force=True)
    assert again.notes == ()


def test_an_assignment_is_inspected_before_anything_is_handed_in(released):
    assert [one.cell for one in stock.inspect(released.root)] == ["t1", "t2", "t3", "t4"]
    assert [one.hidden for one in stock.inspect(released.root, ["a1"])] == [True] + 3 * [False]
    with pytest.raises(UsageError, match="no assignment a2"):
        stock.inspect(released.root, ["a2"])


# ---------------------------------------------------------------- wrong usage


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-P", "-m", "autograder", *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)


def test_an_unknown_assignment_is_wrong_usage(released, tmp_path):
    with pytest.raises(UsageError, match="no assignment a2"):
        graded(released.root, tmp_path, assignments=("a2",))
    found = command("grade", "--course", released.root, "a2", "--results", tmp_path)
    assert (found.returncode, "no assignment a2" in found.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("grade", "--course"), ("inspect", "--course")])
def test_a_folder_that_is_no_course_is_told(tmp_path, words):
    found = command(*words, tmp_path)
    assert found.returncode == 2
    assert f"{tmp_path} is no course made for nbgrader" in " ".join(found.stderr.split())


def test_a_course_in_which_nothing_was_handed_in_is_graded_at_once(released, tmp_path):
    report = graded(released.root, tmp_path / "results")
    assert (report.scores, report.notes) == ((), ())
    assert json.loads(command("inspect", "--course", released.root, "--json").stdout)["cells"]
