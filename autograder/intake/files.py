"""Reading a folder that students have filled: nothing is followed, nothing is written.

Every path is opened one component at a time below an opened root, without following links and
without waiting (a FIFO would), and read only if it then turns out to be a regular file.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from autograder.errors import UsageError
from autograder.model import Text
from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable

MAX_DEPTH = 8
_JUNK = {".ipynb_checkpoints", "__macosx", "__pycache__", ".ds_store", "thumbs.db", "desktop.ini"}
_JUNK |= {".git", "venv", ".venv", "env", "site-packages", "node_modules", "lost+found"}
_LINK_ERRORS = {errno.ELOOP, errno.ENOTDIR}  # what O_NOFOLLOW says of a file, of a folder
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC

Parts = tuple[str, ...]


class Kind(Enum):
    """What lies at a path, links not followed."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    CLOSED = "closed"  # no permission to look
    OTHER = "other"  # FIFO, socket, device


BLOCKED: dict[Kind, Text] = {
    Kind.LINK: refusals.LINK,
    Kind.CLOSED: refusals.CLOSED,
    Kind.OTHER: refusals.NOT_A_FILE,
}


@dataclass(frozen=True)
class Entry:
    """Something below the root: ``parts`` are its folders and its name."""

    parts: Parts
    kind: Kind


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is an editor's or an operating system's own."""
    return name.startswith("._") or name.lower() in _JUNK


class Root:
    """The folder that holds the submissions, kept open. A context manager."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``, itself allowed to be a link. Raises ``UsageError`` if that fails."""
        try:
            self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as fault:
            raise UsageError(f"{folder}: cannot be read ({fault.strerror})") from None

    def __enter__(self) -> Root:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def entries(self) -> list[Entry]:
        """Everything below the root, sorted, without junk. Raises ``UsageError``."""
        try:
            return sorted(self._below(self._fd, ()), key=lambda entry: entry.parts)
        except OSError as fault:  # a disk or a network that fails half-way
            raise UsageError(f"the submissions cannot be listed ({fault.strerror})") from None

    def read(self, parts: Parts, limit: int) -> bytes:
        """The content of the regular file at ``parts``.

        Raises ``Unreadable`` for anything else, and for more than ``limit`` bytes: they are
        counted, because the file may change while we read.
        """
        with self.open(parts, limit) as file:
            try:
                data = file.read(limit + 1)
            except OSError:
                raise Unreadable(refusals.CLOSED) from None
        if len(data) > limit:
            raise Unreadable(refusals.TOO_LARGE)
        return data

    def open(self, parts: Parts, limit: int) -> BinaryIO:
        """The regular file at ``parts``, for reading.

        Raises ``Unreadable`` for anything else, and for a file of more than ``limit`` bytes.
        """
        try:
            fd = self._open(parts)
        except OSError as fault:
            link = fault.errno in _LINK_ERRORS
            raise Unreadable(refusals.LINK if link else refusals.CLOSED) from None
        status = os.fstat(fd)
        if stat.S_ISREG(status.st_mode) and status.st_size <= limit:
            return os.fdopen(fd, "rb")
        os.close(fd)
        regular = stat.S_ISREG(status.st_mode)
        raise Unreadable(refusals.TOO_LARGE if regular else refusals.NOT_A_FILE)

    def _open(self, parts: Parts) -> int:
        """A descriptor of the file; each folder on the way is opened without following links."""
        fd = os.dup(self._fd)
        for position, name in enumerate(parts, start=1):
            last = position == len(parts)
            flags = _FILE_FLAGS if last else _FOLDER_FLAGS
            try:
                deeper = os.open(name, flags, dir_fd=fd)
            finally:
                os.close(fd)
            fd = deeper
        return fd

    def _below(self, fd: int, parts: Parts) -> Iterator[Entry]:
        with os.scandir(fd) as listing:
            found = [item for item in listing if not is_junk(item.name)]
        for item in found:
            here = (*parts, item.name)
            kind = _kind(item)
            if kind is not Kind.FOLDER:
                yield Entry(here, kind)
            elif len(here) < MAX_DEPTH:
                yield from self._folder(fd, here)

    def _folder(self, parent: int, parts: Parts) -> Iterator[Entry]:
        try:
            fd = os.open(parts[-1], _FOLDER_FLAGS, dir_fd=parent)
        except OSError as fault:
            yield Entry(parts, Kind.LINK if fault.errno in _LINK_ERRORS else Kind.CLOSED)
            return
        try:
            yield Entry(parts, Kind.FOLDER)
            yield from self._below(fd, parts)
        finally:
            os.close(fd)


def _kind(item: os.DirEntry[str]) -> Kind:
    try:
        mode = item.stat(follow_symlinks=False).st_mode
    except OSError:
        return Kind.CLOSED
    if stat.S_ISLNK(mode):
        return Kind.LINK
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER
