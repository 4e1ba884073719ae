"""When something was handed in: ``<student>/<assignment>/timestamp.txt``, a student's file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from autograder.intake.files import Root
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import shown

_NAME = "timestamp.txt"
_LARGEST = 1_000  # bytes


def handed_in(submissions: Path, student: str, assignment: str) -> tuple[datetime | None, str]:
    """The time in UTC without a time zone, as nbgrader reads it, and what is wrong with the file.

    No file, or an empty one: no time, and nothing is wrong.
    """
    from nbgrader.utils import parse_utc

    if not os.path.lexists(submissions / student / assignment / _NAME):
        return None, ""
    try:
        with Root(submissions) as root:
            text = root.read((student, assignment, _NAME), _LARGEST).decode().strip()
        return (parse_utc(text) if text else None), ""
    except (Unreadable, ValueError, OverflowError, TypeError) as error:
        return None, f"{_NAME} holds no time, none is taken: {shown(str(error))}"
