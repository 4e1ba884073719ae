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
    for fits in (_by_number, _by_key, _by_name):
        pairs, unclear = _pairs(left, entries, rows, fits)
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


def _pairs(
    students: Sequence[_Wanted],
    entries: Sequence[Entry],
    taken: Mapping[int, str],
    fits: Callable[[_Wanted, Entry], bool],
) -> tuple[dict[int, str], dict[str, str]]:
    """The students who fit one line that no one else fits or has; for the others a note."""
    claims = defaultdict[int, set[str]](set, {row: {student} for row, student in taken.items()})
    found: dict[str, list[Entry]] = {}
    for one in students:
        found[one.person.id] = [entry for entry in entries if fits(one, entry)]
        for entry in found[one.person.id]:
            claims[entry.row].add(one.person.id)
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


def _by_number(one: _Wanted, entry: Entry) -> bool:
    """The platform's number, and nothing that speaks against it: lists of two courses differ."""
    if entry.number not in one.numbers - {""}:
        return False
    return not any(entry.names) or _alike(one, entry) or _by_key(one, entry)


def _alike(one: _Wanted, entry: Entry) -> bool:
    letters = squashed(one.owner)
    words = {word for name in entry.names for word in _telling(_words(name))}
    return letters == _BLIND or any(word in letters for word in words)


def _by_key(one: _Wanted, entry: Entry) -> bool:
    known = {_key(one.person.id), _key(one.owner), _key(one.person.email)} - {""}
    return not known.isdisjoint(map(_key, entry.keys))


def _by_name(one: _Wanted, entry: Entry) -> bool:
    return any(not one.names.isdisjoint(_turned(_words(name))) for name in entry.names)


def _turned(words: list[str]) -> Iterable[str]:
    """The name with each of its words in front: the family name is one, or the given name."""
    return ("".join(words[at:] + words[:at]) for at in range(len(words)))


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def squashed(text: str) -> str:
    """Letters and digits only, without accents and case."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in bare if letter.isalnum())


def _telling(words: Sequence[str]) -> Iterable[str]:
    """Those that are long enough to tell a person."""
    longest = max(map(len, words), default=0)
    return (word for word in words if len(word) >= min(_SHORTEST, longest))


def _words(text: str) -> list[str]:
    spaced = "".join(one if one.isalnum() else " " for one in unicodedata.normalize("NFC", text))
    return list(filter(None, map(squashed, spaced.split())))


def columns(
    names: Iterable[str], headings: Mapping[int, str], chosen: Mapping[str, str]
) -> tuple[dict[str, int], list[str]]:
    """The column of each assignment, by its heading; and a note for each that has none.

    ``headings`` are the titles that platforms show, by column. ``chosen`` are those that a person
    named. Else the title is the assignment's name, or the only one in which its words stand.
    """
    found: dict[str, int] = {}
    notes: list[str] = []
    for name in names:
        wanted = squashed(chosen.get(name, name))
        same = [at for at, title in headings.items() if squashed(title) == wanted]
        held = [at for at, title in headings.items() if _within(_words(name), _words(title))]
        fitting = same or ([] if name in chosen else held)
        if len(fitting) == 1:
            found[name] = fitting[0]
        else:
            several = ", ".join(headings[at] for at in fitting)
            why = f"fits several columns ({several})" if fitting else "no column of the roster"
            notes.append(f"{name}: {why}: name it with --column {name}=HEADING")
    doubled = {at for at in found.values() if list(found.values()).count(at) > 1}
    notes += [f"{name}: shares its column" for name, at in found.items() if at in doubled]
    return {name: at for name, at in found.items() if at not in doubled}, notes


def _within(part: list[str], whole: list[str]) -> bool:
    starts = range(len(whole) - len(part) + 1)
    return any(whole[at : at + len(part)] == part for at in starts)
