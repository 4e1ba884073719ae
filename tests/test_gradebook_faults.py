"""A gradebook that cannot be used: one sentence with the cure, and no harm done."""

import contextlib
import importlib.util
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy
from full_disk import largest_file
from gradebooks import a_server as a_server
from gradebooks import a_sqlite as a_sqlite
from gradebooks import a_template as a_template
from gradebooks import a_url as a_url
from gradebooks import entry, everything, grades, written

from autograder.errors import GradebookError
from autograder.gradebook import Target, Written, write


def file_of(url):
    return Path(url.removeprefix("sqlite:///"))


def sentence(url, **target):
    with pytest.raises(GradebookError) as caught:
        written(url, entry(), **target)
    said = str(caught.value)
    assert "\n" not in said
    return said


def execute(url, statement):
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(statement))
    finally:
        engine.dispose()


@contextlib.contextmanager
def locked(url):
    """Another program in the middle of writing."""
    other = sqlite3.connect(file_of(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_a_gradebook_that_is_not_there_is_not_made(tmp_path):
    said = sentence(f"sqlite:///{tmp_path}/gradebook.db")
    assert f"there is no gradebook at {tmp_path}/gradebook.db" in said
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_no_gradebook(tmp_path, server):
    (tmp_path / "gradebook.db").touch()
    assert "there is no gradebook" in sentence(f"sqlite:///{tmp_path}/gradebook.db")
    assert (tmp_path / "gradebook.db").read_bytes() == b""
    said = sentence(server[0].url("postgres"))
    assert "there is no gradebook at postgresql://127.0.0.1" in said
    assert server[0].password not in said


@pytest.mark.parametrize(
    "older",
    [
        "ALTER TABLE submitted_notebook DROP COLUMN late_submission_penalty",
        "ALTER TABLE assignment DROP COLUMN duedate",
        "DROP TABLE source_cell",
    ],
)
def test_an_older_gradebook_is_left_alone(url, older):
    execute(url, older)
    before = everything(url)
    assert "nbgrader db upgrade" in sentence(url)
    assert everything(url) == before


def test_a_locked_gradebook_is_waited_for_and_then_named(sqlite):
    with locked(sqlite):
        said = sentence(sqlite, patience=0.1)
    assert "locked" in said
    assert "another program is writing" in said
    assert type(written(sqlite, entry())[0]) is Written


def test_what_was_written_before_the_lock_is_there(sqlite):
    results = write(Target(sqlite, "c101", patience=0.1), [entry(), entry("bob")])
    next(results)
    with locked(sqlite), pytest.raises(GradebookError, match="locked"):
        next(results)
    assert grades(sqlite)["t1"][0] == 2.0


def test_a_full_disk_leaves_what_was_before(sqlite):
    written(sqlite, entry())
    before, size = everything(sqlite), file_of(sqlite).stat().st_size
    with largest_file(size), pytest.raises(GradebookError, match="cannot be written"):
        written(sqlite, *(entry(f"s{number}") for number in range(40)))
    found = everything(sqlite)
    assert set(before["student"]) <= set(found["student"])
    assert len(found["submitted_assignment"]) == len(found["student"])
    assert len(found["grade"]) == 5 * len(found["student"])


def test_another_kind_of_file_is_left_alone(tmp_path):
    file = tmp_path / "gradebook.db"
    file.write_text("some text\n" * 500)
    assert "another kind of file" in sentence(f"sqlite:///{file}")
    assert file.read_text() == "some text\n" * 500


def test_a_wrong_password_is_not_repeated(server):
    running, _ = server
    said = sentence(running.url("template").replace(running.password, "s3cret"))
    assert "authentication" in said
    assert "s3cret" not in said


def test_a_server_that_does_not_run_is_named(server):
    running, _ = server
    said = sentence(running.url("template").replace(f":{running.port}/", ":1/"))
    assert "start the server" in said
    assert running.password not in said


@pytest.mark.parametrize("url", ["gradebook.db", "nonsense://somewhere/book", ""])
def test_what_is_no_address_of_a_database_is_named(url):
    assert "cannot be written" in sentence(url)


def test_a_driver_that_is_missing_is_named():
    if importlib.util.find_spec("psycopg2"):
        pytest.skip("psycopg2 is installed here")
    said = sentence("postgresql+psycopg2://someone@127.0.0.1/book")
    assert "pip install 'cnn-autograder[postgres]'" in said
