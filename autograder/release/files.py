"""Released notebooks as files: written in one layout, known again by their digest, removed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from autograder.errors import ReleaseError
from autograder.model import LANGUAGES, Course

Json = dict[str, Any]
_SEAL = "autograder"  # the key in the notebook's metadata


def as_bytes(notebook: Json) -> bytes:
    """The layout that Jupyter writes, sources line by line, so that versions can be compared."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode()


def sealed(notebook: Json) -> bytes:
    """``notebook`` with the digest of all the rest in its metadata."""
    notebook["metadata"][_SEAL] = {"sha256": _digest(notebook)}
    return as_bytes(notebook)


def write(file: Path, data: bytes) -> None:
    """Write ``file`` and the folders above it.

    Raises:
        ReleaseError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise ReleaseError(f"{file}: cannot be written: {error.strerror}") from error


def remove_stale(course: Course) -> list[Path]:
    """Remove ``release/<lang>/<slug>/`` of assignments that the course does not have any more.

    Only a folder whose one entry is a notebook with its seal intact goes: the release step made
    it, and nobody has changed it since. Everything else is left alone.

    Returns:
        The folders removed.

    Raises:
        ReleaseError: a folder cannot be removed.
    """
    stale = [
        folder
        for lang in LANGUAGES
        for folder in sorted((course.root / "release" / lang).glob("*"))
        if folder.name not in course.assignments and _is_as_released(folder)
    ]
    for folder in stale:
        try:
            (folder / f"{folder.name}.ipynb").unlink()
            folder.rmdir()
        except OSError as error:
            raise ReleaseError(f"{folder}: cannot be removed: {error.strerror}") from error
    return stale


def _is_as_released(folder: Path) -> bool:
    file = folder / f"{folder.name}.ipynb"
    if folder.is_symlink() or file.is_symlink() or not file.is_file():
        return False
    return list(folder.iterdir()) == [file] and _is_intact(file.read_bytes())


def _is_intact(data: bytes) -> bool:
    try:
        notebook = json.loads(data)
        seal = notebook["metadata"].pop(_SEAL)
        return bool(seal == {"sha256": _digest(notebook)})
    except (ValueError, KeyError, TypeError, AttributeError):  # no notebook, or without a seal
        return False


def _digest(notebook: Json) -> str:
    return hashlib.sha256(as_bytes(notebook)).hexdigest()
