"""What is in an nbgrader database after a submission was written, on SQLite and on PostgreSQL."""

import datetime

import pytest
from gradebooks import DUE, GRADES, entry, everything, grades, opened, written
from gradebooks import a_server as a_server
from gradebooks import a_sqlite as a_sqlite
from gradebooks import a_template as a_template
from gradebooks import a_url as a_url

from autograder.gradebook import CellComment, CellGrade, Entry, Refused, Written

ANSWERS = {"a1", "m1", "k1", "a3"}


def comments(url, student="ada"):
    with opened(url) as book:
        found = book.find_submission("ps1", student).notebooks
        return {
            one.name: (one.auto_comment, one.manual_comment)
            for part in found
            for one in part.comments
        }


def test_a_new_submission_has_a_row_for_every_cell(url):
    assert written(url, entry()) == [Written("ada", "ps1", 3.5, None, needs_manual_grade=True)]
    assert grades(url) == {
        "t1": (2.0, None, None, False),
        "t2": (1.5, None, None, False),
        "t3": (0.0, None, None, False),
        "m1": (None, None, None, True),
        "k1": (None, None, None, True),
    }
    expected = dict.fromkeys(ANSWERS, (None, None)) | {"a3": ("No response.", None)}
    assert comments(url) == expected


def test_a_cell_that_was_deleted_keeps_no_earlier_score(url):
    written(url, entry())
    (result,) = written(url, entry(without=("t1",)))
    assert grades(url)["t1"] == (None, None, None, True)
    assert result.score == 1.5


def test_a_deleted_answer_keeps_no_earlier_comment(url):
    written(url, entry())
    written(url, entry(without=("a3",)))
    assert comments(url)["a3"] == (None, None)


def test_writing_twice_changes_nothing(url):
    written(url, entry(), entry("bob", t1=0.0), late=lambda *_: 1.0)
    before = everything(url)
    written(url, entry(), entry("bob", t1=0.0), late=lambda *_: 1.0)
    assert everything(url) == before


def test_what_a_person_gave_stays_and_is_looked_at_again(url):
    written(url, entry())
    with opened(url) as book:
        for name, manual, extra in (("t1", 0.5, 0.25), ("m1", 3.0, None)):
            grade = book.find_grade(name, "p1", "ps1", "ada")
            grade.manual_score, grade.extra_credit = manual, extra
            grade.needs_manual_grade = False
        book.find_comment("a1", "p1", "ps1", "ada").manual_comment = "Nice."
        book.find_submission_notebook("p1", "ps1", "ada").flagged = True
        book.grant_extension("ps1", "ada", days=1)
    (result,) = written(url, entry(t1=1.0))
    found = grades(url)
    assert found["t1"] == (1.0, 0.5, 0.25, True)
    assert found["m1"] == (None, 3.0, None, True)
    assert result.score == 0.5 + 0.25 + 1.5 + 3.0
    assert comments(url)["a1"] == (None, "Nice.")
    with opened(url) as book:
        submission = book.find_submission("ps1", "ada")
        assert submission.extension == datetime.timedelta(days=1)
        assert [one.flagged for one in submission.notebooks if one.name == "p1"] == [True]


def test_a_missing_notebook_is_zero_and_needs_nobody(url):
    written(url, entry())
    (result,) = written(url, entry(missing=("p1",)))
    found = grades(url)
    assert {found[name] for name in ("t1", "t2", "m1", "k1")} == {(0.0, None, None, False)}
    assert result == Written("ada", "ps1", 0.0, None, needs_manual_grade=False)


def test_the_time_is_kept_until_another_is_known(url):
    early = DUE - datetime.timedelta(days=1)
    written(url, entry(timestamp=early))
    written(url, entry())
    with opened(url) as book:
        assert book.find_submission("ps1", "ada").timestamp == early


def test_a_score_above_the_points_of_a_cell_is_kept(url):
    (result,) = written(url, entry(t1=2.5))
    assert result.score == 4.0


# ---------------------------------------------------------------- who and what is known


def test_a_student_is_made_only_if_the_course_wants_it(url):
    before = everything(url)
    (refused,) = written(url, entry(), create_student=False)
    assert isinstance(refused, Refused)
    assert "create_student" in refused.reason
    assert everything(url) == before
    with opened(url) as book:
        book.add_student("ada", first_name="Ada", email="ada@example.org")
    assert isinstance(written(url, entry(), create_student=False)[0], Written)
    with opened(url) as book:
        assert book.find_student("ada").email == "ada@example.org"


@pytest.mark.parametrize(
    "wrong",
    [
        Entry("ada", "ps2", None, ()),
        Entry("ada", "ps1", None, (CellGrade("p1", "nothing", 1.0, False),)),
        Entry("ada", "ps1", None, (CellGrade("p3", "t1", 1.0, False),)),
        Entry("ada", "ps1", None, (CellGrade("p1", "a1", 1.0, False),)),
        Entry("ada", "ps1", None, (), (CellComment("p1", "t1", "x"),)),
        Entry("ada", "ps1", None, (), (), ("p3",)),
        Entry("ada", "ps1", None, (CellGrade("p1", "t1", float("nan"), False),)),
        Entry("ada", "ps1", None, (CellGrade("p1", "t1", float("inf"), False),)),
        Entry("a\ud800a", "ps1", None, ()),
    ],
    ids=["assignment", "cell", "notebook", "no test", "no answer", "missing", "nan", "inf", "name"],
)
def test_what_cannot_be_written_leaves_no_trace_and_stops_nobody(url, wrong):
    before = everything(url)
    (refused,) = written(url, wrong)
    assert isinstance(refused, Refused)
    assert (refused.student, refused.assignment) == (wrong.student, wrong.assignment)
    assert refused.reason
    assert everything(url) == before
    kinds = [type(one) for one in written(url, entry("bob"), wrong, entry("cyd"))]
    assert kinds == [Written, Refused, Written]
    assert grades(url, "cyd")["t1"] == (GRADES["t1"], None, None, False)
