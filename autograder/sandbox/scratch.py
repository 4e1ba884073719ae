"""S1's working folders: without a mount namespace, one on disk for each child."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_PREFIX = "autograder-"


def make(parent: str) -> str:
    """A new empty folder below ``parent`` that only this user can enter. Raises OSError."""
    folder = Path(parent, _PREFIX + secrets.token_hex(8))
    folder.mkdir(mode=0o700)
    return str(folder)


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
