"""What lies at the path an instructor named, each file with its place. Only reads."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from autograder import notebook
from autograder.errors import UsageError
from autograder.intake import archive, bare
from autograder.intake.choice import Candidate
from autograder.intake.files import BLOCKED, Entry, Kind, Parts, Root
from autograder.intake.layout import MOODLE, Layout, Place, Unknown, split_platform
from autograder.model import Text
from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable

MAX_CANDIDATES = 50  # notebooks and scripts of one student for one assignment
MAX_ZIP_BYTES = 50 * archive.MIB
MAX_COURSE_ZIP_BYTES = 4_096 * archive.MIB
MAX_KEPT_BYTES = 20 * archive.MIB  # of code in all of them together; outputs do not count
MAX_READ_BYTES = 100 * archive.MIB  # in all of them together, unpacked: reading takes time

Wanted = Callable[[Place], bool]
Keep = Callable[[bytes, str], bytes]  # what of a file, by its name, is kept; may raise Unreadable


@dataclass
class Gathered:
    """Candidates in the order of their paths, and lines for the instructor."""

    candidates: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    students: set[str] = field(default_factory=set)  # all that were seen, wanted or not


def gather(
    root: Path, slugs: Collection[str], wanted: Wanted, keep: Keep = notebook.stripped
) -> Gathered:
    """Read every candidate at ``root`` whose place is ``wanted``.

    Raises ``UsageError`` if there is nothing at ``root`` or it cannot be read.
    """
    folder, file = _folder_and_file(root)
    with Root(folder) as disk, ExitStack() as files:
        if file is None:
            layout = _layout(folder, disk.entries(), slugs)
            return _gather(disk, disk.entries(), layout, wanted, keep)
        course_zip = None
        if not Layout(slugs).slug(folder.name):  # the folder of one student's assignment
            course_zip = _course_zip(disk, file, Layout(slugs), files)
        if course_zip is not None:
            return _gather(course_zip, course_zip.entries(), Layout(slugs), wanted, keep)
        return _gather(disk, [file], _layout(folder, [file], slugs), wanted, keep)


def _gather(
    source: Source, entries: list[Entry], layout: Layout, wanted: Wanted, keep: Keep
) -> Gathered:
    gathered = Gathered()
    pairs = list(_placed(entries, layout, gathered, wanted))
    gathered.notes += bare.notes(entries, layout, wanted)
    crowd = Counter(_owner(place) for _, place in pairs)
    kept, read = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for entry, place in pairs:
        gathered.students.add(place.student)
        if not wanted(place):
            continue
        owner = _owner(place)
        much = kept[owner] > MAX_KEPT_BYTES or read[owner] > MAX_READ_BYTES
        if much or crowd[owner] > MAX_CANDIDATES:
            found = [_candidate(entry.parts, place, refusals.TOO_MANY_FILES, keep)]
        else:
            found, size = _read(source, entry, place, layout, keep)
            read[owner] += size
        kept[owner] += sum(len(one.content) for one in found if isinstance(one.content, bytes))
        gathered.candidates += found
    return gathered


def _owner(place: Place) -> tuple[str, str, str]:
    return place.student, place.number, place.assignment


# ---------------------------------------------------------------- where we stand


def _folder_and_file(root: Path) -> tuple[Path, Entry | None]:
    """The folder to open, and its only entry of interest if ``root`` is a file."""
    path = Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would follow a student's link
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or path.is_dir():  # the instructor's own link to a folder is fine
            return path, None
    except (OSError, ValueError) as fault:
        raise UsageError(f"{root}: {getattr(fault, 'strerror', fault)}") from None
    if not bare.is_candidate(path.name):
        raise UsageError(f"{root}: no folder, notebook, script (.py) or zip archive")
    if stat.S_ISREG(mode):
        return path.parent, Entry((path.name,), Kind.FILE)
    return path.parent, Entry((path.name,), Kind.LINK if stat.S_ISLNK(mode) else Kind.OTHER)


def _course_zip(disk: Root, file: Entry, layout: Layout, files: ExitStack) -> CourseZip | None:
    """The archive as a folder of students, or None if it is no archive or one student's."""
    name = file.parts[-1]
    if file.kind is not Kind.FILE or not archive.is_zip(name) or split_platform(name):
        return None
    try:
        data = files.enter_context(disk.open(file.parts, MAX_COURSE_ZIP_BYTES))
        opened = CourseZip(data, layout)
    except Unreadable:
        return None  # the sentence why comes with the attempt to read it as one student's
    return None if _base(Path(name), opened.entries(), layout) else opened


class CourseZip:
    """An LMS download, read like the folder that it would unpack to, one file at a time."""

    def __init__(self, file: BinaryIO, layout: Layout) -> None:
        """Of ``file``, to be left open. Raises ``Unreadable`` for an archive that is refused."""
        self._archive = archive.Archive(file, archive.COURSE)
        found = self._archive.members
        below = len({parts[0] for parts in found}) == 1 and all(
            (len(parts) > 3 and layout.slug(parts[2])) or (len(parts) > 2 and MOODLE in parts[1])
            for parts in found
        )  # one folder around those of the students
        self._files = {parts[below:]: parts for parts in found}
        self._others = set[Entry]()  # what is in it besides, for notes on what is missing
        for parts, is_folder in self._archive.listed():
            inner = parts[below:]
            folders = len(inner) if is_folder else len(inner) - 1
            self._others |= {Entry(inner[:end], Kind.FOLDER) for end in range(1, folders + 1)}
            if inner and not is_folder and inner not in self._files:
                self._others.add(Entry(inner, Kind.FILE))

    def entries(self) -> list[Entry]:
        """What is in it, sorted."""
        files = {Entry(parts, Kind.FILE) for parts in self._files}
        return sorted(files | self._others, key=lambda entry: entry.parts)

    def read(self, parts: Parts, limit: int) -> bytes:
        """The content of one. Raises ``Unreadable`` for more than ``limit`` bytes."""
        content = self._archive.read(self._files[parts])
        if isinstance(content, Text):
            raise Unreadable(content)
        if len(content) > limit:
            raise Unreadable(refusals.TOO_LARGE)
        return content


Source = Root | CourseZip


def _layout(folder: Path, entries: list[Entry], slugs: Collection[str]) -> Layout:
    return Layout(slugs, _base(folder, entries, Layout(slugs)))


def _base(folder: Path, entries: Iterable[Entry], layout: Layout) -> Parts:
    """The folders above the root that belong to a student's path.

    Told by files named as no learning platform names them: such a file lies in the folder of its
    assignment, which lies in the folder of its student.
    """
    own = [entry.parts for entry in entries if _is_own_file(entry)]
    names = [part for part in folder.parts if part != folder.anchor]
    here, above = (names or [""])[-1], names[-2:-1]
    if layout.slug(here):
        return (*above, here) if any(len(parts) == 1 for parts in own) else (here,)
    if any(len(parts) == 2 and layout.slug(parts[0]) for parts in own):
        return (here,)
    nameless = own and all(
        len(parts) == 1 and isinstance(layout.place((), parts[0]), Unknown) for parts in own
    )
    return (here,) if nameless else ()


def _is_own_file(entry: Entry) -> bool:
    name = entry.parts[-1]
    return (
        entry.kind is not Kind.FOLDER and bare.is_candidate(name) and split_platform(name) is None
    )


# ---------------------------------------------------------------- whose is it


def _placed(
    entries: Iterable[Entry], layout: Layout, gathered: Gathered, wanted: Wanted
) -> Iterator[tuple[Entry, Place]]:
    """Every candidate with its place. What has none leaves a note, once a folder."""
    for entry in entries:
        place = bare.place(entry, layout)
        if isinstance(place, Place):
            yield entry, place
        elif isinstance(place, Unknown) and place.note not in gathered.notes:
            gathered.notes += [place.note] if wanted(Place("", place.assignment, "")) else []


# ---------------------------------------------------------------- what is in it


def _read(
    source: Source, entry: Entry, place: Place, layout: Layout, keep: Keep
) -> tuple[list[Candidate], int]:
    """The candidates in one file, several if it is an archive, and how many bytes were read."""
    zipped = archive.is_zip(entry.parts[-1])
    try:
        if entry.kind is not Kind.FILE:
            raise Unreadable(BLOCKED[entry.kind])
        data = source.read(entry.parts, MAX_ZIP_BYTES if zipped else notebook.MAX_BYTES)
        members = archive.members(data) if zipped else []
        if zipped and not members:
            raise Unreadable(refusals.ZIP_NO_NOTEBOOK)
    except Unreadable as fault:
        return [_candidate(entry.parts, place, fault.reason, keep)], 0
    if not zipped:
        return [_candidate(entry.parts, place, data, keep)], len(data)
    if len(members) > MAX_CANDIDATES:
        return [_candidate(entry.parts, place, refusals.TOO_MANY_FILES, keep)], len(data)
    size = sum(len(content) for _, content in members if isinstance(content, bytes))
    return [
        _candidate(
            entry.parts[:-1] + parts, layout.inside(place, parts[:-1], parts[-1]), content, keep
        )
        for parts, content in members
    ], size


def _candidate(parts: Parts, place: Place, content: bytes | Text, keep: Keep) -> Candidate:
    if isinstance(content, bytes):  # the outputs go at once: those of a class would fill the memory
        try:
            content = keep(content, place.name)
        except Unreadable as fault:
            content = fault.reason
    return Candidate(place, content, len(parts) - 1, "/".join(parts))
