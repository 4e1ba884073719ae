"""Images of unknown origin, PNG and JPEG: only those whose header says that they can be shown.

Nothing is decompressed here. A browser draws the size that the header states, and so needs no more
memory than for that. A PNG is written anew from the parts that draw: without text, profiles,
animation, and whatever follows its end. Sources: the PNG specification (W3C, third edition), 5;
ITU-T T.81, B.1 and B.2.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SIDE = 10_000
MAX_PIXELS = 25_000_000  # 100 MB in a browser
MAX_BYTES = 8 * 2**20

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_DRAWING = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"IDAT", b"IEND")
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended, progressive


@dataclass(frozen=True)
class Image:
    """A checked image; ``mime`` is image/png or image/jpeg, sides are in pixels."""

    mime: str
    data: bytes
    width: int
    height: int


def checked(data: bytes) -> Image | None:
    """The image in ``data``; None: neither PNG nor JPEG, damaged, or too large."""
    if len(data) > MAX_BYTES:
        return None
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        size = _jpeg_size(data)
        return Image("image/jpeg", data, *size) if size else None
    return None


def _png(data: bytes) -> Image | None:
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        return None
    size = _png_size(chunks[0][1])
    if size is None or not any(kind == b"IDAT" for kind, _ in chunks):
        return None
    drawing = b"".join(_chunk(kind, content) for kind, content in chunks if kind in _DRAWING)
    return Image("image/png", _PNG + drawing, *size)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk, up to the end or to the first that is damaged."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        if data[at : at + 12 + length] != _chunk(kind, content):
            return
        yield kind, content
        if kind == b"IEND":
            return
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I4s", len(content), kind) + content + check.to_bytes(4)


def _png_size(header: bytes) -> tuple[int, int] | None:
    if len(header) != 13:
        return None
    width, height, depth, colour, packing, filtering, lacing = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or lacing > 1:
        return None
    return _allowed(width, height)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Of the first frame; segments before it are skipped by the length that they state."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = struct.unpack_from(">BH", data, at + 1)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return _allowed(width, height)
        at += 2 + length
    return None


def _allowed(width: int, height: int) -> tuple[int, int] | None:
    fits = 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS
    return (width, height) if fits else None
