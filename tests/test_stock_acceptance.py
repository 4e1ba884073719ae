"""nbgrader's own example course and the notebooks of its own tests, graded by both programs.

The points that its tests ask for are written here a second time, in words of ours.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from stock_both import Course, cell, graded, notebook, result, verdicts
from stock_courses import packaged

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
GUIDE = ("docs", "source", "user_guide")
FILES = ("tests", "apps", "files")


class Documented(Course):
    """The course of nbgrader's documentation; ``ps1`` as it comes."""

    name = "ps1"

    def __init__(self, root: Path) -> None:
        for step in ("source", "submitted"):
            shutil.copytree(packaged(*GUIDE, step), root / step)
        (root / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 10\n")
        self.root = root
        self.run(GenerateAssignment)
        self.released = {}


class Both:
    """A course graded by both programs, and their gradebooks found to be the same.

    Args:
        noted: what the notes for the instructor may speak of.
    """

    def __init__(self, course: Course, folder: Path, noted: str = "nothing") -> None:
        self.theirs, self.ours = course, course.copied_to(folder / "ours")
        self.results = folder / "results"
        course.run(Autograde)
        report = graded(self.ours.root, self.results, lang="en")
        assert [note for note in report.notes if noted not in note] == []
        self.students = sorted(path.name for path in (course.root / "submitted").iterdir())
        self.books = sorted(path.stem for path in (course.root / "source").glob("*/*.ipynb"))

    def same(self, student: str, book: str) -> None:
        expected = self.theirs.graded(student, book)
        assert expected
        assert self.ours.graded(student, book) == expected

    def score(self, student: str, book: str) -> float:
        """Of one notebook, as it stands in the result."""
        document = result(self.results, student, self.ours.name)
        (task,) = (task for task in document["tasks"] if task["id"] == book)
        assert not any(test["differs"] for test in task["tests"])
        points: float = task["score"]
        return points

    def all_same(self) -> None:
        for student in self.students:
            for book in self.books:
                self.same(student, book)
            score = result(self.results, student, self.ours.name)["score"]
            assert score == self.theirs.total(student) == self.ours.total(student)


def test_the_documentation_course_gets_the_same_scores(tmp_path):
    both = Both(Documented(tmp_path / "course"), tmp_path)
    assert both.students == ["bitdiddle", "hacker"]
    assert {"problem1", "problem2"} <= set(both.books)
    for student in both.students:
        both.same(student, "problem1")
        both.same(student, "problem2")
    assert both.theirs.total("bitdiddle") == both.ours.total("bitdiddle") == 1.5
    assert both.theirs.total("hacker") == both.ours.total("hacker") == 3.0


def test_the_gradebook_of_the_documentation_course_is_enough(tmp_path):
    course = Documented(tmp_path / "course")
    for path in (course.root / "source" / "ps1").glob("*.ipynb"):
        path.unlink()
    graded(course.root, tmp_path / "results", assignments=("ps1",))
    assert (course.total("bitdiddle"), course.total("hacker")) == (1.5, 3.0)
    tests = verdicts(tmp_path / "results", "hacker", "ps1").values()
    assert not any(test["inside"] for test in tests)


# ---------------------------------------------------------------- AUTOTEST


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Both:
    """Four notebooks; the student ``wrong`` hands in one of them."""
    folder = tmp_path_factory.mktemp("generated")
    names = ("simple", "hashed", "multi", "hidden")
    course = Course(
        folder / "course",
        {name: packaged(*FILES, f"autotest-{name}.ipynb") for name in names},
        root_files={"autotests.yml": packaged(*FILES, "autotests.yml").read_text()},
    )

    def handed(*kinds: str) -> dict[str, Path]:
        return {kind.split("-")[0]: packaged(*FILES, f"autotest-{kind}.ipynb") for kind in kinds}

    course.hand_in("unchanged", handed(*(f"{name}-unchanged" for name in names)))
    right = ("simple-changed", "hashed-changed", "multi-changed", "hidden-changed-right")
    course.hand_in("changed", handed(*right))
    course.hand_in("wrong", handed("hidden-changed-wrong"))
    return Both(course, folder)


def test_generated_tests_give_what_nbgraders_own_tests_ask_for(generated):
    generated.all_same()
    asked = {
        "unchanged": {"simple": 0, "hashed": 0, "multi": 0, "hidden": 0},
        "changed": {"simple": 1, "hashed": 1, "multi": 3, "hidden": 1},
        "wrong": {"simple": 0, "hashed": 0, "multi": 0, "hidden": 0},
    }
    for student, scores in asked.items():
        assert {book: generated.score(student, book) for book in scores} == scores
    assert result(generated.results, "changed")["max_score"] == 7


def test_hidden_generated_tests_are_not_told(generated):
    test = verdicts(generated.results, "wrong")["test_hidden"]
    assert (test["visibility"], test["outcome"]) == ("hidden", "failed")
    assert not test["inside"]
    assert "hello" not in (generated.results / "a1" / "wrong.json").read_text()


def test_of_a_notebook_that_was_not_handed_in_nobody_has_to_look_at_anything(generated):
    seen = generated.ours.graded("wrong", "multi")
    assert {(points, manual) for points, manual, _ in seen.values()} == {(0.0, False)}
    assert "was not handed in" in verdicts(generated.results, "wrong")["test_multi"]["message"]


# ---------------------------------------------------------------- the rest


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> Both:
    """Several notebooks of nbgrader's tests; without a time limit, which once let it wait for ever
    for those who hide tracebacks."""
    folder = tmp_path_factory.mktemp("others")
    names = ("test-hidden-tests", "validating-environment-variable", "open_relative_file")
    books = {name: packaged(*FILES, f"{name}.ipynb") for name in names}
    writes = notebook(cell("code", "x = 1"), cell("test", "assert x == 1", "t", 1))
    first = packaged(*FILES, "submitted-unchanged.ipynb")
    course = Course(
        folder / "course",
        {**books, "writes": writes, "p1": first},
        settings="c.Execute.timeout = None",
        files={"data.txt": packaged(*FILES, "data.txt").read_text()},
    )
    handed_in = course.book("writes")
    effects = nbformat.read(packaged(*FILES, "side-effects.ipynb"), 4)
    handed_in.cells.insert(0, effects.cells[0])
    more = {**books, "writes": handed_in}
    course.hand_in("foo", {**more, "p1": first}, data_txt="only one line")
    for student, name in EXPLOITS.items():
        course.hand_in(student, {"p1": packaged(*FILES, f"submitted-{name}.ipynb")})
    return Both(course, folder, noted="timeout")


EXPLOITS = {"bar": "changed", "spam": "cheat-attempt", "eggs": "cheat-attempt-alternative"}


def test_hiding_tracebacks_earns_nothing(others):
    others.all_same()
    scores = {student: others.score(student, "p1") for student in ("foo", *EXPLOITS)}
    assert scores == {"foo": 1, "bar": 2, "spam": 1, "eggs": 1}
    seen = {student: others.ours.graded(student, "p1") for student in scores}
    needs = {student: any(manual for _, manual, _ in of.values()) for student, of in seen.items()}
    assert needs == {"foo": False, "bar": True, "spam": True, "eggs": True}


@pytest.mark.parametrize(
    ("book", "score"),
    [
        ("test-hidden-tests", 1.5),
        ("validating-environment-variable", 0.0),  # a test may tell that it is graded
        ("open_relative_file", 10.0),  # the course's own file is laid over the student's
        ("writes", 1.0),
    ],
)
def test_each_gives_what_nbgraders_own_tests_ask_for(others, book, score):
    others.same("foo", book)
    assert others.score("foo", book) == score


def test_what_code_writes_does_not_land_beside_the_submission(others):
    assert not (others.ours.root / "submitted" / "foo" / "a1" / "side-effect.txt").exists()


@pytest.mark.parametrize(("seconds", "score"), [(4, 1.0), (1, 0.0)])
def test_a_cell_has_the_time_that_the_course_gives(tmp_path, seconds, score):
    source = notebook(
        cell("answer", "### BEGIN SOLUTION\nslow = lambda: 1\n### END SOLUTION", "slow"),
        cell("test", "assert slow() == 1", "t", 1),
    )
    course = Course(tmp_path / "course", {"p1": source}, settings=f"c.Execute.timeout = {seconds}")
    book = course.book()
    book.cells[0].source = "import time\ndef slow():\n    time.sleep(1.7)\n    return 1"
    course.hand_in("foo", {"p1": book})
    assert graded(course.root, tmp_path / "results").complete
    assert course.total("foo") == score
    assert course.nbgraders("foo", force=True)["t"][0] == score
