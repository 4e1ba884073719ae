"""Results → the course's nbgrader database, as ``nbgrader autograde`` would have left it.

One writer, one transaction a submission. Only automatic values are written; what a person gave
(manual scores, extra credit, comments, flags, extensions) is never touched. nbgrader and
SQLAlchemy, slow to import, are only loaded when a gradebook is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.gradebook.entry import (
    CellComment,
    CellGrade,
    Entry,
    LatePenalty,
    Refused,
    Target,
    Written,
)

__all__ = [
    "CellComment",
    "CellGrade",
    "Entry",
    "LatePenalty",
    "Refused",
    "Target",
    "Written",
    "write",
]


def write(target: Target, entries: Iterable[Entry]) -> Iterator[Written | Refused]:
    """Write one submission after the other; see ``gradebook.writer.Writer``.

    Yields:
        What the gradebook says after each, or why it was left as it was.

    Raises:
        GradebookError: the database is not there, or cannot be written. What was yielded is in it.
    """
    from autograder.gradebook.writer import Writer

    with Writer(target) as writer:
        for entry in entries:
            yield writer.write(entry)
