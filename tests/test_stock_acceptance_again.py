"""Grading again, and what the configuration changes: both programs agree, or we say why not."""

from __future__ import annotations

import pytest
from nbgrader.converters import Autograde
from stock_both import Course, by_id, cell, graded, notebook, result, verdicts

pytestmark = [
    pytest.mark.alone,  # two cores, and time limits that a busy machine might change
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of nbgrader, nbconvert and SQLAlchemy
]
SOURCE = notebook(
    cell("answer", "### BEGIN SOLUTION\nx = open('data.txt').read()\n### END SOLUTION", "x"),
    cell("test", "assert x == 'course'", "t1", 2),
    cell("test", "assert x", "t2", 1),
    cell("manual", "Because.", "m1", 4),
)
FILES = {"data.txt": "course", "own.txt": "course"}


def handed(course: Course, source: str = "x = 'course'", *, without: str = ""):
    book = course.book()
    by_id(book, "x").source = source
    if without:
        book.cells.remove(by_id(book, without))
    return {"p1": book}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Course:
    return Course(tmp_path_factory.mktemp("made") / "course", {"p1": SOURCE}, files=FILES)


@pytest.fixture
def theirs(made, tmp_path) -> Course:
    return made.copied_to(tmp_path / "theirs")


def set_up(course: Course, line: str) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"{line}\n")


def test_a_cell_deleted_since_has_no_score_left(theirs, tmp_path):
    theirs.hand_in("ann", handed(theirs))
    ours = theirs.copied_to(tmp_path / "ours")
    results = tmp_path / "results"
    for course in (theirs, ours):
        if course is ours:
            graded(ours.root, results)
        else:
            theirs.run(Autograde)
        course.hand_in("ann", handed(course, without="t1"))
    assert theirs.nbgraders("ann", force=True)["t1"] == (2.0, False, None)  # stale
    assert result(results, "ann")["score"] == 3
    graded(ours.root, results)
    assert ours.graded("ann")["t1"] == (None, True, None)
    assert ours.total("ann") == result(results, "ann")["score"] == 1
    test = verdicts(results, "ann")["t1"]
    assert (test["outcome"], test["differs"]) == ("manual", ["deleted"])


def test_what_a_person_gave_is_kept(theirs, tmp_path):
    theirs.hand_in("ann", handed(theirs))
    ours = theirs.copied_to(tmp_path / "ours")
    graded(ours.root, tmp_path / "results")
    theirs.run(Autograde)
    for course in (theirs, ours):
        with course.gradebook() as gradebook:
            for name, points in (("m1", 3.5), ("t2", 0.25)):
                grade = gradebook.find_grade(name, "p1", "a1", "ann")
                grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_grade("t1", "p1", "a1", "ann").extra_credit = 1
            gradebook.find_comment("m1", "p1", "a1", "ann").manual_comment = "Well."
            gradebook.db.commit()
        course.hand_in("ann", handed(course, "x = 'other'"))
    theirs.run(Autograde, force=True)
    graded(ours.root, tmp_path / "results")
    assert ours.graded("ann") == theirs.graded("ann")
    assert ours.total("ann") == theirs.total("ann") == 3.5 + 0.25 + 1
    with ours.gradebook() as gradebook:
        assert gradebook.find_comment("m1", "p1", "a1", "ann").comment == "Well."


def test_missing_cells_are_put_back_where_the_course_wants_it(theirs, tmp_path):
    set_up(theirs, "c.OverwriteCells.add_missing_cells = True")
    theirs.hand_in("ann", handed(theirs, without="t1"))
    theirs.hand_in("bob", handed(theirs, "x = 'other'", without="t2"))
    ours = theirs.copied_to(tmp_path / "ours")
    theirs.run(Autograde)
    graded(ours.root, tmp_path / "results")
    for student, score in (("ann", 3), ("bob", 1)):
        assert ours.graded(student) == theirs.graded(student)
        assert ours.total(student) == score


def test_the_courses_files_win_but_for_those_it_leaves(theirs, tmp_path):
    reads = "x = open('data.txt').read()\nassert open('own.txt').read() == 'mine'\nx = x.strip()"
    set_up(theirs, "c.Autograde.exclude_overwriting = {'a1': ['own.txt']}")
    theirs.hand_in("ann", handed(theirs, reads), data_txt="ann's", own_txt="mine")
    ours = theirs.copied_to(tmp_path / "ours")
    theirs.run(Autograde)
    assert graded(ours.root, tmp_path / "results").complete
    assert ours.graded("ann") == theirs.graded("ann")
    assert ours.total("ann") == 3
    for course in (theirs, ours):
        beside = course.root / "autograded" / "ann" / "a1"
        assert (beside / "data.txt").read_text() == "course"
        assert (beside / "own.txt").read_text() == "mine"


def test_an_unknown_student_is_not_made_where_the_course_forbids_it(theirs, tmp_path):
    set_up(theirs, "c.Autograde.create_student = False")
    with theirs.gradebook() as gradebook:
        gradebook.add_student("known")
    for student in ("known", "unknown"):
        theirs.hand_in(student, handed(theirs))
    ours = theirs.copied_to(tmp_path / "ours")
    report = graded(ours.root, tmp_path / "results")
    assert ours.graded("known") == theirs.nbgraders("known")
    assert theirs.nbgraders("unknown") is None
    assert ours.graded("unknown") is None
    assert result(tmp_path / "results", "unknown")["score"] == 3  # in our results all the same
    assert any("unknown/a1: not in the gradebook" in note for note in report.notes)
    assert not report.complete


def test_what_has_not_changed_is_taken_over(theirs, tmp_path):
    results = tmp_path / "results"
    for student in ("ann", "bob", "eve"):
        theirs.hand_in(student, handed(theirs))
    first = graded(theirs.root, results)
    assert (first.reused, len(first.scores)) == (0, 3)
    assert graded(theirs.root, results).reused == 3
    theirs.hand_in("bob", handed(theirs, "x = ''"))
    second = graded(theirs.root, results)
    assert (second.reused, theirs.total("bob"), theirs.total("ann")) == (2, 0, 3)
    only = graded(theirs.root, results, students=("eve",), force=True)
    assert [(score.student, only.reused) for score in only.scores] == [("eve", 0)]
    assert graded(theirs.root, results, force=True).reused == 0
    assert len(graded(theirs.root, results, lang="en").scores) == 3
    assert result(results, "ann")["lang"] == "en"


def test_a_result_without_its_autograded_notebook_is_made_again(theirs, tmp_path):
    theirs.hand_in("ann", handed(theirs))
    graded(theirs.root, tmp_path / "results")
    folder = theirs.root / "autograded" / "ann" / "a1"
    for file in folder.iterdir():
        file.chmod(0o644)
        file.unlink()
    folder.rmdir()
    assert graded(theirs.root, tmp_path / "results").reused == 0
    assert (folder / "p1.ipynb").is_file()
