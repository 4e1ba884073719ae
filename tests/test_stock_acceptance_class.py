"""What a whole class meets: missing notebooks, times, late work, regrading; both programs agree.

Where they do not, it is one of the differences that docs/nbgrader.md lists below its table.
"""

from __future__ import annotations

import datetime

import pytest
from nbgrader.converters import Autograde, NbGraderException
from stock_both import Course, cell, graded, notebook, result, verdicts

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
FIRST = notebook(
    cell("answer", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "x"),
    cell("test", "assert x == 1", "t1", 2),
    cell("test", "assert x > 0", "t2", 1),
    cell("manual", "Because.", "m1", 4),
)
SECOND = notebook(
    cell("answer", "### BEGIN SOLUTION\ny = 1\n### END SOLUTION", "y"),
    cell("test", "assert y == 1", "u1", 3),
)
DUE = datetime.datetime(2024, 3, 1, 12)
LATE, EARLY = "2024-03-01 14:00:00 UTC", "2024-03-01 10:00:00 UTC"
PLUGIN = """
from nbgrader.plugins import BasePlugin
class HalfPoint(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5 * total_seconds_late / 3600 if student_id != "far" else 1000.0
"""


def answered(course: Course, name: str = "p1", source: str = "x = 1"):
    book = course.book(name)
    book.cells[0].source = source
    return book


def hand_in(course: Course, *students: str, **files: str) -> None:
    for student in students:
        books = {"p1": answered(course), "p2": answered(course, "p2", "y = 1")}
        course.hand_in(student, books, **files)


def same(theirs: Course, ours: Course, student: str) -> None:
    for book in ("p1", "p2"):
        assert ours.graded(student, book) == theirs.graded(student, book)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """Students who hand in too little, too much or at odd times."""
    folder = tmp_path_factory.mktemp("crowd")
    theirs = Course(
        folder / "theirs",
        {"p1": FIRST, "p2": SECOND},
        settings='c.CourseDirectory.student_id_exclude = "guest,ghost"',
    )
    with theirs.gradebook() as gradebook:
        gradebook.update_or_create_assignment("a1", duedate=DUE)
    hand_in(theirs, "all", "guest")
    theirs.hand_in("missing", {"p1": answered(theirs)})
    hand_in(theirs, "extra")
    theirs.hand_in("extra", {"p1 copy": answered(theirs, source="x = 2")})
    theirs.hand_in("only_extra", {"mine": answered(theirs)})
    theirs.hand_in("nothing", {}, readme_txt="not done")
    hand_in(theirs, "no_time", timestamp_txt="")
    hand_in(theirs, "late", timestamp_txt=LATE)
    hand_in(theirs, "early", timestamp_txt=EARLY)
    hand_in(theirs, "nonsense", timestamp_txt="yesterday, I think")
    ours = theirs.copied_to(folder / "ours")
    report = graded(ours.root, folder / "results", lang="en")
    refused = set()
    for student in ("all", "missing", "extra", "no_time", "late", "early", "only_extra"):
        if theirs.nbgraders(student) is None:
            refused.add(student)
    return theirs, ours, folder / "results", report, refused


@pytest.mark.parametrize("student", ["all", "missing", "extra", "no_time", "late", "early"])
def test_each_gets_what_nbgrader_gives(crowd, student):
    theirs, ours, _, _, refused = crowd
    assert student not in refused
    same(theirs, ours, student)
    assert ours.total(student) == theirs.total(student) == (3 if student == "missing" else 6)


def test_a_missing_notebook_is_zero_and_nobody_has_to_look(crowd):
    _, ours, results, _, _ = crowd
    assert ours.graded("missing", "p2") == {"u1": (0.0, False, None)}
    test = verdicts(results, "missing")["u1"]
    assert (test["outcome"], test["points"]) == ("failed", 0)
    assert "p2" in test["message"]


@pytest.mark.parametrize("student", ["all", "no_time", "late", "early"])
def test_the_time_of_submission_is_kept(crowd, student):
    theirs, ours, *_ = crowd

    def kept(course: Course):
        with course.gradebook() as gradebook:
            found = gradebook.find_submission("a1", student)
            return found.timestamp, found.total_seconds_late

    assert kept(ours) == kept(theirs)
    assert kept(ours)[1] == (7200 if student == "late" else 0)


def test_a_time_that_is_none_stops_nbgrader_and_not_this_program(crowd):
    theirs, ours, results, report, _ = crowd
    with pytest.raises(NbGraderException):
        theirs.run(Autograde, "nonsense")
    assert ours.total("nonsense") == 6
    assert any("nonsense/a1" in note and "timestamp.txt" in note for note in report.notes)
    named = [test["differs"] for test in verdicts(results, "nonsense").values()]
    assert named == 4 * [["timestamp"]]


def test_a_folder_with_unknown_notebooks_only_is_all_missing(crowd):
    """nbgrader refuses it; the class goes on there, too."""
    _, ours, results, report, refused = crowd
    assert "only_extra" in refused
    assert result(results, "only_extra")["score"] == 0
    assert any("only_extra/a1" in note and "mine.ipynb" in note for note in report.notes)
    assert ours.total("only_extra") == 0


def test_who_is_excluded_or_hands_in_no_notebook_has_no_result(crowd):
    _, ours, results, _, _ = crowd
    assert {path.stem for path in (results / "a1").iterdir()}.isdisjoint({"guest", "nothing"})
    assert ours.graded("guest") is None


# ---------------------------------------------------------------- late work


@pytest.mark.parametrize("plugin", ["none", "zero", "own"])
def test_late_work_costs_what_the_courses_plugin_says(tmp_path, monkeypatch, plugin):
    settings, files = f'c.LateSubmissionPlugin.penalty_method = "{plugin}"', {}
    if plugin == "own":
        settings = 'c.AssignLatePenalties.plugin_class = "half_point_late.HalfPoint"'
        files = {"half_point_late.py": PLUGIN}
    theirs = Course(
        tmp_path / "t", {"p1": FIRST, "p2": SECOND}, settings=settings, root_files=files
    )
    with theirs.gradebook() as gradebook:
        gradebook.update_or_create_assignment("a1", duedate=DUE)
    hand_in(theirs, "late", "far", timestamp_txt=LATE)
    hand_in(theirs, "early", timestamp_txt=EARLY)
    ours = theirs.copied_to(tmp_path / "ours")
    report = graded(ours.root, tmp_path / "results")
    assert report.complete, report.notes
    monkeypatch.syspath_prepend(str(theirs.root))
    theirs.run(Autograde)
    expected = {"none": (None, None), "zero": (6.0, 6.0), "own": (2.0, 6.0)}[plugin]
    for student, penalty in zip(("late", "far"), expected, strict=True):
        assert penalties(ours, student) == penalties(theirs, student)
        assert result(tmp_path / "results", student)["late_penalty"] == penalty
    assert penalties(ours, "early") == penalties(theirs, "early")
    # the time is put right: the penalty goes
    hand_in(ours, "late", timestamp_txt=EARLY)
    graded(ours.root, tmp_path / "results")
    assert set(penalties(ours, "late")) == {None}


def penalties(course: Course, student: str) -> list[float | None]:
    with course.gradebook() as gradebook:
        found = gradebook.find_submission("a1", student).notebooks
        return [one.late_submission_penalty for one in sorted(found, key=lambda one: one.name)]
