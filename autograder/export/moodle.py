"""What Moodle's gradebook imports: one column that tells the student, one column an assignment.

Source: https://github.com/moodle/moodle, ``grade/import/csv/classes/load_data.php``. The person who
imports says which column tells the student (ID number, e-mail address or username) and which column
is which grade; one line that fits no user stops the whole import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.errors import UsageError
from autograder.export.headings import columns
from autograder.export.marks import Marks
from autograder.export.roster import Entry, match
from autograder.export.table import Style, Table, points
from autograder.model import Language, Text

_USERNAME = Text("Nom d'utilisateur", "Username")
_EMAIL = Text("Adresse de courriel", "Email address")
_ID_NUMBER = Text("Numéro d'identification", "ID number")
_FIRST = ("Prénom", "First name")
_LAST = ("Nom", "Nom de famille", "Last name", "Surname")
# ``Devoir : Convolution (Brut)``, ``Assignment: Convolution (Real)``
_TITLE = re.compile(r"(?:[^:()]+?\s*:\s*)?(.*\S)\s*\((?:Brut|Real)\)", re.I)

# A download of Moodle's tells names and numbers, and its gradebook looks for neither.
_BY_NAME = "students are known by name only: give Moodle's list of them with --roster"

Lines = list[Sequence[str]]


def minimal(marks: Marks, lang: Language) -> tuple[Lines, Style, list[str]]:
    """The file for a course whose export is not at hand: students by their id and address."""
    style = Style(decimal="," if lang == "fr" else ".")
    lines: Lines = [(_USERNAME.to(lang), _EMAIL.to(lang), *marks.assignments)]
    for person in marks.people.values():
        email = person.email or (person.id if "@" in person.id else "")
        lines.append((person.id, email, *_scores(marks, person.id, style)))
    by_name = any(mark.platform == "moodle" for mark in marks.marks.values())
    return lines, style, [_BY_NAME] if by_name else []


def filled(
    marks: Marks, roster: Table, chosen: Mapping[str, str]
) -> tuple[Lines, Style, list[str]]:
    """The students of Moodle's own list with their scores, under Moodle's own headings.

    Only students with a score, only the columns of these assignments, and where there is no score
    what Moodle had: an empty cell would erase that.

    Raises:
        UsageError: the roster has no column that tells a student.
    """
    identity = _identity(roster)
    headings = {at: _title(text) for at, text in enumerate(roster.header) if at not in identity}
    where, _ = columns(marks.assignments, headings, _by_title(chosen))
    entries = [_entry(roster, at, row) for at, row in enumerate(roster.rows)]
    found = match(marks, "", entries)
    titles = [roster.header[where[one]] if one in where else one for one in marks.assignments]
    lines: Lines = [[*(roster.header[at] for at in identity), *titles]]
    for at, student in sorted(found.rows.items()):
        row, scores = roster.rows[at], _scores(marks, student, roster.style)
        there = [row[where[one]] if one in where else "" for one in marks.assignments]
        if any(scores):
            kept = [new or old for new, old in zip(scores, there, strict=True)]
            lines.append([*(row[column] for column in identity), *kept])
    return lines, replace(roster.style, bom=False), list(found.notes)


def _identity(roster: Table) -> list[int]:
    unique = [roster.column((text.fr, text.en)) for text in (_USERNAME, _EMAIL, _ID_NUMBER)]
    if not any(at is not None for at in unique):
        wanted = "an e-mail address, ID number or username"
        raise UsageError(f"{roster.name}: no file that Moodle exported: no column with {wanted}")
    places = [roster.column(_FIRST), roster.column(_LAST), *unique]
    return sorted(at for at in places if at is not None)


def _title(heading: str) -> str:
    found = _TITLE.fullmatch(heading)
    return found[1] if found else heading


def _by_title(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: _title(heading) for name, heading in chosen.items()}


def _entry(roster: Table, at: int, row: Sequence[str]) -> Entry:
    def cell(names: Sequence[str]) -> str:
        column = roster.column(names)
        return "" if column is None else row[column].strip()

    email = cell((_EMAIL.fr, _EMAIL.en))
    ids = (cell((text.fr, text.en)) for text in (_USERNAME, _ID_NUMBER))
    keys = tuple(filter(None, (email, email.partition("@")[0], *ids)))
    first, last = cell(_FIRST), cell(_LAST)
    names = (f"{first} {last}".strip(), f"{last} {first}".strip())
    return Entry(at, "", keys, tuple(filter(None, names)))


def _scores(marks: Marks, student: str, style: Style) -> list[str]:
    own = marks.of(student)
    return [points(own[one].score, style) if one in own else "" for one in marks.assignments]
