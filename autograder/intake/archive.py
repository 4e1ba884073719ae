"""Zip archives from students, read in memory: nothing is unpacked to disk, no header is trusted.

Only notebooks and scripts are decompressed, each up to a cap that counts what comes out. One thing
that has no place in an honest archive (a path that leads out, a link, a password, a second copy)
refuses all of it.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

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
_ENTRY_MARK, _END_MARK = b"PK\x01\x02", b"PK\x05\x06"
_ZIP64 = 0xFFFFFFFF  # the true size stands elsewhere
_MAX_RATIO = 200  # deflate reaches 1032; a notebook with repeated outputs stays below 50
_MAX_NAME = 1_000


@dataclass(frozen=True)
class Caps:
    """How much one archive may hold."""

    entries: int = 200
    unpacked: int = 50 * MIB
    course: bool = False  # many students': archives may lie inside, each member stands for itself


STUDENT = Caps()
COURSE = Caps(entries=20_000, unpacked=2_048 * MIB, course=True)  # an LMS download, by instructors

Member = tuple[Parts, bytes | Text]


def is_zip(name: str) -> bool:
    """Whether a file of this name is opened as an archive."""
    return name.lower().endswith(SUFFIX)


def members(data: bytes, caps: Caps = STUDENT) -> list[Member]:
    """The notebooks and scripts in the archive (and archives, where ``caps`` allow them).

    A member that is too large comes as the reason instead of its bytes, and so does every refused
    one of a whole course. Raises ``Unreadable`` for an archive that is refused as a whole.
    """
    # Counted before the directory is parsed: each of a million entries would become an object.
    if _directory(data).count(_ENTRY_MARK) > 2 * caps.entries:
        raise Unreadable(refusals.ZIP_ENTRIES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, caps)
    except _DAMAGE:
        raise Unreadable(refusals.ZIP_BROKEN) from None


def listed(data: bytes) -> list[tuple[Parts, bool]]:
    """Every member's path and whether it is a folder, without junk and odd paths; reads no content.

    For an archive that ``members`` has accepted.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not _leads_out(_name(info))]
    found = [(_parts(info), info.is_dir()) for info in infos]
    return [(parts, folder) for parts, folder in found if parts and not any(map(is_junk, parts))]


def _directory(data: bytes) -> bytes:
    """Where ``zipfile`` looks for entries: not in the members, which may hold such marks, too."""
    end = data.rfind(_END_MARK)
    if end < 0 or len(data) < end + 16:
        return data
    (size,) = struct.unpack_from("<I", data, end + 12)
    return data if size == _ZIP64 else data[max(0, end - size) : end]


def _members(archive: zipfile.ZipFile, caps: Caps) -> list[Member]:
    infos = archive.infolist()
    if len(infos) > caps.entries:
        raise Unreadable(refusals.ZIP_ENTRIES)
    # A whole course's: what one student put beside the notebook (a film, say) must not stop the
    # others; what is wanted of it is counted below.
    if not caps.course and sum(info.file_size for info in infos) > caps.unpacked:
        raise Unreadable(refusals.ZIP_SIZE)
    seen, found, unpacked = set[str](), list[Member](), 0
    for info in infos:
        try:
            member = _member(archive, info, caps, seen)
        except Unreadable as fault:
            if not caps.course:
                raise
            member = _parts(info), fault.reason  # one student's file does not stop the others
        if member is None or not member[0]:
            continue
        unpacked += len(member[1]) if isinstance(member[1], bytes) else 0
        if unpacked > caps.unpacked:
            raise Unreadable(refusals.ZIP_SIZE)
        found.append(member)
    return found


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, caps: Caps, seen: set[str]
) -> Member | None:
    """The member if it is wanted. Raises ``Unreadable`` if it has no place in an archive."""
    parts = _checked(info, caps)
    key = unicodedata.normalize("NFC", "/".join(parts)).casefold()
    if key in seen and not info.is_dir():
        raise Unreadable(refusals.ZIP_DUPLICATE)
    seen.add(key)
    if info.is_dir() or not _wanted(parts, caps):
        return None
    try:
        return parts, _content(archive, info)
    except _DAMAGE:
        raise Unreadable(refusals.ZIP_BROKEN) from None


def _wanted(parts: Parts, caps: Caps) -> bool:
    if any(is_junk(part) or part.startswith(".") for part in parts):
        return False
    name = parts[-1]
    return notebook.is_notebook(name) or notebook.is_script(name) or (caps.course and is_zip(name))


def _checked(info: zipfile.ZipInfo, caps: Caps) -> Parts:
    """The member's path. Raises ``Unreadable`` for what no honest archive holds."""
    name, parts = _name(info), _parts(info)
    if _leads_out(name) or len(name) > _MAX_NAME or (not parts and not info.is_dir()):
        raise Unreadable(refusals.ZIP_PATH)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable(refusals.ZIP_LINK)
    if info.flag_bits & 0x41:
        raise Unreadable(refusals.ZIP_ENCRYPTED)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Also a guard: the others let an archive ask for gigabytes before the first byte is out.
        raise Unreadable(refusals.ZIP_METHOD)
    if is_zip(name) and not caps.course and not any(map(is_junk, parts)):
        raise Unreadable(refusals.ZIP_NESTED)
    return parts


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


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | Text:
    with archive.open(info) as file:
        data = file.read(notebook.MAX_BYTES + 1)
    if len(data) > MIB and len(data) > _MAX_RATIO * max(info.compress_size, 1):
        raise Unreadable(refusals.ZIP_SIZE)
    return data if len(data) <= notebook.MAX_BYTES else refusals.TOO_LARGE
