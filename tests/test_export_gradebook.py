"""Scores from a real nbgrader database, beside what nbgrader's own exporter makes of it."""

import csv
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest
from exported import a_score, from_canvas, lines, written
from gradebooks import a_server as a_server
from gradebooks import a_sqlite as a_sqlite
from gradebooks import a_template as a_template
from gradebooks import a_url as a_url
from gradebooks import entry

from autograder.errors import GradebookError, UsageError
from autograder.export import Options, exported
from autograder.export.gradebook import from_gradebook, url_of
from autograder.gradebook import Target, write

pytestmark = [  # nbgrader's own: at import, and while it adds a submission
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
HANDED_IN = datetime(2026, 11, 20, 10, 0, 0)


def fill(url):
    """Two assignments, four students; every kind of score that nbgrader knows."""
    from nbgrader.api import Gradebook

    with Gradebook(url, "cnn") as book:
        for name, due in (("pooling", None), ("convolution", "2026-11-19 23:59:59 UTC")):
            book.add_assignment(name, duedate=due)
            book.add_notebook("p1", name)
            for cell in ("a", "b"):
                about = {"max_score": 5, "cell_type": "code"}
                book.add_grade_cell(cell, "p1", name, **about)
        book.add_student("anna", first_name="Anna", last_name="Zorn", email="anna@x.org")
        book.add_student("béla", first_name="=1+1", last_name="Kiss")
        for student in ("carl", "dora"):
            book.add_student(student)
        grade(book, "anna", "convolution", a=4.0, b=3.0, penalty=1.5)
        grade(book, "béla", "convolution", a=5.0, b=5.0, extra=2.0)
        grade(book, "carl", "convolution", a=1.0, b=0.0, manual=4.5)
        grade(book, "anna", "pooling", a=2.0, b=None)


def grade(book, student, assignment, penalty=None, extra=None, manual=None, **scores):
    book.add_submission(assignment, student, timestamp=HANDED_IN)
    for name, score in scores.items():
        cell = book.find_grade(name, "p1", assignment, student)
        cell.auto_score, cell.needs_manual_grade = score, score is None
    cell.extra_credit, cell.manual_score = extra, manual
    cell.notebook.late_submission_penalty = penalty
    book.db.commit()


@pytest.fixture(scope="module", autouse=True)
def alembic_is_found():
    """nbgrader starts ``alembic`` by name to make a database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    fill(f"sqlite:///{folder}/gradebook.db")
    return folder


@pytest.fixture
def course(filled, tmp_path):
    """A course of its own for each test."""
    shutil.copy(filled / "gradebook.db", tmp_path)
    return tmp_path


def export(root, kind="csv", **options):
    return exported(Options(kind, **{"course": root, "results": root / "results", **options}))


def test_manual_scores_extra_credit_and_penalties_count(course):
    made = export(course)
    assert lines(made.data) == [
        ["student", "pooling", "convolution", "total"],
        ["carl", "", "5.5", "5.5"],
        ["dora", "", "", ""],
        ["béla", "", "12", "12"],
        ["anna", "", "5.5", ""],
    ]
    assert made.source == (
        f"scores taken from the gradebook {course}/gradebook.db, manual ones included"
    )
    assert made.notes == ("anna, pooling: no score: to be marked by hand in the gradebook",)


def test_the_same_values_as_nbgraders_own_exporter(course):
    """Where every score is final and no name needs care."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    with Gradebook(f"sqlite:///{course}/gradebook.db", "cnn") as book:
        book.find_student("béla").first_name = "Béla"
        book.find_grade("b", "p1", "pooling", "anna").needs_manual_grade = False
        book.db.commit()
        plugin = CsvExportPlugin()
        plugin.to = str(course / "theirs.csv")
        plugin.export(book)
    with (course / "theirs.csv").open(newline="") as file:
        theirs = list(csv.reader(file))
    ours = lines(export(course, "nbgrader").data)
    assert sorted(ours) == sorted(theirs)
    assert len(ours) == 1 + 2 * 4


def test_nbgraders_table_is_inert_and_pending_is_empty(course):
    made = export(course, "nbgrader")
    rows = {(row[0], row[3]): row for row in lines(made.data)}
    assert rows["convolution", "béla"][5] == "'=1+1"
    assert rows["pooling", "anna"][-4:] == ["", "", "", "10.0"]
    assert rows["pooling", "dora"][-4:] == ["0.0", "0.0", "0.0", "10.0"]
    assert rows["convolution", "anna"][1:3] == ["2026-11-19 23:59:59", "2026-11-20 10:00:00"]


def test_columns_for_the_graded_cells(course):
    made = export(course, tasks=True, assignments=("convolution",))
    header, carl, *_ = lines(made.data)
    assert header == [
        "student", "convolution", "convolution.p1.a", "convolution.p1.b", "total",
    ]  # fmt: skip
    assert carl == ["carl", "5.5", "1", "4.5", "5.5"]


def test_the_database_is_only_read(course):
    file = course / "gradebook.db"
    before = file.read_bytes(), file.stat().st_mtime_ns
    for kind in ("csv", "canvas", "moodle", "nbgrader"):
        export(course, kind)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert os.listdir(course) == ["gradebook.db"]  # noqa: PTH208 - names are enough


def test_names_and_addresses_of_the_gradebook_find_the_line(course):
    (course / "roster.csv").write_text(
        "Student,ID,SIS Login ID,Section,Convolution (1)\n"
        'Points Possible,,,,10\n"Zorn, Anna",1,u1,A,\n"Kiss, B.",2,BÉLA,A,\nCarl,3,u3,A,\n'
    )
    made = export(course, "canvas", roster=course / "roster.csv", assignments=("convolution",))
    assert [row[-1] for row in lines(made.data)] == ["Convolution (1)", "10", "5.5", "12", "5.5"]
    assert made.notes == ("dora: not in the roster",)


def test_the_results_add_the_platforms_numbers_and_what_is_missing_is_told(course):
    written(
        course / "results",
        a_score("carl", 0.0, **from_canvas("77")),
        a_score("eva", 3.0),
    )
    made = export(course, "canvas", assignments=("convolution",))
    assert ["carl", "77", "", "carl", "", "5.5"] in lines(made.data)
    assert made.notes == ("eva, convolution: in the results, but not in the gradebook",)


def test_results_instead_if_a_person_wants_them_or_the_gradebook_is_empty(course, tmp_path_factory):
    written(course / "results", a_score("carl", 0.25))
    assert lines(export(course, source="results").data)[1:] == [["carl", "0.25", "0.25"]]
    empty = tmp_path_factory.mktemp("empty")
    from nbgrader.api import Gradebook

    Gradebook(f"sqlite:///{empty}/gradebook.db").close()
    with pytest.raises(UsageError, match="the gradebook is empty"):
        export(empty)
    written(empty / "results", a_score("carl", 0.25))
    made = export(empty)
    assert lines(made.data)[1:] == [["carl", "0.25", "0.25"]]
    assert made.source.startswith("scores taken from the results")


def test_the_database_that_the_configuration_names(course, monkeypatch):
    (course / "gradebook.db").rename(course / "other.db")
    assert url_of(course) is None
    config = course / "nbgrader_config.py"
    config.write_text(f"get_config().CourseDirectory.db_url = 'sqlite:///{course}/other.db'\n")
    assert url_of(course) == f"sqlite:///{course}/other.db"
    (course / "below").mkdir()
    monkeypatch.chdir(course / "below")
    assert "other.db" in export(course, course=None).source


@pytest.mark.parametrize("damage", ["no database", "no tables", "older"])
def test_a_database_that_cannot_be_read(course, damage):
    import sqlite3

    file = course / "gradebook.db"
    if damage == "no database":
        file.write_bytes(b"hello" * 1000)
    elif damage == "no tables":
        file.write_bytes(b"")
    else:
        with sqlite3.connect(file) as book:
            book.execute("ALTER TABLE submitted_notebook DROP COLUMN late_submission_penalty")
        book.close()
    with pytest.raises(GradebookError, match=r"cannot be read .*nbgrader db upgrade"):
        export(course)


def test_no_password_is_ever_shown():
    with pytest.raises(GradebookError) as caught:
        from_gradebook("postgresql+nothing://cnn:secret@localhost/cnn")
    assert "secret" not in str(caught.value)


def test_an_unknown_assignment(course):
    with pytest.raises(
        UsageError, match="no assignment 'painting'; there are pooling, convolution"
    ):
        export(course, assignments=("painting",))


def test_what_our_own_writer_wrote_on_sqlite_and_on_a_postgresql_server(url):
    entries = [entry("ada", m1=4.0, k1=0.5), entry("bob")]
    assert len(list(write(Target(url, "c101"), entries))) == 2
    marks = from_gradebook(url)
    assert marks.assignments == {"ps1": 12.0}
    assert marks.marks["ada", "ps1"].score == 2.0 + 1.5 + 4.0 + 0.5
    assert marks.marks["bob", "ps1"].score is None
    assert marks.missing() == ["bob, ps1: no score: to be marked by hand in the gradebook"]
