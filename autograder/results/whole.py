"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from pathlib import Path

from autograder.errors import ResultsError

_STALE_SECONDS = 60.0  # a temporary file this old belongs to a run that was killed
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_writable(folder: Path) -> None:
    """Show before grading that results can be written; clear what a killed run left behind."""
    probe = folder / ".writable"
    replace(probe, b"\0" * 4096, named=f"the results folder {folder}")
    probe.unlink(missing_ok=True)
    for stale in [*folder.glob(".*.tmp"), *folder.glob("*/.*.tmp")]:
        with contextlib.suppress(FileNotFoundError):  # another run was done with it
            if time.time() - stale.stat().st_mtime > _STALE_SECONDS:
                stale.unlink()


def replace(path: Path, data: bytes, named: str = "", option: str = "--results") -> None:
    """Readers see the old file or the new one; a failure leaves the old one and nothing else.

    ``option``: what chooses another place. Raises ResultsError.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_synced(temporary, data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ResultsError(_cannot_write(named or str(path), error, option)) from error


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # a full disk or quota shows here at the latest


def _cannot_write(what: str, error: OSError, option: str) -> str:
    reason, cure = error.strerror, "make the folder writable"
    if error.errno in _FULL:
        cure = "make room on the disk"
    elif error.errno in (errno.EEXIST, errno.ENOTDIR):
        reason, cure = "a file is in the way", "remove that file"
    return f"{what} cannot be written ({reason}): {cure} or choose another with {option}."
