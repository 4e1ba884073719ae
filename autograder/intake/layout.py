"""Whose file is it, and for which assignment? Answered from folder and file names alone.

Understood: nbgrader's ``<student>/<assignment>/``, the same the other way round, one student's
folder, one assignment's folder, and what learning platforms put around the names of downloads::

    Camille Dupont_12345_assignsubmission_file_/convolution.ipynb      Moodle, with folders
    Camille Dupont_12345_assignsubmission_file_convolution.ipynb       Moodle, without
    dupontcamille_LATE_12345_67890_convolution-1.ipynb                 Canvas
    LATE_anon_aB3dE_67890_convolution.ipynb                            Canvas, names hidden
    dupontcamille_12345_text.html                                      Canvas, typed into the page

The platform's number for a student is kept: it finds the student's line when scores go back.
Source: https://github.com/instructure/canvas-lms, ``lib/content_zipper.rb``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from autograder import notebook
from autograder.intake.archive import SUFFIX, is_zip
from autograder.intake.files import Parts
from autograder.notebook.text import shown

MOODLE = "_assignsubmission_"
_BLIND = "participant"  # Moodle's name for everyone while names are hidden
_ANONYMOUS = re.compile(r"(?:LATE_)?(anon_[A-Za-z0-9]{5})_\d{3,}_(.+)", re.S)
_TYPED = re.compile(r"(.+?)(?:_LATE)?_(\d{3,})_((?:text|link)\.html)", re.S)
_RESUBMITTED = re.compile(r"-\d{1,3}$")  # Canvas numbers what a student hands in again
_SEPARATORS = " _-.,()[]"
# What is left of a file's name beside the assignment, and still names nobody.
_NOT_A_PERSON = frozenset(
    {"assignment", "copie", "copy", "devoir", "done", "exercice", "exercise", "final", "finale"}
    | {"fini", "homework", "hw", "lab", "new", "notebook", "old", "rendu", "solution", "td", "td1"}
    | {"tp", "tp1", "version", "vf"}
)


@dataclass(frozen=True)
class Place:
    """Where a file belongs. ``assignment`` is "" when only the file itself can tell."""

    student: str
    assignment: str
    name: str  # the file's name, without what a platform put before it
    number: str = ""  # the platform's number for the student, to tell namesakes apart
    spelling: str = ""  # the student's name as it is written, before normalisation
    handed_in: str = ""  # the name with the number that Canvas adds, where there is one
    platform: str = ""  # whose number it is

    @property
    def given(self) -> str:
        """The file's name as its student knows it, to be shown."""
        return self.handed_in or self.name


class PlatformName(NamedTuple):
    """What a platform's name for a file says."""

    owner: str
    number: str
    name: str  # without what the platform put around it
    handed_in: str  # with the number of the version
    platform: str  # ``moodle`` or ``canvas``


@dataclass(frozen=True)
class Unknown:
    """A place that cannot be told, with the line for the instructor."""

    note: str
    assignment: str = ""


def fold(name: str) -> str:
    """The form in which two names that look or sort alike are equal."""
    return unicodedata.normalize("NFC", name).casefold()


class Layout:
    """The assignments of a course, and where the root of the submissions stands among them."""

    def __init__(self, slugs: Iterable[str], base: Parts = ()) -> None:
        self._slugs = {fold(slug): slug for slug in slugs}
        self.base = base  # folders above the root that matter: student, student and assignment…

    def slug(self, folder: str) -> str:
        """The assignment that a folder is named after, or ""."""
        return self._slugs.get(fold(folder), "")

    def slug_in(self, text: str) -> str:
        """The one assignment whose name occurs in ``text``, or ""."""
        words = f"_{_words(text)}_"
        slugs = list(self._slugs.values())
        found = [slug for slug in slugs if f"_{_words(slug)}_" in words]
        if not found:  # OutputSize, convolution2
            found = [slug for slug in slugs if _joined(slug) in _joined(text)]
        longest = [a for a in found if not any(a != b and _words(a) in _words(b) for b in found)]
        return longest[0] if len(longest) == 1 else ""

    def place(self, folders: Parts, name: str) -> Place | Unknown:
        """Where the file ``name`` in ``folders`` below the root belongs."""
        folders = self.base + folders
        if not folders:
            return self._loose(name, assignment="")
        # Only here does the platform write folder names; deeper ones are the student's choice.
        owner = 1 if self.slug(folders[0]) else 0
        if len(folders) > owner and MOODLE in folders[owner]:
            return self._in_moodle(folders, owner, name)
        if assignment := self.slug(folders[0]):
            if len(folders) == 1:
                return self._loose(name, assignment)
            return _owned(folders[1], assignment, name)
        if len(folders) == 1:
            return _owned(folders[0], self.slug_in(_stem(name)), name)
        if assignment := self.slug(folders[1]):
            return _owned(folders[0], assignment, name)
        return Unknown(f"{shown('/'.join(folders[:2]))}: the course has no assignment of this name")

    def inside(self, outer: Place, folders: Parts, name: str) -> Place:
        """Where a member of an archive that lies at ``outer`` belongs."""
        named = next(filter(None, map(self.slug, folders)), "") or self.slug_in(_stem(name))
        return replace(outer, assignment=outer.assignment or named, name=name, handed_in="")

    def _in_moodle(self, folders: Parts, index: int, name: str) -> Place:
        around = [*folders[index + 1 :], *folders[:index]]
        assignment = next(filter(None, map(self.slug, around)), "")
        platform = split_platform(folders[index])
        owner, number = platform[:2] if platform else (folders[index], "")
        assignment = assignment or self.slug_in(_stem(name))
        return _owned(owner, assignment, name, number, "moodle")

    def _loose(self, name: str, assignment: str) -> Place | Unknown:
        """A file that lies beside those of other students."""
        platform = split_platform(name)
        if platform is not None:
            found = assignment or self.slug_in(_stem(platform.name))
            number = platform.number
            place = _owned(platform.owner, found, platform.name, number, platform.platform)
            return replace(place, handed_in=platform.handed_in)
        found = assignment or self.slug_in(_stem(name))
        owner = _person(_stem(name), found)
        if not owner:
            return Unknown(f"{shown(name)}: nothing tells whose file this is", found)
        return _owned(owner, found, name)


def split_platform(name: str) -> PlatformName | None:
    """Owner, number and original file name, from a name given by Moodle or Canvas.

    The platform writes first and the student's own file name follows, so the first mark counts.
    """
    canvas = _split_canvas(name)
    before, mark, after = name.partition(MOODLE)
    if not mark or (canvas is not None and len(canvas[0]) < len(before.rpartition("_")[0])):
        return canvas
    owner, _, number = before.rpartition("_")
    _, _, bare = after.partition("_")  # "file_convolution.ipynb"
    if not owner or not number.isdigit():
        return PlatformName(before, "", bare, bare, "moodle")
    if fold(owner) == _BLIND:
        owner = before  # the number is all that tells these students apart
    return PlatformName(owner, number, bare, bare, "moodle")


def _split_canvas(name: str) -> PlatformName | None:
    if found := _ANONYMOUS.fullmatch(name):
        return _of_canvas(found[1], "", found[2])
    if found := _TYPED.fullmatch(name):
        return _of_canvas(found[1], found[2], found[3])
    words = name.split("_")
    for index in range(1, len(words) - 2):
        if all(word.isdigit() and len(word) >= 3 for word in words[index : index + 2]):
            owner = "_".join(words[: index - 1] if words[index - 1] == "LATE" else words[:index])
            bare = "_".join(words[index + 2 :])
            return _of_canvas(owner, words[index], bare) if owner and bare else None
    return None


def _of_canvas(owner: str, number: str, bare: str) -> PlatformName:
    return PlatformName(owner, number, _first_version(bare), bare, "canvas")


def _stem(name: str) -> str:
    return name[: -len(SUFFIX)] if is_zip(name) else notebook.stem(name)


def _first_version(name: str) -> str:
    bare = _stem(name)
    return _RESUBMITTED.sub("", bare) + name[len(bare) :]


def _person(bare: str, assignment: str) -> str:
    """What a file's name holds beside the assignment's, if that can be a person."""
    pattern = r"[\W_]*".join(map(re.escape, _words(assignment).split("_"))) if assignment else r"\Z"
    rest = re.sub(pattern, "", bare, count=1, flags=re.IGNORECASE).strip(_SEPARATORS)
    words = [word for word in _words(rest).split("_") if word not in _NOT_A_PERSON]
    return rest if any(sum(map(str.isalpha, word)) >= 2 for word in words) else ""


def _words(text: str) -> str:
    """``text`` in small letters, with one ``_`` for all that is neither letter nor digit."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "_", folded).strip("_")


def _joined(text: str) -> str:
    return _words(text).replace("_", "")


def _owned(owner: str, assignment: str, name: str, number: str = "", platform: str = "") -> Place:
    student = unicodedata.normalize("NFC", owner).strip()
    return Place(student, assignment, name, number, owner, platform=platform)
