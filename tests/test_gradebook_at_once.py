"""Others write while we do: nothing of theirs is lost, nothing of ours is half there."""

import multiprocessing
import os
import threading

import pytest
from gradebooks import DUE, LATE, entry, everything, grades, opened, written
from gradebooks import a_server as a_server
from gradebooks import a_sqlite as a_sqlite
from gradebooks import a_template as a_template
from gradebooks import a_url as a_url
from sqlalchemy import event

from autograder.gradebook import Written
from autograder.gradebook.database import HeldSession

STUDENTS = ("ada", "bob", "cyd")
ROUNDS = 6
SECONDS = 60  # at most, for anything that waits
FORK = multiprocessing.get_context("fork")


def by_hand(url, student, points):
    """What the form grader does when a person types a score and a comment."""
    with opened(url) as book:
        grade = book.find_grade("t1", "p1", "ps1", student)
        grade.manual_score = points
        grade.needs_manual_grade = False
        book.db.commit()
        book.find_comment("a1", "p1", "ps1", student).manual_comment = f"{points} points"
        book.db.commit()


def form_grader(url, started):
    started.set()
    for points in range(ROUNDS):
        for student in STUDENTS:
            by_hand(url, student, float(points))


def in_a_thread(call, *arguments):
    thread = threading.Thread(target=call, args=arguments)
    thread.start()
    return thread


def test_a_person_and_the_grader_write_at_once(url):
    written(url, *map(entry, STUDENTS))
    started = FORK.Event()
    person = FORK.Process(target=form_grader, args=(url, started))
    person.start()
    assert started.wait(SECONDS)
    runs = 0
    while person.is_alive() or runs < ROUNDS:
        runs += 1
        found = written(url, *(entry(student, t1=runs % 3) for student in STUDENTS))
        assert [type(one) for one in found] == [Written] * len(STUDENTS)
    person.join(SECONDS)
    assert person.exitcode == 0
    written(url, *(entry(student, t1=1.25) for student in STUDENTS))
    for student in STUDENTS:
        assert grades(url, student)["t1"] == (1.25, ROUNDS - 1, None, True)
        with opened(url) as book:
            comment = book.find_comment("a1", "p1", "ps1", student)
            assert comment.manual_comment == f"{ROUNDS - 1}.0 points"


def test_a_person_who_comes_in_between_waits_and_comes_after(url):
    written(url, entry(timestamp=LATE))
    waiting = []

    def late(*_):  # called in the middle of our transaction
        if not waiting:
            person = in_a_thread(by_hand, url, "ada", 0.5)
            person.join(0.3)
            waiting.append((person, person.is_alive()))

    written(url, entry(t1=1.0), late=late)
    ((person, waited),) = waiting
    person.join(SECONDS)
    assert waited
    assert not person.is_alive()
    assert grades(url)["t1"] == (1.0, 0.5, None, False)


def test_scores_of_two_graders_are_never_mixed(url):
    written(url, entry(t1=1.0, t2=1.5, timestamp=DUE))
    others = []

    def before_flush(*_):  # all is read, nothing is written yet
        if not others:
            others.append(in_a_thread(written, url, entry(t1=1.0, t2=0.0, timestamp=DUE)))
            others[0].join(0.5)

    event.listen(HeldSession, "before_flush", before_flush)
    try:
        written(url, entry(t1=2.0, t2=1.5, timestamp=LATE), late=lambda *_: 1.0)
        others[0].join(SECONDS)
    finally:
        event.remove(HeldSession, "before_flush", before_flush)
    found = grades(url)
    assert (found["t1"][0], found["t2"][0]) == (1.0, 0.0)
    with opened(url) as book:
        assert book.find_submission("ps1", "ada").timestamp == DUE
        assert book.find_submission("ps1", "ada").late_submission_penalty == 0


def test_two_graders_make_the_same_student(url):
    others, results = [], []

    def late(*_):
        if not others:
            others.append(in_a_thread(lambda: results.extend(written(url, entry(t1=0.5)))))
            others[0].join(0.3)

    results += written(url, entry(timestamp=LATE), late=late)
    others[0].join(SECONDS)
    assert [type(one) for one in results] == [Written, Written]
    assert grades(url)["t1"] == (0.5, None, None, False)


def dies(url):
    written(url, entry(t1=0.0), entry("bob", timestamp=LATE), late=lambda *_: os._exit(7))


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_a_crash_in_the_middle_leaves_what_was_before(url, known):
    written(url, entry(t1=0.0), *([entry("bob")] if known else []))
    before = everything(url)
    process = FORK.Process(target=dies, args=(url,))
    process.start()
    process.join(SECONDS)
    assert process.exitcode == 7
    assert everything(url) == before
    (after,) = written(url, entry("bob", t1=1.0))
    assert after.score == 2.5


def test_an_interrupted_run_keeps_what_was_written(url):
    def late(student, *_):
        if student == "bob":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(url, entry(timestamp=LATE), entry("bob", timestamp=LATE), late=late)
    assert grades(url)["t1"][0] == 2.0
    with opened(url) as book:
        assert [student.id for student in book.students] == ["ada"]
