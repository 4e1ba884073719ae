"""Results of our own course in its gradebook: which cell gets what, and doing it twice."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from gradebooks import everything, opened
from mini_course import MINI

from autograder import course, results
from autograder.errors import GradebookError, ReleaseError, UsageError
from autograder.gradebook import CellComment, CellGrade, Target, book, own
from autograder.model import Outcome, Score, TaskScore, TestResult, Text, Tier

SAID = "`largest([])` renvoie 0 ; on attend une erreur."


def one_test(task, outcome, points, most, message="", hint=""):
    return TestResult(f"test_{task}", task, "visible", outcome, points, most, message, hint)


def task_of(id, outcome, points, most, message="", hint=""):
    test = one_test(id, outcome, min(points, most), most, message, hint)
    return TaskScore(id, points, most, (test,))


def score_of(student="ada", status="graded", largest=2.0, normalize=1.0, **more):
    tasks = (
        task_of("largest", Outcome.PASSED, largest, 2.0),
        task_of("normalize", Outcome.FAILED, normalize, 3.0, SAID, "Pense à `raise`."),
    )
    graded = status == "graded"
    return Score(
        student=student,
        assignment="mini",
        status=status,
        score=largest + normalize if graded else None,
        max_score=5.0,
        tier=Tier.S2,
        seconds=0.1,
        tasks=tasks if graded else (),
        reason="" if graded else "why",
        **more,
    )


@pytest.fixture
def mini():
    return course.load(MINI).assignments["mini"]


@pytest.fixture
def by_hand(mini):
    """The same with a text that a person marks."""
    first, second = mini.tasks
    return replace(mini, tasks=(first, replace(second, mark_scheme=Text("b", "s"))))


def test_points_go_to_the_check_cell_and_sentences_to_the_answer(mini):
    entry = own.entry_of(score_of(), mini)
    assert entry.grades == (
        CellGrade("mini", "largest-check", 2.0, False),
        CellGrade("mini", "normalize-check", 1.0, False),
    )
    assert entry.comments == (
        CellComment("mini", "largest", None),
        CellComment("mini", "normalize", f"{SAID}\n\nPense à `raise`."),
    )


def test_a_bonus_is_written_as_it_is(mini):
    assert own.entry_of(score_of(largest=2.5), mini).grades[0].auto_score == 2.5


@pytest.mark.parametrize("status", ["rejected", "not_graded"])
def test_what_was_not_graded_writes_no_points(mini, status):
    entry = own.entry_of(score_of(status=status), mini)
    assert (entry.grades, entry.comments, entry.missing) == ((), (), ())


def test_a_written_answer_waits_for_a_person(by_hand):
    tasks = (
        task_of("largest", Outcome.PASSED, 2.0, 2.0),
        task_of("normalize", Outcome.MANUAL, 0.0, 3.0, "Une personne lira."),
    )
    entry = own.entry_of(replace(score_of(), tasks=tasks), by_hand)
    assert entry.grades[1] == CellGrade("mini", "normalize", None, True)
    assert entry.comments[1] == CellComment("mini", "normalize", None)


def test_an_answer_that_nobody_wrote_is_zero_as_in_nbgrader(by_hand):
    tasks = (
        task_of("largest", Outcome.PASSED, 2.0, 2.0),
        task_of("normalize", Outcome.FAILED, 0.0, 3.0, "Pas de réponse."),
    )
    entry = own.entry_of(replace(score_of(), tasks=tasks), by_hand)
    assert entry.grades[1] == CellGrade("mini", "normalize", 0.0, False)
    assert entry.comments[1] == CellComment("mini", "normalize", "No response.")


def test_a_task_that_the_result_does_not_know_is_left_to_a_person(mini):
    entry = own.entry_of(replace(score_of(), tasks=score_of().tasks[:1]), mini)
    assert [grade.grade_id for grade in entry.grades] == ["largest-check"]


def test_what_a_student_returns_does_not_act_in_a_comment(mini):
    said = (
        "`normalize` renvoie '<img src=x onerror=alert(1)><script>alert(2)</script>' et "
        "[cela](javascript:alert(3)) ``` <b onclick=alert(4)>."
    )
    tasks = (task_of("largest", Outcome.FAILED, 0.0, 2.0, said),)
    (comment,) = own.entry_of(replace(score_of(), tasks=tasks), mini).comments
    from nbconvert.filters import markdown2html

    html = markdown2html(comment.auto_comment)
    assert 'href="javascript' not in html
    assert not re.search("<(?!/?(p|code|div|pre|a)>)", html), html
    assert "renvoie" in html


def test_a_comment_is_never_longer_than_it_may_be(mini):
    tasks = (task_of("largest", Outcome.FAILED, 0.0, 2.0, "x" * 100_000),)
    (comment,) = own.entry_of(replace(score_of(), tasks=tasks), mini).comments
    assert len(comment.auto_comment) < own.LONGEST + 10


# ---------------------------------------------------------------- a folder of results


class Book:
    """A copy of the mini course with results in it."""

    def __init__(self, root):
        self.root = root
        self.url = f"sqlite:///{root}/gradebook.db"

    def results(self, *scores):
        for score in scores:
            results.write(score, self.root / "results")

    def write(self, **target):
        folders = (self.root, self.root / "results", self.root / "submissions")
        return book.write(book.Options(*folders), Target(self.url, "c101", **target))

    def grades(self, student="ada"):
        with opened(self.url) as found:
            return {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for part in found.find_submission("mini", student).notebooks
                for grade in part.grades
            }


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Registered once: nbgrader needs seconds for it."""
    found = Book(tmp_path_factory.mktemp("filled") / "course")
    shutil.copytree(MINI, found.root)
    found.results(score_of())
    assert found.write().registered == ("mini",)
    return found


@pytest.fixture
def mine(filled, root):
    """A copy that a test may spoil, with no student in its results."""
    shutil.copy(filled.root / "gradebook.db", root)
    return Book(root)


def test_the_assignment_is_put_there_with_its_points(filled):
    with opened(filled.url) as found:
        cells = found.find_assignment("mini").notebooks[0].grade_cells
        assert {(cell.name, cell.max_score) for cell in cells} == {
            ("largest-check", 2.0),
            ("normalize-check", 3.0),
        }
        assert found.find_assignment("mini").course_id == "c101"
    assert filled.grades() == {
        "largest-check": (2.0, None, False),
        "normalize-check": (1.0, None, False),
    }
    folders = {"assignments", "reference", "results"}
    assert {path.name for path in filled.root.iterdir()} == {*folders, "gradebook.db"}


def test_writing_again_changes_nothing(mine):
    mine.results(score_of(), score_of("bob", status="rejected"))
    mine.write()
    before = everything(mine.url)
    report = mine.write()
    assert everything(mine.url) == before
    assert report.registered == ()
    assert list(report.lines())[-1].startswith("2 submissions are in ")


def test_a_rejected_submission_is_named_and_waits_for_a_person(mine):
    mine.results(score_of("bob", status="rejected"))
    report = mine.write()
    assert report.notes == ("bob/mini: rejected, no points are written",)
    assert set(mine.grades("bob").values()) == {(None, None, True)}
    assert "1 to be looked at" in list(report.lines())[-1]


def test_a_manual_score_survives_another_grading(mine):
    with opened(mine.url) as found:
        found.find_grade("normalize-check", "mini", "mini", "ada").manual_score = 2.5
        found.db.commit()
    mine.results(score_of(largest=0.0, normalize=3.0))
    (written,) = mine.write().written
    assert written.score == 2.5
    assert mine.grades()["normalize-check"] == (3.0, 2.5, True)


def test_the_time_of_submission_and_the_penalty_come_back(mine):
    with opened(mine.url) as found:
        found.update_or_create_assignment("mini", duedate="2026-03-01 12:00")
    mine.results(score_of())
    stamp = mine.root / "submissions/ada/mini/timestamp.txt"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("2026-03-01 14:00:00 Europe/Paris\n")
    late = []
    mine.write(late=lambda student, score, seconds: late.append(seconds) or 0.5)
    assert late == [3600]
    assert results.read(mine.root / "results", "mini", "ada").late_penalty == 0.5
    assert '"0.5"' in (mine.root / "results/scores.csv").read_text()
    stamp.write_text("2026-03-01 12:00:00 Europe/Paris\n")
    mine.write(late=lambda *_: 0.5)
    assert results.read(mine.root / "results", "mini", "ada").late_penalty is None


@pytest.mark.parametrize("text", ["yesterday", "9" * 3_000, "\0", "2026-13-01", "1e400"])
def test_a_time_that_is_none_is_named_and_stops_nothing(mine, text):
    mine.results(score_of())
    stamp = mine.root / "submissions/ada/mini/timestamp.txt"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(text)
    report = mine.write()
    assert len(report.written) == 1
    assert [note[:23] for note in report.notes] == ["ada/mini: timestamp.txt"]


def test_a_link_in_the_place_of_a_time_is_not_followed(mine, tmp_path):
    mine.results(score_of())
    (tmp_path / "time").write_text("2026-03-01 12:00")
    stamp = mine.root / "submissions/ada/mini/timestamp.txt"
    stamp.parent.mkdir(parents=True)
    stamp.symlink_to(tmp_path / "time")
    assert len(mine.write().notes) == 1
    with opened(mine.url) as found:
        assert found.find_submission("mini", "ada").timestamp is None


def test_new_points_of_a_task_come_into_the_gradebook(mine):
    file = mine.root / "assignments/mini/assignment.yaml"
    file.write_text(file.read_text().replace("points: 3", "points: 4"))
    test = mine.root / "assignments/mini/test_mini.py"
    text = test.read_text().replace('points("normalize", 1)', 'points("normalize", 2)', 1)
    test.write_text(text)
    mine.results(score_of())
    assert mine.write().registered == ("mini",)
    with opened(mine.url) as found:
        assert found.find_assignment("mini").max_score == 6.0


def test_nbgrader_lets_no_task_go_that_has_grades(mine):
    with opened(mine.url) as found:
        found.add_grade_cell("gone-check", "mini", "mini", max_score=1, cell_type="code")
    mine.results(score_of())
    before = everything(mine.url)
    with pytest.raises(ReleaseError, match="mini"):
        mine.write()
    assert everything(mine.url) == before


def test_nothing_to_write_is_said(mine):
    with pytest.raises(UsageError, match="no results"):
        mine.write()


def test_a_result_of_an_assignment_that_is_gone_is_named(mine):
    mine.results(score_of(), replace(score_of("bob"), assignment="old"))
    report = mine.write()
    assert report.notes == ("bob/old: the course has no such assignment",)
    assert [one.student for one in report.written] == ["ada"]


def test_a_file_that_is_no_database_is_left_alone(mine):
    mine.results(score_of())
    file = mine.root / "gradebook.db"
    file.write_text(json.dumps({"some": "thing"}) * 100)
    before = file.read_bytes()
    with pytest.raises(GradebookError, match="not a database"):
        mine.write()
    assert file.read_bytes() == before
