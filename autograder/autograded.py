"""``autograded/<student>/<assignment>/``: what nbgrader's form grader and feedback read.

A notebook is written anew, field by field: what the course says of its cells, the student's
sources, checked outputs. Whatever an instructor's browser would run, request or mistake for the
form grader's own is gone (see ``markup``). A folder is there whole or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import json
import re
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder import cleaning
from autograder.cleaning import Json

_GROUP = 0o2770  # what nbgrader gives the folders of a course that a group shares


@dataclass(frozen=True)
class Page:
    """One notebook to be written.

    Args:
        notebook: nbformat 4, with the course's cells restored, and with outputs.
        marked: the grade ids that the course has; other cells' marks are not kept.
        own: sources of Markdown cells that the course wrote itself, kept as they are.
    """

    notebook: Json
    marked: Collection[str]
    own: Collection[str] = field(default_factory=frozenset)


def write(
    folder: Path,
    pages: Mapping[str, Page],
    files: Mapping[str, bytes] | None = None,
    *,
    permissions: int = 0o444,
    groupshared: bool = False,
) -> None:
    """Write one submission's folder, in place of an older one.

    Args:
        folder: ``autograded/<student>/<assignment>``. If it is a link, the link is replaced.
        pages: the notebooks, by name without ``.ipynb``.
        files: all others, by path below the folder; ``timestamp.txt`` is one of them.
        permissions: of files.
        groupshared: folders can be written by their group, which what is put there inherits.

    Raises:
        ValueError: a name that would lie elsewhere.
        OSError: it cannot be written. Then the older one is still there.
    """
    content = {name: data for name, data in (files or {}).items() if not name.endswith(".ipynb")}
    for name, page in pages.items():
        notebook = cleaning.notebook(page.notebook, page.marked, page.own)
        content[f"{name}.ipynb"] = _encoded(notebook)
    places = {_place(name): data for name, data in content.items()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    fresh = _beside(folder)
    try:
        _fill(fresh, places, permissions)
        if groupshared:
            _share(fresh, folder.parent)
        _exchange(folder, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _encoded(notebook: Json) -> bytes:
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()


def _place(name: str) -> PurePosixPath:
    """``name`` as a path below the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or "\0" in name or not path.parts or {".", ".."} & set(path.parts):
        raise ValueError(f"no path below a submission's folder: {name!r}")
    return path


def _beside(folder: Path) -> Path:
    """A name for a folder that is not there yet, beside ``folder``; see ``_sweep``."""
    return folder.with_name(f".{folder.name}.{secrets.token_hex(8)}~")


def _sweep(folder: Path) -> None:
    """Remove what an earlier run left when it was killed."""
    leftover = re.compile(re.escape(f".{folder.name}.") + "[0-9a-f]{16}~")
    for path in folder.parent.iterdir():
        if leftover.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)


def _fill(fresh: Path, places: Mapping[PurePosixPath, bytes], permissions: int) -> None:
    """Everything in ``fresh`` was made here, so that nothing in it can be a link."""
    fresh.mkdir()
    for place, data in places.items():
        path = fresh / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
        path.chmod(permissions)


def _share(fresh: Path, student: Path) -> None:
    """As nbgrader does it, with the folders above too, of which this may be the first use."""
    inside = [path for path in fresh.rglob("*") if path.is_dir()]
    for path in (fresh, *inside, student, student.parent):
        mode = path.stat().st_mode
        if mode & _GROUP != _GROUP:
            with contextlib.suppress(PermissionError):  # somebody else of the group made it
                path.chmod((mode | _GROUP) & 0o2777)


def _exchange(folder: Path, fresh: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    if not folder.exists():
        fresh.rename(folder)
        return
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "not a directory", str(folder))
    old = _beside(folder)
    folder.rename(old)
    try:
        fresh.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old)
