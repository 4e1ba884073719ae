"""Canvas' gradebook file: its own columns come back, with the scores filled in.

What is here follows Canvas' own exporter and importer (https://github.com/instructure/canvas-lms,
``lib/gradebook_exporter.rb`` and ``gradebook_importer.rb``). Its headings are English in every
language. It finds a student by ID, then SIS User ID, SIS Login ID and name. An empty cell erases
what Canvas holds, and another number of points changes the assignment: so only the columns that are
filled go back, and a cell without a new score stays as it came. No byte order mark: Canvas would
take it for a part of the first heading.
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

PLATFORM = "canvas"
_POINTS = "    Points Possible"  # Canvas' own spelling, the blanks included
_IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_TITLE = re.compile(r"(.*\S)\s*\((\d+)\)")
_MUTED = re.compile(r"\s*(muted|manual posting.*)?\s*", re.I)
_READ_ONLY = re.compile(r"\(?read\s+only\)?", re.I)
_KEPT = {"EX": "is excused in Canvas", "N/A": "is not assigned this in Canvas"}
_TEST_STUDENTS = ("Student, Test", "Test Student")
_NO_ASSIGNMENT = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")

Lines = list[Sequence[str]]


def minimal(marks: Marks) -> tuple[Lines, Style, list[str]]:
    """The file for a course whose export is not at hand: Canvas asks about what it cannot match."""
    most = [points(value) for value in marks.assignments.values()]
    lines: Lines = [(*_IDENTITY, *marks.assignments), (_POINTS, "", "", "", "", *most)]
    for person in marks.people.values():
        own = marks.of(person.id)
        numbers = {mark.number for mark in own.values() if mark.platform == PLATFORM} - {""}
        number = numbers.pop() if len(numbers) == 1 else ""
        name = f"{person.last_name}, {person.first_name}".strip(", ") or person.id
        scores = [points(own[one].score) if one in own else "" for one in marks.assignments]
        lines.append((name, number, "", person.id, "", *scores))
    return lines, Style(), []


def filled(
    marks: Marks, roster: Table, chosen: Mapping[str, str]
) -> tuple[Lines, Style, list[str]]:
    """The lines of Canvas' own file with the scores in them, and what needs a person.

    Raises:
        UsageError: the roster is no gradebook that Canvas exported.
    """
    identity = _identity(roster)
    totals = [row for row in roster.rows if "Points Possible" in row[0]]
    most = totals[0] if totals else ("",) * len(roster.header)
    found, notes = columns(marks.assignments, _headings(roster, identity), _by_title(chosen))
    where, closed = _written(found, most)
    notes += closed + _other_points(marks, where, most)
    students = {at: row for at, row in enumerate(roster.rows) if _is_student(row)}
    matched = match(marks, PLATFORM, [_entry(roster, *pair) for pair in students.items()])
    kept = [*range(identity), *sorted(where.values())]
    lines: Lines = [[roster.header[at] for at in kept]]
    lines += [[row[at] for at in kept] for row in totals[:1]]
    for at, row in enumerate(roster.rows):
        if at in students or row[0] in _TEST_STUDENTS:
            student = matched.rows.get(at, "")
            scored = _scored(marks, student, row, where, roster.style)
            notes += _kept(marks, student, row, where)
            lines.append([scored[column] for column in kept])
    return lines, replace(roster.style, bom=False), [*notes, *matched.notes]


def _identity(roster: Table) -> int:
    """How many columns tell who a student is: up to the section."""
    first, section = roster.header[0], roster.column(["Section"])
    if section is None or roster.column(["ID"]) is None or first not in ("Student", "LastName"):
        wanted = "the headings Student, ID and Section"
        raise UsageError(f"{roster.name}: no gradebook exported by Canvas: it lacks {wanted}")
    return section + 1


def _headings(roster: Table, identity: int) -> dict[int, str]:
    """The titles of the assignments, by column."""
    return {
        at: _title(text)
        for at, text in enumerate(roster.header)
        if at >= identity and text and not _NO_ASSIGNMENT.search(text)
    }


def _written(where: Mapping[str, int], most: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The columns without those that Canvas keeps to itself, and a note for each of these."""
    closed = [name for name, at in where.items() if _READ_ONLY.search(most[at])]
    notes = [f"{name}: Canvas does not let this column be written" for name in closed]
    return {name: at for name, at in where.items() if name not in closed}, notes


def _title(heading: str) -> str:
    found = _TITLE.fullmatch(heading)
    return found[1] if found else heading


def _by_title(chosen: Mapping[str, str]) -> dict[str, str]:
    return {name: _title(heading) for name, heading in chosen.items()}


def _other_points(marks: Marks, where: Mapping[str, int], most: Sequence[str]) -> list[str]:
    return [
        f"{name}: worth {points(marks.assignments[name])} points here, {most[at]} in Canvas;"
        " scores are not converted"
        for name, at in where.items()
        if most[at].strip() and _number(most[at]) != marks.assignments[name]
    ]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _is_student(row: Sequence[str]) -> bool:
    if "Points Possible" in row[0] or row[0] in _TEST_STUDENTS:
        return False
    return not all(_MUTED.fullmatch(cell) for cell in row)


def _entry(roster: Table, at: int, row: Sequence[str]) -> Entry:
    def cell(name: str) -> str:
        column = roster.column([name])
        return "" if column is None else row[column].strip()

    logins = (cell("SIS Login ID"), cell("SIS User ID"), cell("Integration ID"))
    last, _, first = row[0].partition(",")
    if roster.header[0] == "LastName":
        last, first = row[0], cell("FirstName")
    names = (f"{last.strip()}, {first.strip()}".strip(", "), f"{first.strip()} {last.strip()}")
    return Entry(at, cell("ID"), tuple(filter(None, logins)), names)


def _scored(
    marks: Marks, student: str, row: Sequence[str], where: Mapping[str, int], style: Style
) -> list[str]:
    cells, own = list(row), marks.of(student)
    for name, at in where.items():
        if name in own and own[name].score is not None and row[at].strip().upper() not in _KEPT:
            cells[at] = points(own[name].score, style)
    return cells


def _kept(marks: Marks, student: str, row: Sequence[str], where: Mapping[str, int]) -> list[str]:
    """A line for each score that is not written because a person decided something else."""
    own = marks.of(student)
    states = {name: _KEPT.get(row[at].strip().upper()) for name, at in where.items()}
    return [
        f"{student}, {name}: {state}; {points(own[name].score)} is not written"
        for name, state in states.items()
        if state and name in own and own[name].score is not None
    ]
