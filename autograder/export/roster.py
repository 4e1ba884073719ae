"""Whose line is whose: the students of the marks and those in a platform's own list.

A wrong line would give one student another's grade, so nothing is guessed: what two lines or two
students could claim goes to neither, and is told.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.export.marks import Marks, Person
from autograder.export.names import squashed, words_of

_SHORTEST = 3  # letters of a word that tells a person
_BLIND = "participant"  # how Moodle calls everyone while names are hidden


@dataclass(frozen=True)
class Entry:
    """One line of a list. ``row`` is its place; ``keys`` are logins, addresses, ID numbers."""

    row: int
    number: str  # the platform's own for this student
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # the same name as it may be written: ``Last, First``

    @property
    def shown(self) -> str:
        """What to call the line in a note."""
        name = next(filter(None, (*self.names, *self.keys)), "")
        return f"{name} ({self.number})" if name and self.number else name or self.number


@dataclass(frozen=True)
class Matched:
    """``rows``: the student of each line, by its place."""

    rows: Mapping[int, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Wanted:
    person: Person
    numbers: frozenset[str]

    @property
    def owner(self) -> str:
        """The id without the number that tells namesakes apart."""
        stem, _, number = self.person.id.rpartition("_")
        return stem if number in self.numbers and stem else self.person.id

    @property
    def names(self) -> set[str]:
        """The name as letters only."""
        person = self.person
        whole = {
            f"{person.first_name} {person.last_name}",
            f"{person.last_name}{person.first_name}",
        }
        return {squashed(name) for name in (self.owner, *whole)} - {""}


def match(marks: Marks, platform: str, entries: Sequence[Entry]) -> Matched:
    """The line of each student: by number, else by login, address or ID, else by name.

    ``platform``: numbers that another one gave are not looked at.
    """
    left = [_wanted(marks, platform, person) for person in marks.people.values()]
    rows: dict[int, str] = {}
    notes: list[str] = []
    for way in (_BY_NUMBER, _BY_KEY, _BY_NAME):
        pairs, unclear = _pairs(left, entries, rows, way)
        rows |= pairs
        notes += unclear.values()
        left = [one for one in left if one.person.id not in {*pairs.values(), *unclear}]
    notes += [f"{one.person.id}: not in the roster" for one in left]
    without = [entry.shown for entry in entries if entry.row not in rows]
    if without:
        notes.append(f"in the roster, without a result: {'; '.join(without)}")
    return Matched(rows, tuple(notes))


def _wanted(marks: Marks, platform: str, person: Person) -> _Wanted:
    own = marks.of(person.id).values()
    return _Wanted(person, frozenset(one.number for one in own if one.platform == platform))


@dataclass(frozen=True)
class _Way:
    """What a student and a line must share."""

    of_student: Callable[[_Wanted], Iterable[str]]
    of_line: Callable[[Entry], Iterable[str]]
    agree: Callable[[_Wanted, Entry], bool] = lambda one, entry: True


def _pairs(
    students: Sequence[_Wanted], entries: Sequence[Entry], taken: Mapping[int, str], way: _Way
) -> tuple[dict[int, str], dict[str, str]]:
    """The students who fit one line that no one else fits or has; for the others a note."""
    claims = defaultdict[int, set[str]](set, {row: {student} for row, student in taken.items()})
    found = _fitting(students, entries, way)
    for student, lines in found.items():
        for entry in lines:
            claims[entry.row].add(student)
    pairs: dict[int, str] = {}
    notes: dict[str, str] = {}
    for student, lines in found.items():
        rivals = {rival for entry in lines for rival in claims[entry.row]} - {student}
        if len(lines) == 1 and not rivals:
            pairs[lines[0].row] = student
        elif lines:
            rest = f", and so does {', '.join(sorted(rivals))}" if rivals else ""
            notes[student] = f"{student}: fits {'; '.join(one.shown for one in lines)}{rest}"
    return pairs, notes


def _fitting(
    students: Sequence[_Wanted], entries: Sequence[Entry], way: _Way
) -> dict[str, list[Entry]]:
    """The lines that fit each student, in their order."""
    lines = defaultdict[str, list[Entry]](list)
    for entry in entries:
        for token in set(way.of_line(entry)) - {""}:
            lines[token].append(entry)
    found: dict[str, list[Entry]] = {}
    for one in students:
        fitting = {entry.row: entry for token in way.of_student(one) for entry in lines[token]}
        found[one.person.id] = [
            fitting[row] for row in sorted(fitting) if way.agree(one, fitting[row])
        ]
    return found


def _keys(one: _Wanted) -> set[str]:
    return {_key(one.person.id), _key(one.owner), _key(one.person.email)}


def _alike(one: _Wanted, entry: Entry) -> bool:
    """Nothing but the number need agree where names are hidden; else a part of the name."""
    letters = squashed(one.owner)
    words = {word for name in entry.names for word in _telling(words_of(name))}
    hidden = letters == _BLIND or not words
    return (
        hidden
        or any(word in letters for word in words)
        or not _keys(one).isdisjoint(map(_key, entry.keys))
    )


def _turned(entry: Entry) -> Iterable[str]:
    """The names with each of their words in front: the family name is one, or the given name."""
    for words in map(words_of, entry.names):
        yield from ("".join(words[at:] + words[:at]) for at in range(len(words)))


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _telling(words: Sequence[str]) -> Iterable[str]:
    """Those that are long enough to tell a person."""
    longest = max(map(len, words), default=0)
    return (word for word in words if len(word) >= min(_SHORTEST, longest))


# Numbers alone would not do: those of another course may belong to someone else.
_BY_NUMBER = _Way(lambda one: one.numbers, lambda entry: [entry.number], _alike)
_BY_KEY = _Way(_keys, lambda entry: map(_key, entry.keys))
_BY_NAME = _Way(lambda one: one.names, _turned)
