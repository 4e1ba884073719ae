"""Opening a gradebook, which must be there already, and what to say when it cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, inspect, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.errors import GradebookError
from autograder.gradebook.entry import Target

_UPGRADE = "it was made by another version of nbgrader: run `nbgrader db upgrade` in the course"
_DRIVER = (
    "install the program that reaches it; for PostgreSQL: pip install 'cnn-autograder[postgres]'"
)
# What the database says, in small letters, and what to do about it.
_CURES = {
    "locked": "another program is writing: try again when it has finished",
    "readonly": "make the file and its folder writable",
    "read-only": "make it writable",
    "unable to open": "make the file and its folder readable and writable",
    "full": "make room on the disk",
    "not a database": "it is another kind of file: give its own name to CourseDirectory.db_url",
    "no such column": _UPGRADE,
    "no such table": _UPGRADE,
    "connection": "start the server, or correct CourseDirectory.db_url",
    "authentication": "correct user and password in CourseDirectory.db_url",
}


class HeldSession(Session):
    """A session in which nbgrader's methods do not commit by themselves.

    They do so after each step; here all steps of one submission are one transaction.
    """

    def commit(self) -> None:
        """Nothing; what was added stays pending."""

    def commit_all(self) -> None:
        """Commit everything that was held back."""
        super().commit()


def opened(target: Target) -> Any:
    """nbgrader's ``Gradebook`` of an existing database, its sessions all ``HeldSession``.

    Raises:
        GradebookError: there is none, it has another schema, or it cannot be reached.
    """
    from nbgrader.api import Gradebook

    try:
        _check(target)
        gradebook = Gradebook(target.db_url, target.course_id)
    except (SQLAlchemyError, ImportError) as error:
        raise fault(target.db_url, error) from error
    if gradebook.engine.dialect.name == "sqlite":
        _write_at_once(gradebook.engine, target.patience)
    maker: Any = sessionmaker(bind=gradebook.engine, class_=HeldSession, expire_on_commit=False)
    gradebook.db = scoped_session(maker)
    return gradebook


def _check(target: Target) -> None:
    """Look first: nbgrader would make what is missing, and spoil an older database by it."""
    from nbgrader.api import Base

    url = make_url(target.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise _absent(target.db_url)
    engine = create_engine(url)
    try:
        found = {
            name: columns for (_, name), columns in inspect(engine).get_multi_columns().items()
        }
    finally:
        engine.dispose()
    if not set(found) & set(Base.metadata.tables):
        raise _absent(target.db_url)
    for name, table in Base.metadata.tables.items():
        there = {column["name"] for column in found.get(name, ())}
        if not there.issuperset(table.columns.keys()):
            raise GradebookError(f"the gradebook {shown(target.db_url)} lacks columns: {_UPGRADE}")


def _absent(db_url: str) -> GradebookError:
    return GradebookError(
        f"there is no gradebook at {shown(db_url)}: release an assignment first, or correct "
        "CourseDirectory.db_url"
    )


def _write_at_once(engine: Engine, patience: float) -> None:
    """Each transaction starts as a writer's and waits for its turn.

    Python's module would start as a reader, and could not go on if another wrote in between.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # of connections that were opened without


def fault(db_url: str, error: Exception) -> GradebookError:
    """One sentence for what the database said."""
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    cure = next((cure for word, cure in _CURES.items() if word in said.lower()), "")
    if isinstance(error, ImportError):
        cure = _DRIVER
    reason = f"{said}: {cure}" if cure else said
    return GradebookError(f"the gradebook {shown(db_url)} cannot be written: {reason}")


def shown(db_url: str) -> str:
    """The URL without its password; of SQLite, the file."""
    scheme, _, rest = db_url.partition("://")
    if scheme.partition("+")[0] == "sqlite":
        return rest.removeprefix("/")
    return f"{scheme}://{rest.rpartition('@')[2]}"
