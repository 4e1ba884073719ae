"""S1's working folders: without a mount namespace, one on disk for each child."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "autograder-child-"


@dataclass(frozen=True)
class Folder:
    """A child's folder. It is locked while whoever made it lives."""

    path: str
    lock: int


def make(parent: str) -> Folder:
    """A new empty folder below ``parent`` that only this user can enter. Raises OSError."""
    path = Path(parent, _PREFIX + secrets.token_hex(8))
    unlocked = path.with_name(f".{path.name}")  # a name that nobody sweeps
    unlocked.mkdir(mode=0o700)
    lock = _lock(unlocked)
    return Folder(str(unlocked.rename(path)), lock)


def close(folder: Folder) -> None:
    """Remove the folder. What cannot be removed stays, and harms nobody."""
    os.close(folder.lock)  # first: there may be no other descriptor left to list the folder with
    with contextlib.suppress(OSError):
        remove(folder.path)


def sweep(parent: str) -> None:
    """Remove this user's folders whose makers were killed before they could."""
    for path in Path(parent).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, in use, or gone meanwhile
            if path.lstat().st_uid == os.getuid():
                close(Folder(str(path), _lock(path)))


def _lock(path: Path) -> int:
    """A descriptor that holds the folder's lock. BlockingIOError if another one does."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd


def remove(folder: str) -> None:
    """Delete ``folder`` and all below it, however deep; never follows a link. Raises OSError.

    Folders in it are moved up one by one before they are emptied, so that neither the recursion
    limit nor the length of a path matters. Call it as the user who may have filled it.
    """
    top = Path(folder)
    top.chmod(0o700)
    moved = 0
    while inner := [entry for entry in os.scandir(top) if entry.is_dir(follow_symlinks=False)]:
        for entry in inner:
            Path(entry.path).chmod(0o700)
            for child in os.scandir(entry.path):
                if child.is_dir(follow_symlinks=False):
                    Path(child.path).chmod(0o700)  # moving a folder writes to it
                    Path(child.path).rename(top / f"{moved}.moved")
                    moved += 1
                else:
                    Path(child.path).unlink()
            Path(entry.path).rmdir()
    for entry in os.scandir(top):
        Path(entry.path).unlink()
    top.rmdir()
