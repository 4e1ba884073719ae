"""Gradebooks for tests: small ones, made by nbgrader, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import datetime
import itertools
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import postgres
import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from autograder.gradebook import CellComment, CellGrade, Entry, Target, write

DUE = datetime.datetime(2026, 3, 1, 12)
LATE = DUE + datetime.timedelta(hours=1)
NUMBER = itertools.count(1)


def fill(url: str) -> None:
    """Assignment ``ps1``: in p1 t1 (2 points), t2 (3), by hand m1 (4) and k1 (1); in p2 t3 (2)."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with Gradebook(url, "c101") as book:
        book.add_assignment("ps1", duedate=DUE)
        for notebook in ("p1", "p2"):
            book.add_notebook(notebook, "ps1")
        for name, notebook, points, kind in (
            ("t1", "p1", 2, "code"), ("t2", "p1", 3, "code"), ("m1", "p1", 4, "markdown"),
            ("t3", "p2", 2, "code"),
        ):  # fmt: skip
            book.add_grade_cell(name, notebook, "ps1", max_score=points, cell_type=kind)
        for name, notebook in (("a1", "p1"), ("m1", "p1"), ("a3", "p2")):
            book.add_solution_cell(name, notebook, "ps1")
        book.add_task_cell("k1", "p1", "ps1", max_score=1, cell_type="markdown")


@pytest.fixture(name="template", scope="session")
def a_template(tmp_path_factory):
    """A SQLite file to copy: nbgrader takes a second to make one."""
    file = tmp_path_factory.mktemp("gradebook") / "template.db"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(name="server", scope="session")
def a_server():
    """PostgreSQL with a database to copy, and a connection of its administrator."""
    with postgres.server() as running:
        engine = sqlalchemy.create_engine(
            running.url("postgres").replace("postgresql:", "postgresql+psycopg:", 1),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE template")
            fill(running.url("template"))
            yield running, connection
        engine.dispose()


@pytest.fixture(name="sqlite")
def a_sqlite(template, tmp_path):
    shutil.copy(template, tmp_path / "gradebook.db")
    return f"sqlite:///{tmp_path}/gradebook.db"


@pytest.fixture(name="url", params=["sqlite", "postgresql"])
def a_url(request):
    """Of a gradebook with one assignment and no student."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite")
    running, connection = request.getfixturevalue("server")
    name = f"book{next(NUMBER)}"
    connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template")
    return running.url(name)


@contextmanager
def opened(url: str):
    with Gradebook(url, "c101") as book:
        yield book


GRADES = {"t1": 2.0, "t2": 1.5, "m1": None, "k1": None, "t3": 0.0}
COMMENTS = {"a1": None, "m1": None, "k1": None, "a3": "No response."}


def notebook_of(cell: str) -> str:
    return "p2" if cell.endswith("3") else "p1"


def entry(student="ada", *, timestamp=None, missing=(), without=(), **scores) -> Entry:
    """``t1``, ``m1``…: other scores than those of ``GRADES``; ``without``: cells left out."""
    grades = {name: score for name, score in (GRADES | scores).items() if name not in without}
    return Entry(
        student,
        "ps1",
        timestamp,
        tuple(
            CellGrade(notebook_of(name), name, score, score is None)
            for name, score in grades.items()
        ),
        tuple(
            CellComment(notebook_of(name), name, text)
            for name, text in COMMENTS.items()
            if name not in without
        ),
        missing,
    )


def written(url: str, *entries: Entry, **target):
    """Write them and say what came of each."""
    return list(write(Target(url, "c101", **target), entries))


def grades(url: str, student="ada") -> dict[str, tuple]:
    """Automatic score, manual score, extra credit, whether a person has to look, by cell."""
    with opened(url) as book:
        found = [
            one for part in book.find_submission("ps1", student).notebooks for one in part.grades
        ]
        return {
            one.name: (one.auto_score, one.manual_score, one.extra_credit, one.needs_manual_grade)
            for one in found
        }


def everything(url: str) -> dict[str, list[tuple]]:
    """Every row of every table, in an order that does not depend on the database."""
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(engine).get_table_names()
        found = {
            name: sorted(map(repr, connection.execute(sqlalchemy.text(f"SELECT * FROM {name}"))))
            for name in tables
        }
    engine.dispose()
    return found
