"""Penalties for late submissions: nbgrader's own plugins decide, on SQLite and on PostgreSQL."""

import math

import pytest
from gradebooks import DUE, LATE, entry, everything, opened, written
from gradebooks import a_server as a_server
from gradebooks import a_sqlite as a_sqlite
from gradebooks import a_template as a_template
from gradebooks import a_url as a_url
from nbgrader.plugins import LateSubmissionPlugin

from autograder.gradebook import Refused

ZERO = LateSubmissionPlugin(penalty_method="zero").late_submission_penalty
NONE = LateSubmissionPlugin(penalty_method="none").late_submission_penalty


class AnHour(LateSubmissionPlugin):
    """A point an hour, as a course might write it."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600


def penalties(url, student="ada"):
    with opened(url) as book:
        found = book.find_submission("ps1", student).notebooks
        return {one.name: one.late_submission_penalty for one in found}


@pytest.mark.parametrize(
    ("late", "expected", "total"),
    [
        (None, {"p1": None, "p2": None}, None),
        (NONE, {"p1": None, "p2": None}, None),
        (ZERO, {"p1": 3.5, "p2": 0.5}, 4.0),
        (AnHour().late_submission_penalty, {"p1": 1.0, "p2": 0.5}, 1.5),
        (lambda *_: -3, {"p1": 0.0, "p2": 0.0}, 0.0),
        (lambda *_: math.inf, {"p1": 3.5, "p2": 0.5}, 4.0),
        (lambda *_: 0, {"p1": 0.0, "p2": 0.0}, 0.0),
    ],
    ids=["no plugin", "none", "zero", "own", "negative", "infinite", "nothing"],
)
def test_the_penalty_lies_between_nothing_and_the_score(url, late, expected, total):
    (result,) = written(url, entry(timestamp=LATE, t3=0.5), late=late)
    assert penalties(url) == expected
    assert result.late_penalty == total
    assert result.score == 4.0


def test_the_plugin_hears_the_score_with_what_a_person_gave(url):
    written(url, entry(timestamp=LATE))
    with opened(url) as book:
        book.find_grade("m1", "p1", "ps1", "ada").manual_score = 3.0
        book.find_grade("t3", "p2", "ps1", "ada").extra_credit = 0.25
        book.db.commit()
    heard = []
    written(url, entry(t1=1.0), late=lambda *told: heard.append(told))
    assert sorted(heard) == [("ada", 0.25, 3600.0), ("ada", 5.5, 3600.0)]


def test_who_is_in_time_has_no_penalty(url):
    written(url, entry(timestamp=DUE), late=ZERO)
    assert penalties(url) == {"p1": None, "p2": None}


def test_a_time_that_is_corrected_takes_the_penalty_away(url):
    written(url, entry(timestamp=LATE), late=ZERO)
    (result,) = written(url, entry(timestamp=DUE), late=ZERO)
    assert penalties(url) == {"p1": None, "p2": None}
    assert result.late_penalty is None


def test_an_extension_counts(url):
    written(url, entry(timestamp=LATE), late=ZERO)
    with opened(url) as book:
        book.grant_extension("ps1", "ada", hours=2)
    written(url, entry(), late=ZERO)
    assert penalties(url) == {"p1": None, "p2": None}


def test_where_nothing_is_due_nobody_is_late(url):
    written(url, entry(timestamp=LATE), late=ZERO)
    with opened(url) as book:
        book.grant_extension("ps1", "ada", minutes=1)
        book.update_or_create_assignment("ps1", duedate=None)
    written(url, entry(), late=ZERO)
    assert penalties(url) == {"p1": None, "p2": None}


def test_a_missing_notebook_has_no_penalty_nor_keeps_one(url):
    always = AnHour().late_submission_penalty
    written(url, entry(timestamp=LATE, t3=0.5), late=always)
    written(url, entry(missing=("p2",)), late=always)
    assert penalties(url) == {"p1": 1.0, "p2": None}


@pytest.mark.parametrize(
    "late",
    [lambda *_: 1 / 0, lambda *_: "much", lambda *_: math.nan, lambda *_: [1]],
    ids=["raises", "text", "nan", "list"],
)
def test_a_plugin_that_fails_leaves_the_former_state(url, late):
    written(url, entry(timestamp=LATE), late=ZERO)
    before = everything(url)
    (refused,) = written(url, entry(t1=0.0), late=late)
    assert isinstance(refused, Refused)
    assert "late submissions" in refused.reason
    assert everything(url) == before
