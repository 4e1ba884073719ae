"""Students who handed in nothing to grade: lines for the instructor, so that no one is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograder import notebook
from autograder.intake import archive
from autograder.intake.files import Entry, Kind, Parts
from autograder.intake.layout import Layout, Place, Unknown, split_platform
from autograder.notebook.text import shown

_NOTHING = "no notebook, script (.py) or zip archive"


def is_candidate(name: str) -> bool:
    """Whether a file of this name may be a submission."""
    named = notebook.is_notebook(name) or notebook.is_script(name) or archive.is_zip(name)
    return named and not name.startswith(".")


def place(entry: Entry, layout: Layout) -> Place | Unknown | None:
    """The entry's place; None for what is no candidate."""
    *folders, name = entry.parts
    if entry.kind is Kind.FOLDER:
        return None
    if is_candidate(name):
        return layout.place(tuple(folders), name)
    # A link or a closed folder in the place of a student's or an assignment's folder.
    full = layout.base + entry.parts
    if entry.kind is Kind.FILE or not (
        len(full) == 1 or (len(full) == 2 and any(map(layout.slug, full)))
    ):
        return None
    return layout.place(entry.parts, name)


def notes(entries: list[Entry], layout: Layout, wanted: Callable[[Place], bool]) -> Iterator[str]:
    """A line for every folder, and every student of a flat download, with nothing to grade.

    Folders of assignments that are not ``wanted`` leave none.
    """
    places = [(entry, found) for entry in entries if (found := place(entry, layout)) is not None]
    occupied = _above([entry for entry, _ in places], layout)
    filed = _above([entry for entry in entries if entry.kind is not Kind.FOLDER], layout)
    owners = {(one.spelling, one.number) for _, one in places if isinstance(one, Place)}
    told = set[Parts]()
    folders = [layout.base + entry.parts for entry in entries if entry.kind is Kind.FOLDER]
    for folder in sorted(folders, key=lambda parts: (-len(parts), parts)):  # the inner ones first
        if len(folder) > 2 or folder in occupied | told or _has_more(folder[-1], owners):
            continue
        slug = next(filter(None, map(layout.slug, folder)), "")
        if not wanted(Place("", slug, "")):
            continue
        path = "/".join(map(shown, folder))
        if len(folder) == 1 or slug:
            told.add(folder[:1])
            yield f"{path}: {_NOTHING} in this folder"
        elif folder not in filed:
            told.add(folder[:1])
            yield f"{path}: the course has no assignment of this name"
    yield from _bare_files(entries, layout, owners)


def _bare_files(
    entries: list[Entry], layout: Layout, owners: set[tuple[str, str]]
) -> Iterator[str]:
    """A line for every student of a flat download who handed in other kinds of files only."""
    told = set[tuple[str, str]]()
    for entry in entries:
        full, name = layout.base + entry.parts, entry.parts[-1]
        flat = len(full) == 1 or (len(full) == 2 and layout.slug(full[0]))
        platform = split_platform(name) if flat and entry.kind is Kind.FILE else None
        if platform is None or is_candidate(name) or platform[:2] in owners | told:
            continue
        told.add(platform[:2])
        yield f"{shown(name)}: {_NOTHING} from this student"


def _has_more(folder: str, owners: set[tuple[str, str]]) -> bool:
    """Whether this is the folder of the text that Moodle keeps beside a student's files."""
    platform = split_platform(folder) if "_onlinetext_" in folder else None
    return platform is not None and platform[:2] in owners


def _above(entries: list[Entry], layout: Layout) -> set[Parts]:
    """Every folder above one of ``entries``."""
    paths = [layout.base + entry.parts for entry in entries]
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}
