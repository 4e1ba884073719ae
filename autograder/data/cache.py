"""Decoded copies of images, one file a source, mapped into memory instead of read.

A file is a stamp of 64 bytes, which says what it was made from, then four arrays as ``numpy.save``
writes them. A file that is broken, or was made from another state of the source, is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from autograder.data.folders import cache_folder
from autograder.data.images import Images, checked
from autograder.errors import DataBroken, DataError

_FORMAT = b"1"
_STALE_SECONDS = 3600.0  # a temporary file this old belongs to a process that was killed
# Labels first: they are as long as they like, and images after them need no alignment.
_ORDER = ("train_labels", "test_labels", "train_images", "test_images")


def load(source: Path, name: str, classes: int, decode: Callable[[], Images]) -> Images:
    """The images of ``source``: from their decoded copy, which is made first if need be.

    Several processes may do this at once: each makes the same file, and the last one stays.

    Raises:
        DataBroken: from ``decode``, or a file of ``source`` cannot be looked at.
        DataError: the copy cannot be written.
    """
    images = find(source, name, classes)
    if images is None:
        stamp = _stamp(source)
        images = decode()
        _write(_path(source, name), stamp, images)
    return find(source, name, classes) or images


def find(source: Path, name: str, classes: int) -> Images | None:
    """The decoded copy of ``source`` as it is now; None if there is none that can be used."""
    path = _path(source, name)
    try:
        with path.open("rb") as file:
            if file.read(64) != _stamp(source):
                return None
            arrays = {field: _map(path, file) for field in _ORDER}
        return checked(Images(**arrays), path, classes)
    except (OSError, ValueError, EOFError, DataBroken):
        return None  # made anew from the source, which says what is wrong if that is broken too


def _path(source: Path, name: str) -> Path:
    key = hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:16]
    return cache_folder() / f"{name}-{key}.images"


def _stamp(source: Path) -> bytes:
    """Changes when a file of the source is added, removed, renamed or written."""
    source = source.resolve()
    files = [source]
    if source.is_dir():  # no layout is deeper; rglob would not follow links to folders
        files = sorted([*source.glob("*"), *source.glob("*/*/*")])
    total = hashlib.sha512(_FORMAT)
    try:
        for path in files:
            status = path.stat()
            total.update(os.fsencode(path))
            total.update(f"\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    except OSError as error:
        raise DataBroken(f"{error.filename}: {error.strerror}") from error
    return total.digest()


def _map(path: Path, file: BinaryIO) -> NDArray[Any]:
    """The array that starts where ``file`` stands, which then stands behind it."""
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another format of array")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    start = file.tell()
    mapped = np.memmap(path, dtype, "r", start, shape)
    file.seek(start + mapped.nbytes)
    return np.asarray(mapped)


def _write(path: Path, stamp: bytes, images: Images) -> None:
    """Whole or not at all: readers see the old file or the new one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for stale in path.parent.glob(".*.images.*.tmp"):
            with contextlib.suppress(FileNotFoundError):  # another process was done with it
                if time.time() - stale.stat().st_mtime > _STALE_SECONDS:
                    stale.unlink()
        try:
            with temporary.open("xb") as file:
                file.write(stamp)
                for field in _ORDER:
                    array = np.ascontiguousarray(getattr(images, field))
                    header = np.lib.format.header_data_from_array_1_0(array)
                    np.lib.format.write_array_header_1_0(file, header)
                    file.write(array.data)  # np.save would not say which error the disk gave
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"decoded images cannot be kept in {path.parent} ({error.strerror}): make room or make "
            "that folder writable"
        ) from error
