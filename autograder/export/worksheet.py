"""Moodle's grading worksheet: what an assignment offers for download comes back with the grades.

What is here follows Moodle's own code: https://github.com/moodle/moodle,
mod/assign/gradingtable.php (the columns) and mod/assign/feedback/offline (the import). Moodle finds
a line by its identifier and the columns by their headings, in the language of the person who
imports. It passes over an empty grade, one above the maximum and a locked one without a word, and
replaces comments by what stands in their column: so that column goes back only when it is asked
for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.errors import UsageError
from autograder.export.marks import Mark, Marks
from autograder.export.roster import Entry, match
from autograder.export.table import Style, Table, guarded, points
from autograder.model import Language, Text

PLATFORM = "moodle"
_IDENTIFIER = Text("Identifiant", "Identifier")
_NAME = Text("Nom complet", "Full name")
_EMAIL = Text("Adresse de courriel", "Email address")
_ID_NUMBER = Text("Numéro d'identification", "ID number")
_GRADE = Text("Note", "Grade")
_MAXIMUM = Text("Note maximale", "Maximum grade")
_SCALE = Text("Barème", "Scale")
_CHANGEABLE = Text("La note peut être modifiée", "Grade can be changed")
_MODIFIED = Text("Dernière modification (note)", "Last modified (grade)")
_COMMENTS = Text("Feedback par commentaires", "Feedback comments")
_PARTICIPANT = Text("Participant", "Participant ")  # followed by the number; a blank in English
_NO = ("no", "non")
_OURS = Text("Tests automatiques : ", "Automatic tests: ")
_DIGITS = re.compile(r"\d+$")

Lines = list[Sequence[str]]


def is_worksheet(roster: Table) -> bool:
    """Whether Moodle offers such a file with one assignment."""
    return roster.column(_both(_IDENTIFIER)) is not None


def minimal(marks: Marks, lang: Language) -> tuple[Lines, Style, list[str]]:
    """The worksheet of one assignment whose files were downloaded from Moodle."""
    (name, most), style = next(iter(marks.assignments.items())), _style(lang)
    headings = (_IDENTIFIER, _NAME, _GRADE, _MAXIMUM, _MODIFIED)
    lines: Lines = [tuple(heading.to(lang) for heading in headings)]
    for student in marks.people:
        one = marks.marks[student, name]
        identifier = f"{_PARTICIPANT.to(lang)}{one.number}"
        lines.append((identifier, student, points(one.score, style), points(most, style), "-"))
    return lines, style, [_too_much(student, m, most) for student, m in _above(marks, name, most)]


def filled(
    marks: Marks, roster: Table, *, feedback: bool = False
) -> tuple[Lines, Style, list[str]]:
    """The lines of Moodle's own file with the grades in them, and what needs a person.

    ``feedback``: with a short text for each student, where no person has written one.

    Raises:
        UsageError: the roster lacks a column that Moodle needs.
    """
    places = _places(roster, feedback=feedback)
    (name,) = marks.assignments
    found = match(marks, PLATFORM, [_entry(roster, at, row) for at, row in enumerate(roster.rows)])
    lang: Language = "fr" if roster.header[places.identifier] == _IDENTIFIER.fr else "en"
    filler = _Filler(places, roster.style, lang)
    kept = [at for at in range(len(roster.header)) if feedback or at != places.comments]
    lines: Lines = [[roster.header[at] for at in kept]]
    for at, row in enumerate(roster.rows):
        student = found.rows.get(at)
        one = marks.marks[student, name] if student else None
        cells = filler.filled(student or "", one, row) if one else list(row)
        lines.append([cells[column] for column in kept])
    return lines, roster.style, [*filler.notes, *found.notes]


@dataclass(frozen=True)
class _Places:
    """Where the columns stand that matter; None: not there."""

    identifier: int
    grade: int
    maximum: int | None
    changeable: int | None
    comments: int | None


def _places(roster: Table, *, feedback: bool) -> _Places:
    needed = [_IDENTIFIER, _GRADE, _MODIFIED, *([_COMMENTS] if feedback else [])]
    lacking = [text for text in needed if roster.column(_both(text)) is None]
    if lacking:
        names = ", ".join(f"“{text.en}” or “{text.fr}”" for text in lacking)
        raise UsageError(f"{roster.name}: no grading worksheet of Moodle: it lacks {names}")
    if roster.column(_both(_SCALE)) is not None:
        raise UsageError(f"{roster.name}: marked in words on a scale, not in points")
    identifier, grade = (roster.column(_both(text)) for text in (_IDENTIFIER, _GRADE))
    assert identifier is not None
    assert grade is not None
    others = (roster.column(_both(text)) for text in (_MAXIMUM, _CHANGEABLE, _COMMENTS))
    return _Places(identifier, grade, *others)


def _both(text: Text) -> tuple[str, str]:
    return text.fr, text.en


def _entry(roster: Table, at: int, row: Sequence[str]) -> Entry:
    def cell(text: Text) -> str:
        column = roster.column(_both(text))
        return "" if column is None else row[column].strip()

    number = _DIGITS.search(cell(_IDENTIFIER))
    email = cell(_EMAIL)
    keys = (email, email.partition("@")[0], cell(_ID_NUMBER))
    names = filter(None, (cell(_NAME),))
    shown = tuple(names)
    return Entry(at, number[0] if number else "", tuple(filter(None, keys)), shown)


class _Filler:
    """Fills one line after the other and keeps what it cannot do for a person."""

    def __init__(self, places: _Places, style: Style, lang: Language) -> None:
        self._places, self._style, self._lang = places, style, lang
        self.notes: list[str] = []

    def filled(self, student: str, mark: Mark, row: Sequence[str]) -> list[str]:
        """The cells of a line with the student's grade in it."""
        cells, grade = list(row), points(mark.score, self._style)
        if not grade:
            return cells
        if self._is_locked(row):
            if _same(row[self._places.grade], mark.score):
                return cells
            self.notes.append(f"{student}: Moodle has locked the grade; {grade} is not written")
            return cells
        cells[self._places.grade] = grade
        most = self._maximum(row)
        if most is not None and mark.score is not None and mark.score > most:
            self.notes.append(_too_much(student, mark, most))
        if self._places.comments is not None:
            cells[self._places.comments] = self._comment(student, mark, row)
        return cells

    def _is_locked(self, row: Sequence[str]) -> bool:
        at = self._places.changeable
        return at is not None and row[at].strip().casefold() in _NO

    def _maximum(self, row: Sequence[str]) -> float | None:
        return None if self._places.maximum is None else _number(row[self._places.maximum])

    def _comment(self, student: str, mark: Mark, row: Sequence[str]) -> str:
        """A text of ours, in the place of an earlier one only: a teacher's own stays."""
        assert self._places.comments is not None
        there = row[self._places.comments]
        if there.strip() and not there.startswith(_both(_OURS)):
            if guarded(there) != there:
                self.notes.append(f"{student}: the comment starts like a formula; look at it")
            return there
        return _OURS.to(self._lang) + " ; ".join(
            f"{task} {points(score, self._style)}/{points(most, self._style)}"
            for task, score, most in mark.tasks
            if score is not None
        )


def _above(marks: Marks, name: str, most: float) -> list[tuple[str, Mark]]:
    pairs = ((student, marks.marks[student, name]) for student in marks.people)
    return [(one, m) for one, m in pairs if m.score is not None and m.score > most]


def _too_much(student: str, mark: Mark, most: float) -> str:
    return (
        f"{student}: {points(mark.score)} is above Moodle's maximum of {points(most)}:"
        " Moodle passes over it"
    )


def _style(lang: Language) -> Style:
    return Style(decimal="," if lang == "fr" else ".")


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _same(text: str, score: float | None) -> bool:
    return score is not None and _number(text) == score
