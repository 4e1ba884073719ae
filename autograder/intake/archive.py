"""Zip archives from students: nothing is unpacked to disk, no header is trusted.

Only notebooks and scripts are decompressed, each up to a cap that counts what comes out. One thing
that has no place in an honest archive (a path that leads out, a link, a password, a second copy)
refuses all of it, or in a whole course's archive the file concerned.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from autograder import notebook
from autograder.intake.files import Parts, is_junk
from autograder.model import Text
from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable

MIB = 1024 * 1024
SUFFIX = ".zip"

# What zipfile raises for archives that are damaged, or made to look so.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    OSError,
)
_DRIVE = re.compile(r"[A-Za-z]:")
_ENTRY_MARK, _END_MARK, _ZIP64_MARK = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x07"
_END, _LOCATOR = 22, 20  # bytes of the record at the end, and of the zip64 mark before it
_MAX_COMMENT = 65_536
_MAX_RATIO = 200  # deflate reaches 1032; a notebook with repeated outputs stays below 50
_MAX_NAME = 1_000


@dataclass(frozen=True)
class Caps:
    """How much one archive may hold."""

    entries: int = 200
    unpacked: int = 50 * MIB  # all members of a student's, of a course's those to be read
    course: bool = False  # many students': archives may lie inside, each member stands for itself


STUDENT = Caps()
COURSE = Caps(entries=20_000, unpacked=8_192 * MIB, course=True)  # an LMS download, by instructors

Member = tuple[Parts, bytes | Text]  # a member that is too large comes as the reason


def is_zip(name: str) -> bool:
    """Whether a file of this name is opened as an archive."""
    return name.lower().endswith(SUFFIX)


def members(data: bytes) -> list[Member]:
    """The notebooks and scripts in a student's archive.

    Raises ``Unreadable`` for an archive that is refused.
    """
    opened = Archive(io.BytesIO(data), STUDENT)
    return [(parts, opened.read(parts)) for parts in opened.members]


class Archive:
    """An archive whose directory has been checked: ``members`` are those that may be read.

    One of a whole course's that is refused stands there with the reason.
    """

    def __init__(self, file: BinaryIO, caps: Caps) -> None:
        """Of ``file``, left open. Raises ``Unreadable`` if it is refused as a whole."""
        try:
            # Before the directory is parsed: each of a million entries would become an object.
            if _count_entries(file) > 2 * caps.entries:
                raise Unreadable(refusals.ZIP_ENTRIES)
            self._zip = zipfile.ZipFile(file)
            self._infos = self._zip.infolist()
            self.members = _checked_members(self._infos, caps)
        except _DAMAGE:
            raise Unreadable(refusals.ZIP_BROKEN) from None

    def read(self, parts: Parts) -> bytes | Text:
        """The content of a member, or why it cannot be had.

        Raises ``Unreadable`` for what no honest archive holds.
        """
        info = self.members[parts]
        if isinstance(info, Text):
            return info
        try:
            with self._zip.open(info) as file:
                data = file.read(notebook.MAX_BYTES + 1)
        except _DAMAGE:
            raise Unreadable(refusals.ZIP_BROKEN) from None
        if len(data) > MIB and len(data) > _MAX_RATIO * max(info.compress_size, 1):
            raise Unreadable(refusals.ZIP_SIZE)
        return data if len(data) <= notebook.MAX_BYTES else refusals.TOO_LARGE

    def listed(self) -> list[tuple[Parts, bool]]:
        """The path of all that is in it and whether it is a folder; no junk, no odd paths."""
        infos = [info for info in self._infos if not _leads_out(_name(info))]
        found = [(_parts(info), info.is_dir()) for info in infos]
        return [(path, folder) for path, folder in found if path and not any(map(is_junk, path))]


def _count_entries(file: BinaryIO) -> int:
    """How many entries ``zipfile`` may find, at most: the marks where it looks for the directory.

    The members may hold such marks, too. They are counted only where another record (zip64) may
    tell the directory's place, or none does.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LOCATOR - _END - _MAX_COMMENT))
    last = file.read()
    end, start = last.rfind(_END_MARK), 0
    if 0 <= end <= len(last) - _END and last[max(0, end - _LOCATOR) : end][:4] != _ZIP64_MARK:
        (length,) = struct.unpack_from("<I", last, end + 12)
        start = max(0, size - len(last) + end - length)
    file.seek(start)
    count, before = 0, b""
    while chunk := file.read(MIB):
        count += (before + chunk).count(_ENTRY_MARK)
        before = chunk[-len(_ENTRY_MARK) + 1 :]
    return count


def _checked_members(
    infos: list[zipfile.ZipInfo], caps: Caps
) -> dict[Parts, zipfile.ZipInfo | Text]:
    if len(infos) > caps.entries:
        raise Unreadable(refusals.ZIP_ENTRIES)
    seen, found, unpacked = set[str](), dict[Parts, zipfile.ZipInfo | Text](), 0
    for info in infos:
        parts, member = _parts(info), _member(info, caps, seen)
        if isinstance(member, Text) and not caps.course:
            raise Unreadable(member)
        # A whole course's: what one student put beside the notebook (a film, say) must not stop
        # the others. Sizes can be believed here, as ``zipfile`` gives no more than the header says.
        if not caps.course or member is info:
            unpacked += info.file_size
        if member is not None and parts:
            found[parts] = member
    if unpacked > caps.unpacked:
        raise Unreadable(refusals.ZIP_SIZE)
    return found


def _member(info: zipfile.ZipInfo, caps: Caps, seen: set[str]) -> zipfile.ZipInfo | Text | None:
    """The member if it is wanted, or the reason why it has no place in an archive."""
    parts = _parts(info)
    if fault := _fault(info, parts, caps):
        return fault
    key = unicodedata.normalize("NFC", "/".join(parts)).casefold()
    if key in seen and not info.is_dir():
        return refusals.ZIP_DUPLICATE
    seen.add(key)
    return None if info.is_dir() or not _wanted(parts, caps) else info


def _wanted(parts: Parts, caps: Caps) -> bool:
    if any(is_junk(part) or part.startswith(".") for part in parts):
        return False
    name = parts[-1]
    return notebook.is_notebook(name) or notebook.is_script(name) or (caps.course and is_zip(name))


def _fault(info: zipfile.ZipInfo, parts: Parts, caps: Caps) -> Text | None:
    """Why no honest archive holds such a member."""
    name = _name(info)
    if _leads_out(name) or len(name) > _MAX_NAME or (not parts and not info.is_dir()):
        return refusals.ZIP_PATH
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return refusals.ZIP_LINK
    if info.flag_bits & 0x41:
        return refusals.ZIP_ENCRYPTED
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Also a guard: the others let an archive ask for gigabytes before the first byte is out.
        return refusals.ZIP_METHOD
    if is_zip(name) and not caps.course and not any(map(is_junk, parts)):
        return refusals.ZIP_NESTED
    return None


def _leads_out(name: str) -> bool:
    outside = name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/")
    return bool(outside) or "\\" in name or "\0" in name


def _parts(info: zipfile.ZipInfo) -> Parts:
    return tuple(part for part in _name(info).split("/") if part not in ("", ".", ".."))


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was written. Some archivers write UTF-8 without saying so."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
